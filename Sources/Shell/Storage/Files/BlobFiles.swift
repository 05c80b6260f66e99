internal import Glibc
internal import Synchronization

/// Long runs of bytes that are written once, one behind the other in numbered files, and found by
/// their place.
///
/// For what can be made again of something else. A data base writes it twice, and keeps it in
/// memory between; here it is one write, and not synced: a file is, before the next one is begun.
/// So after a power cut the newest file alone may lack what was appended. Who reads compares a
/// checksum that he kept with the place. Every process begins a file of its own.
///
/// Appending and removing is for one thread at a time; reading is safe from any.
public final class BlobFiles: Sendable {
    private let directory: String
    private let suffix: String
    private let byteCountMax: Int
    private let state: Mutex<State>

    /// A file that is read, closed when nobody does any more.
    private final class Opened: Sendable {
        let number: UInt64
        let file: File

        init(_ number: UInt64, _ file: consuming File) {
            self.number = number
            self.file = file
        }
    }

    private struct State {
        /// The numbers of the files that are there, ascending.
        var numbers: [UInt64]
        /// The one that is appended to, the last; nil until something is.
        var current: Opened?
        var byteCount = 0
        /// Up to where the current file is known to be on the disk.
        var syncedCount = 0
        /// Those that were read last, the newest at the end.
        var opened: [Opened] = []
    }

    /// How many files stay open for readers.
    private static let openedMax = 64
    /// After so many bytes they are synced, so that nobody waits for a whole file.
    private static let unsyncedMax = 4 << 20

    /// The files in `directory`, which is there, whose names end with a dot and `suffix`; with
    /// `byteCountMax` bytes a file has enough, but no blob is cut.
    public init(
        directory: String, suffix: String, byteCountMax: Int = 64 << 20
    ) throws(StorageError) {
        var numbers: [UInt64] = []
        for name in try Directory.names(in: directory) {
            if let number = NumberedName.number(name, suffix: suffix) { numbers.append(number) }
        }
        self.directory = directory
        self.suffix = suffix
        self.byteCountMax = byteCountMax
        state = Mutex(State(numbers: numbers.sorted()))
    }

    /// The numbers of the files that are there, ascending.
    public var numbers: [UInt64] { state.withLock { $0.numbers } }

    /// Appends a blob, which survives a kill when the call returns, not a power cut.
    public func append(_ blob: RawSpan) throws(StorageError) -> BlobPlace {
        if state.withLock({ $0.current == nil || $0.byteCount >= byteCountMax }) { try begin() }
        let (current, offset) = state.withLock { ($0.current, $0.byteCount) }
        guard let current else { throw .stopped(path: directory) }
        try current.file.write(blob, at: offset)
        let end = offset + blob.byteCount
        let unsynced = state.withLock { state in
            state.byteCount = end
            return end - state.syncedCount
        }
        if unsynced >= BlobFiles.unsyncedMax { try sync() }
        return BlobPlace(file: current.number, offset: UInt64(offset))
    }

    /// Returns when all that was appended is on the disk.
    public func sync() throws(StorageError) {
        let (current, end) = state.withLock { ($0.current, $0.byteCount) }
        try current?.file.sync()
        state.withLock { $0.syncedCount = end }
    }

    /// So many bytes from a place on; nil where the file is gone, or ends before.
    public func read(_ place: BlobPlace, byteCount: Int) throws(StorageError) -> [UInt8]? {
        guard let opened = try opened(place.file),
            let offset = Int(exactly: place.offset), byteCount >= 0
        else { return nil }
        let bytes = try opened.file.read(at: offset, count: byteCount)
        return bytes.count == byteCount ? bytes : nil
    }

    /// All bytes of a file; nil where it is gone.
    public func read(_ number: UInt64) throws(StorageError) -> [UInt8]? {
        guard let opened = try opened(number) else { return nil }
        return try opened.file.read(at: 0, count: try opened.file.byteCount())
    }

    /// Deletes a file; the one that is appended to stays.
    public func remove(_ number: UInt64) throws(StorageError) {
        let isThere = state.withLock { state in
            guard state.current?.number != number else { return false }
            state.opened.removeAll { $0.number == number }
            return state.numbers.contains(number)
        }
        guard isThere else { return }
        try Directory.remove(path(number))
        state.withLock { $0.numbers.removeAll { $0 == number } }
    }

    /// Begins the next file, when the one before is on the disk.
    private func begin() throws(StorageError) {
        let (current, last) = state.withLock { ($0.current, $0.numbers.last) }
        if let current {
            try current.file.sync()
        } else if let last {
            try File(path(last), flags: O_RDWR).sync()
        }
        let number = (last ?? 0) + 1
        let file = try File(path(number), flags: O_RDWR | O_CREAT | O_EXCL)
        try Directory.sync(directory)
        let next = Opened(number, file)
        state.withLock { state in
            state.numbers.append(number)
            state.current = next
            state.byteCount = 0
            state.syncedCount = 0
        }
    }

    private func opened(_ number: UInt64) throws(StorageError) -> Opened? {
        let found = state.withLock { state in
            let current = state.current.flatMap { $0.number == number ? $0 : nil }
            return current ?? state.opened.last { $0.number == number }
        }
        if let found { return found }
        let opened: Opened
        do throws(StorageError) {
            opened = Opened(number, try File(path(number), flags: O_RDONLY))
        } catch .notFound {
            return nil
        }
        state.withLock { state in
            state.opened.append(opened)
            if state.opened.count > BlobFiles.openedMax { state.opened.removeFirst() }
        }
        return opened
    }

    private func path(_ number: UInt64) -> String {
        NumberedName.path(number, in: directory, suffix: suffix)
    }
}
