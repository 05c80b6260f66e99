internal import Glibc

/// A log of records in numbered segment files, appended to, synced, and replayed at the start.
///
/// ``append(_:)`` gathers in memory; ``sync()`` writes what was gathered in one call and returns
/// when it is on the disk, so that many records share one wait. Only a torn tail of the last
/// segment is ever cut off, which no ``sync()`` had returned for: later records (``LogSegment``)
/// and the ``SyncMark`` beside the segments tell. Any other damage is refused at the start. After
/// a failed write or sync nothing more is written: what the disk holds is then not known.
public struct AppendLog: ~Copyable, Sendable {
    /// How many bytes of a torn tail were cut off when the log was opened.
    public private(set) var cutBytes = 0

    /// The number of the segment that is appended to.
    public private(set) var segment: UInt64

    /// How many bytes the current segment has, those not yet written included.
    public var segmentBytes: Int { writtenBytes + pending.count }

    /// How many bytes of the current segment are not known to be on the disk.
    public var unsyncedBytes: Int { segmentBytes - durableBytes }

    private let directory: String
    private var segments: [UInt64]
    private var file: File
    private var mark: SyncMark
    private var pending: [UInt8] = []
    private var writtenBytes: Int
    private var durableBytes: Int
    private var hasFailed = false

    /// The longest record, in bytes.
    public static let recordBytesMax = 16 << 20

    /// Opens the log in `directory`, making it where it is not there, and replays its records.
    ///
    /// `replay` is called with each record's bytes and the number of its segment, oldest first.
    public init(
        directory: String, replay: (ArraySlice<UInt8>, UInt64) throws(StorageError) -> Void
    ) throws(StorageError) {
        try Directory.make(directory)
        var mark = try SyncMark(directory + "/" + AppendLog.markName)
        let segments = try AppendLog.segments(in: directory, mark)
        let last = segments[segments.count - 1]
        var end = LogSegment.headerBytes
        var cut = 0
        for number in segments {
            let path = AppendLog.path(number, in: directory)
            let bytes = try SmallFile.read(path, atMost: .max)
            guard try LogSegment.checkHeader(bytes, number: number, path: path) else {
                // A header is synced before anything else of a segment is written.
                guard number == last, bytes.count <= LogSegment.headerBytes,
                    mark.extent(of: number) == 0
                else { throw .corruption(path: path, detail: "the header is damaged") }
                try AppendLog.makeSegment(number, in: directory)
                end = LogSegment.headerBytes
                cut = bytes.count
                break
            }
            end = try LogSegment.scan(bytes, path: path) { (payload) throws(StorageError) in
                try replay(payload, number)
            }
            guard end == bytes.count || number == last else {
                throw .corruption(
                    path: path, detail: "the record at byte \(end) is damaged, and not the last")
            }
            guard UInt64(end) >= mark.extent(of: number) else {
                throw .corruption(
                    path: path,
                    detail: "the record at byte \(end) is damaged or gone, and "
                        + "\(mark.extent(of: number)) bytes had been synced")
            }
            cut = bytes.count - end
        }
        let file = try File(AppendLog.path(last, in: directory), flags: O_RDWR)
        if cut > 0 { try file.truncate(to: end) }
        // What was read may still be in memory only; make it durable before it is built upon.
        try file.sync()
        try mark.note(.init(part: last, extent: UInt64(end)))
        self.directory = directory
        self.segments = segments
        self.segment = last
        self.file = file
        self.mark = mark
        writtenBytes = end
        durableBytes = end
        cutBytes = cut
    }

    /// Gathers one record; it is on the disk only when ``sync()`` has returned.
    public mutating func append(_ payload: RawSpan) throws(StorageError) {
        guard payload.byteCount <= AppendLog.recordBytesMax else {
            throw .tooLarge(
                path: file.path, byteCount: payload.byteCount, limit: AppendLog.recordBytesMax)
        }
        LogSegment.appendRecord(payload, durable: durableBytes, to: &pending)
    }

