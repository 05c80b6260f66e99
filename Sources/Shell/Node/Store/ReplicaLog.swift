internal import Consensus
internal import Hosting
internal import Primitives
internal import Storage

/// What a replica must not forget: its log of the height under way, and what it signed last.
///
/// Two files' worth of state behind one contract: when ``persist(_:)`` returns, the last-signed
/// state is on the disk, and before it every record appended, where the state rests on them.
struct ReplicaLog: ~Copyable {
    /// The records of heights above the head, in order, as they were found at the start.
    let records: [HostRecord]
    let lastSigned: SignedState?

    private var log: AppendLog
    private var file: LastSignedFile
    /// The greatest height in each segment, oldest first.
    private var segments: [(number: UInt64, last: Height)]

    /// A segment is left for a new one when a block becomes durable above this size, in bytes.
    private static let segmentBytesGoal = 16 << 20

    init(_ directory: borrowing DataDirectory, head: Height) throws(NodeError) {
        let file = try ReplicaLog.open(directory.path(of: ReplicaLog.lastSignedName))
        let lastSigned = try ReplicaLog.state(file.content)
        var records: [HostRecord] = []
        var segments: [(number: UInt64, last: Height)] = []
        let log = try ReplicaLog.open(log: directory.path(of: ReplicaLog.name)) { record, segment in
            if segments.last?.number != segment { segments.append((segment, .genesis)) }
            segments[segments.count - 1].last = max(
                segments[segments.count - 1].last, record.height)
            if record.height > head { records.append(record) }
        }
        if segments.last?.number != log.segment { segments.append((log.segment, .genesis)) }
        self.segments = segments
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
            throw NodeError(error, of: .lastSigned)
        }
    }

    private static func open(
        log path: String, _ replay: (HostRecord, _ segment: UInt64) -> Void
    ) throws(NodeError) -> AppendLog {
        do throws(StorageError) {
            return try AppendLog(directory: path) { (bytes, segment) throws(StorageError) in
                do throws(CBORError) {
                    replay(try HostRecord.decode(bytes), segment)
                } catch {
                    throw .corruption(path: path, detail: "a record that is none: \(error)")
                }
            }
        } catch {
            throw NodeError(error, of: .log)
        }
    }

    private static func state(_ bytes: [UInt8]) throws(NodeError) -> SignedState? {
        guard !bytes.isEmpty else { return nil }
        do throws(CBORError) {
            return try SignedState.decode(bytes[...])
        } catch {
            throw .damagedPart(
                .lastSigned, detail: "what was signed last is no state of a replica: \(error)")
        }
    }

    static let name = "log"
    static let lastSignedName = "last-signed"

    /// Bytes that a crash cut off at the end of the log; nothing in them was ever sent.
    var cutBytes: Int { log.cutBytes }

    mutating func append(_ record: HostRecord) throws(StorageError) {
        try log.append(record.encoded)
        let last = segments.count - 1
        segments[last].last = max(segments[last].last, record.height)
    }

    /// Makes the state durable.
    ///
    /// `isAhead` says that the block below is decided and not yet durable: then the own precommit
    /// for it is in the log only, and may not be lost once the state speaks of the next height.
    mutating func persist(_ state: SignedState, isAhead: Bool) throws(StorageError) {
        if state.restsOnLog || isAhead {
            try log.sync()
        } else {
            // Not worth a wait for the disk, but a killed process should find it again.
            try log.flush()
        }
        try file.replace(with: state.encoded)
    }

    /// The records up to this height may go; they do when a whole segment of them has gathered.
    mutating func forget(through height: Height) throws(StorageError) {
        if log.segmentBytes > ReplicaLog.segmentBytesGoal {
            try log.rotate()
            segments.append((log.segment, .genesis))
        }
        let gone = segments.dropLast().prefix { $0.last <= height }.count
        guard gone > 0 else { return }
        segments.removeFirst(gone)
        try log.removeSegments(below: segments[0].number)
    }
}
