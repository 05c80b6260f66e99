internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Records

/// Signed batches in a file: the load of a run, made before it.
///
/// ```
/// file = (length, 4 bytes big-endian || batch)*
/// ```
/// Batch n is of submitter n modulo ``submitterCount``, so each stream's numbers are in order.
struct LoadFile {
    static let submitterCount = 8

    let path: String

    /// Signs `batchCount` batches of `size` entries for the ledger of a genesis.
    func sign(
        genesis: Genesis, batchCount: Int, size: Int, entries entrySize: EntryMaker.Size
    ) throws {
        let submitters = try (0..<Self.submitterCount).map { index in
            let name = BenchNetwork.name(index + BenchNetwork.firstSubmitter)
            let issuer = try BenchNetwork.id(name)
            return (issuer: issuer, key: try BenchNetwork.key("submit", name))
        }
        var makers = try submitters.enumerated().map { index, submitter in
            try EntryMaker(issuer: submitter.issuer, seed: UInt64(index), size: entrySize)
        }
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw BenchError("cannot write \(path)")
        }
        for number in 0..<batchCount {
            let place = number % Self.submitterCount
            let first = makers[place].nextNumber
            let entries = (0..<size).map { _ in makers[place].next() }
            let batch = BatchWriter.batch(
                of: entries, ledger: genesis.ledger, issuer: submitters[place].issuer,
                stream: StreamID(0), firstNumber: first, expiry: Height(900_000),
                signedBy: submitters[place].key)
            let length = withUnsafeBytes(of: UInt32(batch.count).bigEndian) { Array($0) }
            try file.write(contentsOf: length + batch)
        }
        try file.close()
    }

    func batches() throws -> [[UInt8]] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var batches: [[UInt8]] = []
        var place = 0
        while place + 4 <= bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            batches.append(Array(bytes[place + 4..<place + 4 + length]))
            place += 4 + length
        }
        return batches
    }
}
