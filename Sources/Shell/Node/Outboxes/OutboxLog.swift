internal import Hosting
internal import Primitives
internal import Records
internal import Storage

/// The rows of all outboxes of a node on the disk (`OutboxRow.encoded(of:)`).
///
/// A segment goes when none of its rows is wanted any more; the newest row of a stream always
/// stays, as a mark of where the stream stands.
struct OutboxLog: ~Copyable {
    private var log: AppendLog
    /// The greatest number of each stream in each segment, oldest first.
    private var segments: [(number: UInt64, last: [StreamID: UInt64])]
    /// Rows below these are not wanted any more.
    private var wantedFrom: [StreamID: UInt64] = [:]

    /// The name of the log's folder in the node's directory.
    static let name = "outbox"
    private static let segmentBytesGoal = 16 << 20

    /// Opens the log, making it where it is not there, and hands out its rows in their order.
    init(
        directory: String, _ replay: (StreamID, OutboxRow) -> Void
    ) throws(StorageError) {
        var segments: [(number: UInt64, last: [StreamID: UInt64])] = []
        let log = try AppendLog(directory: directory) { (bytes, segment) throws(StorageError) in
            let stream: StreamID
            let row: OutboxRow
            do throws(CBORError) {
                (stream, row) = try OutboxRow.decode(bytes)
            } catch {
                throw .corruption(path: directory, detail: "a row that is none: \(error)")
            }
            if segments.last?.number != segment { segments.append((segment, [:])) }
            segments[segments.count - 1].last[stream] = row.number
            replay(stream, row)
        }
        if segments.last?.number != log.segment { segments.append((log.segment, [:])) }
        self.segments = segments
        self.log = log
    }

    /// Bytes that a crash cut off at the end; nothing in them was ever acknowledged.
    var cutBytes: Int { log.cutBytes }

    mutating func append(_ row: OutboxRow, of stream: StreamID) throws(StorageError) {
        try log.append(row.encoded(of: stream))
        segments[segments.count - 1].last[stream] = row.number
    }

    mutating func sync() throws(StorageError) {
        try log.sync()
    }

    mutating func forget(below number: UInt64, of stream: StreamID) throws(StorageError) {
        wantedFrom[stream] = number
        if log.segmentBytes > OutboxLog.segmentBytesGoal {
            try log.rotate()
            segments.append((log.segment, [:]))
        }
        while segments.count > 1, let first = segments.first, isUnwanted(first.last) {
            try log.removeSegments(below: segments[1].number)
            segments.removeFirst()
        }
    }

    private func isUnwanted(_ last: [StreamID: UInt64]) -> Bool {
        last.allSatisfy { stream, number in number < wantedFrom[stream] ?? 0 }
    }
}
