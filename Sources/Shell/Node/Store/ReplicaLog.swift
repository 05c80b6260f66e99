internal import Consensus
internal import Hosting
internal import Primitives
internal import Storage

/// What a replica must not forget: its log of the height under way, and what it signed last.
///
/// Two files' worth of state behind one contract: when ``persist(_:)`` returns, the last-signed
/// state and every record appended before are on the disk.
struct ReplicaLog: ~Copyable {
    /// The records of heights above the head, in order, as they were found at the start.
    let records: [HostRecord]
    let lastSigned: SignedState?

    private var log: AppendLog
    private var file: LastSignedFile
    private var forgottenThrough = Height.genesis

    /// A segment is left for a new one at the first height that begins above this size, in bytes.
    private static let segmentBytesGoal = 16 << 20

    init(_ directory: borrowing DataDirectory, head: Height) throws(NodeError) {
        let file = try ReplicaLog.open(directory.path(of: ReplicaLog.lastSignedName))
        let lastSigned = try ReplicaLog.state(file.content)
        var records: [HostRecord] = []
        let log = try ReplicaLog.open(log: directory.path(of: "log")) { record in
            if record.height > head { records.append(record) }
        }
        self.records = records
        self.lastSigned = lastSigned
        self.file = file
        self.log = log
    }

    private static func open(_ path: String) throws(NodeError) -> LastSignedFile {
        do throws(StorageError) {
            return try LastSignedFile(path)
        } catch {
            if case .notFound(let path, _) = error { throw .neverSigned(path: path) }
            throw .storage(error)
        }
    }

    private static func open(
        log path: String, _ replay: (HostRecord) -> Void
    ) throws(NodeError) -> AppendLog {
        do throws(StorageError) {
            return try AppendLog(directory: path) { (bytes, _) throws(StorageError) in
                do throws(CBORError) {
                    replay(try HostRecord.decode(bytes))
                } catch {
                    throw .corruption(path: path, detail: "a record that is none: \(error)")
                }
            }
        } catch {
            throw .storage(error)
        }
    }

    private static func state(_ bytes: [UInt8]) throws(NodeError) -> SignedState? {
        guard !bytes.isEmpty else { return nil }
        do throws(CBORError) {
            return try SignedState.decode(bytes[...])
        } catch {
            throw .damaged(what: "the last-signed state", detail: "\(error)")
        }
    }

    static let lastSignedName = "last-signed"

    /// Bytes that a crash cut off at the end of the log; nothing in them was ever sent.
    var cutBytes: Int { log.cutBytes }

    mutating func append(_ record: HostRecord) throws(StorageError) {
        try log.append(record.encoded)
    }

    mutating func persist(_ state: SignedState) throws(StorageError) {
        try log.sync()
        try file.replace(with: state.encoded)
    }

    /// The records up to this height may go; they do when enough have gathered.
    mutating func forget(through height: Height) throws(StorageError) {
        forgottenThrough = height
        guard log.segmentBytes > ReplicaLog.segmentBytesGoal else { return }
        try log.rotate()
        try log.removeSegments(below: log.segment)
    }
}
