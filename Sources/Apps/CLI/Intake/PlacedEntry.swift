internal import Foundation
internal import Interop
internal import Primitives
internal import Records

/// Under which number a row of the input was accepted: a line of the table that `ingest --placed`
/// writes and `score --node` reads.
struct PlacedEntry {
    let issuer: String
    let number: UInt64
    /// The table and row, `claims/c17`.
    let name: String
    let isClaim: Bool
    /// When it happened, in milliseconds since 1970-01-01T00:00Z.
    let milliseconds: Int64
    /// Its leaf, where it was followed to the ledger.
    let leaf: UInt64?

    static let columns = "issuer,number,name,claim,time,leaf\n"

    /// The line, with its line break.
    var line: String {
        "\(issuer),\(number),\(name),\(isClaim ? 1 : 0),\(milliseconds),"
            + (leaf.map(String.init) ?? "") + "\n"
    }

    /// Reads a line; nil where it is none.
    init?(line: Substring) {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        guard cells.count == 6, let number = UInt64(cells[1]), let time = Int64(cells[4]) else {
            return nil
        }
        issuer = String(cells[0])
        self.number = number
        name = String(cells[2])
        isClaim = cells[3] == "1"
        milliseconds = time
        leaf = UInt64(cells[5])
    }

    init?(_ sent: Sent) {
        guard let number = sent.number else { return nil }
        issuer = sent.issuer.name
        self.number = number
        name = sent.origin.name
        isClaim = sent.kind == .claim
        milliseconds = sent.eventTime.milliseconds
        leaf = sent.leaf
    }
}

/// The table of ``PlacedEntry``, written in large pieces.
final class PlacedFile {
    private let path: String
    private let handle: FileHandle
    private var bytes: [UInt8] = Array(PlacedEntry.columns.utf8)

    private static let pieceByteCount = 1 << 18

    init(_ path: String) throws(Failure) {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw Failure(.file, "cannot write \(path)") }
        self.path = path
        self.handle = handle
    }

    func add(_ entry: PlacedEntry) throws(Failure) {
        bytes += Array(entry.line.utf8)
        if bytes.count >= Self.pieceByteCount { try flush() }
    }

    func flush() throws(Failure) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw Failure(.file, "cannot write \(path): \(error)")
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
