internal import Glibc
internal import Synchronization

/// Long runs of bytes that are written once, one behind the other in numbered files, and found by
/// their place.
///
/// For what can be made again of something else. A data base writes it twice, and keeps it in
/// memory between; here it is one write (``BlobTail``), and synced late: before the next one is
/// begun at the latest. So after a power cut, or a kill, the newest file alone may lack what was
/// appended. Who reads compares a checksum that he kept with the place. Every process begins a file
/// of its own.
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
        /// Up to which number files are named somewhere, whether they are there or not.
        var namedMax: UInt64 = 0
        /// The one that is appended to, the last; nil until something is.
        var current: BlobTail?
        /// Those that were read last, the newest at the end.
        var opened: [Opened] = []
    }

    /// How many files stay open for readers.
    private static let openedMax = 64

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

    /// Appends a blob, of which a kill can take what is not synced.
    public func append(_ blob: RawSpan) throws(StorageError) -> BlobPlace {
        var current = state.withLock { $0.current }
        if current.map({ $0.byteCount >= byteCountMax }) ?? true { current = try begin() }
        guard let current else { throw .stopped(path: directory) }
        let place = BlobPlace(file: current.number, offset: UInt64(current.byteCount))
        try current.append(blob)
        return place
    }

    /// Returns when all that was appended is on the disk.
    public func sync() throws(StorageError) {
        if let current = state.withLock({ $0.current }) { try current.sync() }
    }

    /// So many bytes from a place on; nil where the file is gone, or ends before.
    public func read(_ place: BlobPlace, byteCount: Int) throws(StorageError) -> [UInt8]? {
        guard let offset = Int(exactly: place.offset), offset < 1 << 62,
            (0..<1 << 32).contains(byteCount)
        else { return nil }
        if let current = state.withLock({ $0.current }), current.number == place.file {
            return try current.read(at: offset, count: byteCount)
        }
        let bytes = try opened(place.file)?.file.read(at: offset, count: byteCount)
        return bytes?.count == byteCount ? bytes : nil
    }

    /// Asks for bytes from a place on that are read soon, and does not wait for them.
    public func expect(_ place: BlobPlace, byteCount: Int) throws(StorageError) {
        guard let offset = Int(exactly: place.offset), offset < 1 << 62, byteCount > 0 else {
            return
        }
        if let current = state.withLock({ $0.current }), current.number == place.file {
            current.expect(at: offset, count: byteCount)
        } else {
            try opened(place.file)?.file.expect(at: offset, count: byteCount)
        }
    }

    /// All bytes of a file that is not appended to; nil where it is gone.
    public func read(_ number: UInt64) throws(StorageError) -> [UInt8]? {
        guard let opened = try opened(number) else { return nil }
        return try opened.file.read(at: 0, count: try opened.file.byteCount())
    }

    /// Has files begun from now on numbered above this one, of which places are kept.
    public func begin(above number: UInt64) {
        state.withLock { $0.namedMax = max($0.namedMax, min(number, 1 << 62)) }
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
    private func begin() throws(StorageError) -> BlobTail {
        let (current, last, named) = state.withLock { ($0.current, $0.numbers.last, $0.namedMax) }
        if let current {
            try current.sync()
        } else if let last {
            try File(path(last), flags: O_RDWR).sync()
        }
        let number = max(last ?? 0, named) + 1
        let next = try BlobTail(number, path: path(number), in: directory)
        state.withLock { state in
            state.numbers.append(number)
            state.current = next
        }
        return next
    }

    private func opened(_ number: UInt64) throws(StorageError) -> Opened? {
        if let found = state.withLock({ $0.opened.last { $0.number == number } }) { return found }
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