    public mutating func append(_ payload: [UInt8]) throws(StorageError) {
        try unsafe append(payload.span.bytes)
    }

    /// Hands what was gathered to the operating system: it then survives a kill, not a power cut.
    public mutating func flush() throws(StorageError) {
        guard !hasFailed else { throw .stopped(path: file.path) }
        guard !pending.isEmpty else { return }
        hasFailed = true
        try file.write(pending, at: writtenBytes)
        hasFailed = false
        writtenBytes += pending.count
        pending.removeAll(keepingCapacity: pending.count <= 1 << 20)
    }

    /// Returns when every record appended so far is on the disk.
    public mutating func sync() throws(StorageError) {
        try flush()
        guard durableBytes < writtenBytes else { return }
        hasFailed = true
        try file.sync()
        try mark.note(.init(part: segment, extent: UInt64(writtenBytes)))
        hasFailed = false
        durableBytes = writtenBytes
    }

    /// Syncs, and goes on in a new segment.
    public mutating func rotate() throws(StorageError) {
        try sync()
        let next = segment + 1
        hasFailed = true
        try AppendLog.makeSegment(next, in: directory)
        file = try File(AppendLog.path(next, in: directory), flags: O_RDWR)
        try mark.note(.init(part: next, extent: UInt64(LogSegment.headerBytes)))
        hasFailed = false
        segment = next
        segments.append(next)
        writtenBytes = LogSegment.headerBytes
        durableBytes = LogSegment.headerBytes
    }

    /// Deletes the segments below `number`; the current one always stays.
    public mutating func removeSegments(below number: UInt64) throws(StorageError) {
        while let first = segments.first, first < number, first < segment {
            try Directory.remove(AppendLog.path(first, in: directory))
            segments.removeFirst()
        }
    }

    /// The name of the ``SyncMark`` in the log's directory.
    static let markName = "synced"

    /// Calls `body` with the bytes of each record that is on the disk, oldest first, once more.
    public borrowing func scan(
        _ body: (ArraySlice<UInt8>) throws(StorageError) -> Void
    ) throws(StorageError) {
        for number in segments {
            let path = AppendLog.path(number, in: directory)
            let bytes = try SmallFile.read(path, atMost: .max)
            _ = try LogSegment.scan(bytes, path: path, body)
        }
    }

    private static func path(_ number: UInt64, in directory: String) -> String {
        NumberedName.path(number, in: directory, suffix: "log")
    }

    private static func makeSegment(
        _ number: UInt64, in directory: String
    ) throws(StorageError) {
        let path = path(number, in: directory)
        let file = try File(path, flags: O_RDWR | O_CREAT | O_TRUNC)
        try file.write(LogSegment.header(number: number), at: 0)
        try file.sync()
        try Directory.sync(directory)
    }

    /// The numbers of the segments; a first one is made where none ever was.
    private static func segments(
        in directory: String, _ mark: borrowing SyncMark
    ) throws(StorageError) -> [UInt64] {
        let numbers = try segmentNumbers(in: directory)
        if let synced = mark.position?.part, synced > numbers.last ?? 0 {
            throw .corruption(
                path: path(synced, in: directory), detail: "a segment that was synced is gone")
        }
        guard numbers.isEmpty else { return numbers }
        try makeSegment(1, in: directory)
        return [1]
    }

    private static func segmentNumbers(
        in directory: String
    ) throws(StorageError) -> [UInt64] {
        var numbers: [UInt64] = []
        for name in try Directory.names(in: directory) where name.hasSuffix(".log") {
            guard let number = NumberedName.number(name, suffix: "log") else {
                throw .corruption(path: directory, detail: "\(name) is no segment of a log")
            }
            if let last = numbers.last, number != last + 1 {
                throw .corruption(
                    path: directory, detail: "segments between \(last) and \(number) are missing")
            }
            numbers.append(number)
        }
        return numbers
    }
}
