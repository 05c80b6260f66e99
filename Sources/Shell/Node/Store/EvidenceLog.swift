internal import Primitives
internal import Records
internal import Storage

/// What convicts somebody, and the proofs that this node may be asked for: synced at once.
///
/// Each record is `[1, about, kind, first, second]`, as in `docs/formats/log.md`.
struct EvidenceLog: ~Copyable {
    private var log: AppendLog

    /// How many convictions there are.
    private(set) var count: Int

    /// Opens the log of a node.
    static func open(
        in directory: borrowing DataDirectory, _ replay: (EvidenceBody) -> Void
    ) throws(NodeError) -> EvidenceLog {
        do throws(StorageError) {
            return try EvidenceLog(directory: directory.path(of: name), replay)
        } catch {
            throw NodeError(error, of: .evidence)
        }
    }

    /// Opens the log, and hands out what it holds, in order.
    init(directory: String, _ replay: (EvidenceBody) -> Void) throws(StorageError) {
        var count = 0
        let log = try AppendLog(directory: directory) { (payload, _) throws(StorageError) in
            do throws(CBORError) {
                let body = try EvidenceLog.decode(payload)
                if body.kind.convicts { count += 1 }
                replay(body)
            } catch {
                throw .corruption(path: directory, detail: "a record is malformed: \(error)")
            }
        }
        self.count = count
        self.log = log
    }

    /// The name of the log's folder in the node's directory.
    static let name = "evidence"

    /// Bytes that a crash cut off at the end; nothing in them was ever told.
    var cutBytes: Int { log.cutBytes }

    mutating func append(_ body: EvidenceBody) throws(StorageError) {
        try log.append(EvidenceLog.encode(body))
        try log.sync()
        if body.kind.convicts { count += 1 }
    }

    private static func encode(_ body: EvidenceBody) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: body.first.count + body.second.count + 64)
        writer.array(5)
        writer.unsigned(1)
        writer.institution(body.about)
        writer.unsigned(UInt64(body.kind.rawValue))
        writer.bytes(body.first)
        writer.bytes(body.second)
        return writer.bytes
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> EvidenceBody {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 5)
        try reader.version(1)
        let about = try reader.institution()
        let start = reader.offset
        let number = UInt8(try reader.unsigned("kind of evidence", atMost: 6))
        guard let kind = EvidenceBody.Kind(rawValue: number) else {
            throw .unexpected(offset: start, expected: "a kind of evidence, 1 to 6", found: "0")
        }
        let body = EvidenceBody(
            kind: kind, about: about, first: Array(try reader.bytes()),
            second: Array(try reader.bytes()))
        try reader.finish()
        return body
    }
}
