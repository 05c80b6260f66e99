internal import Consensus
internal import Hosting
internal import Primitives
internal import Storage

/// What a replica must not forget: its log of the height under way, and what it signed last.
///
/// Two files' worth of state behind one contract: when ``persist(_:durable:)`` returns, the
/// last-signed state is on the disk, and every record appended, where the state rests on them: in
/// the log or, where they are few, in the file beside the state (``LastSigned``).
struct ReplicaLog: ~Copyable {
    /// The records of heights above the head, in order, as they were found at the start.
    let records: [HostRecord]
    let lastSigned: SignedState?

    private var log: AppendLog
    private var file: LastSignedFile
    /// The greatest height in each segment, oldest first.
    private var segments: [(number: UInt64, last: Height)]
    private var unsynced: UnsyncedRecords
    /// The state that has records beside it, which may be nowhere else.
    private var carrier: SignedState?

    /// A segment is left for a new one when a block becomes durable above this size, in bytes.
    private static let segmentBytesGoal = 16 << 20
    /// So much is synced when a block becomes durable, though nothing signed asks for it: what a
    /// power cut may tear, and a start must look through, stays short.
    static let unsyncedBytesGoal = 1 << 20

    init(_ directory: borrowing DataDirectory, head: Height) throws(NodeError) {
        let file = try ReplicaLog.open(directory.path(of: ReplicaLog.lastSignedName))
        let last = try ReplicaLog.lastSigned(file.content)
        var records: [HostRecord] = []
        var segments: [(number: UInt64, last: Height)] = []
        var log = try ReplicaLog.open(log: directory.path(of: ReplicaLog.name)) { record, segment in
            if segments.last?.number != segment { segments.append((segment, .genesis)) }
            ReplicaLog.note(record, in: &segments)
            if record.height > head { records.append(record) }
        }
        if segments.last?.number != log.segment { segments.append((log.segment, .genesis)) }
        let lost = try ReplicaLog.restore(last?.records ?? [], above: head, beside: records, &log)
        for record in lost { ReplicaLog.note(record, in: &segments) }
        self.segments = segments
        self.records = records + lost
        lastSigned = last?.state
        carrier = last.flatMap { $0.records.isEmpty ? nil : $0.state }
        unsynced = UnsyncedRecords(room: file.contentBytesMax)
        self.file = file
        self.log = log
    }

    /// Puts back what a power cut took from the log, and the file has; returns it.
    private static func restore(
        _ kept: [[UInt8]], above head: Height, beside found: [HostRecord],
        _ log: inout AppendLog
    ) throws(NodeError) -> [HostRecord] {
        guard !kept.isEmpty else { return [] }
        let known = Set(found)
        let lost = kept.compactMap { try? HostRecord.decode($0[...]) }.filter {
            $0.height > head && !known.contains($0)
        }
        do throws(StorageError) {
            for record in lost { try log.append(record.encoded) }
            try log.sync()
        } catch {
            throw .storage(error)
        }
        return lost
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

    private static func lastSigned(_ bytes: [UInt8]) throws(NodeError) -> LastSigned? {
        guard !bytes.isEmpty else { return nil }
        do throws(CBORError) {
            return try LastSigned.decode(bytes[...])
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
        let bytes = record.encoded
        try log.append(bytes)
        unsynced.append(bytes, of: record.height)
        ReplicaLog.note(record, in: &segments)
    }

    /// Notes that the newest segment has this record.
    private static func note(
        _ record: HostRecord, in segments: inout [(number: UInt64, last: Height)]
    ) {
        let newest = segments.count - 1
        segments[newest].last = max(segments[newest].last, record.height)
    }

    /// Makes the state durable, and the records that it rests on.
    ///
    /// The block at `durable` and all below are on the disk. While the block below the state's
    /// height is not, the own precommit for it is among the records only, and may not be lost once
    /// the state speaks of the next height.
    mutating func persist(_ state: SignedState, durable: Height) throws(StorageError) {
        var last = LastSigned(state: state)
        let from = min(durable.next, state.height)
        unsynced.forget(below: from)
        if state.restsOnLog || from < state.height || carrier?.height == state.height {
            if let records = unsynced.records(from: from) {
                last.records = records
            } else {
                try sync()
            }
        }
        // Where it is not worth a wait for the disk, a killed process should find it all the same.
        try log.flush()
        try file.replace(with: last.encoded)
        carrier = last.records.isEmpty ? nil : state
    }

    /// Leaves the state alone in its file, and all else in the log.
    ///
    /// So a version reads it that knows of no records beside it: for a node that stops, and may be
    /// started by such a one.
    mutating func settle() throws(StorageError) {
        guard let carrier else { return }
        try sync()
        try file.replace(with: carrier.encoded)
        self.carrier = nil
    }

    private mutating func sync() throws(StorageError) {
        try log.sync()
        unsynced.noteSynced()
    }

    /// The records up to this height may go; they do when a whole segment of them has gathered.
    mutating func forget(through height: Height) throws(StorageError) {
        if log.segmentBytes > ReplicaLog.segmentBytesGoal {
            try log.rotate()
            unsynced.noteSynced()
            segments.append((log.segment, .genesis))
        } else if log.unsyncedBytes > ReplicaLog.unsyncedBytesGoal {
            try sync()
        }
        let gone = segments.dropLast().prefix { $0.last <= height }.count
        guard gone > 0 else { return }
        segments.removeFirst(gone)
        try log.removeSegments(below: segments[0].number)
    }
}
