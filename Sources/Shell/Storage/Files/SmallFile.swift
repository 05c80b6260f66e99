internal import Glibc

/// Whole files of a bounded size: keys, certificates, genesis, configuration.
public enum SmallFile {
    /// The largest file that is read whole, in bytes.
    public static let byteCountMax = 64 << 20

    /// All bytes of the file at `path`.
    public static func read(
        _ path: String, atMost limit: Int = byteCountMax
    ) throws(StorageError) -> [UInt8] {
        let file = try File(path, flags: O_RDONLY)
        let count = try file.byteCount()
        guard count <= limit else {
            throw .tooLarge(path: path, byteCount: count, limit: limit)
        }
        return try file.read(at: 0, count: count)
    }

    /// Writes the file at `path` wholly or not at all, mode 0600, and syncs it and its name.
    public static func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        try Directory.make(directory.isEmpty ? "/" : directory)
        try Directory.replace(name, in: directory.isEmpty ? "/" : directory, with: bytes)
    }

    /// Makes the directory `path`, mode 0700, and those above it, where they are not there.
    public static func makeDirectory(_ path: String) throws(StorageError) {
        try Directory.make(path)
    }

    public static func exists(_ path: String) -> Bool {
        Directory.exists(path)
    }

    /// Whether others than the owner may read or write the file at `path`.
    public static func isOpenToOthers(_ path: String) throws(StorageError) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw StorageError(errno: errno, path: path, "look at")
        }
        return status.st_mode & 0o077 != 0
    }
}

/// A file held for one process: a second one that asks for it is refused.
///
/// The operating system lets go of it when the process ends, however it ends.
public struct FileLock: ~Copyable, Sendable {
    private let file: File
    /// The file that is held.
    public let identity: FileIdentity

    /// Takes the file at `path`, which is made where it is not there.
    ///
    /// - Throws: ``StorageError/locked(path:)`` where another process has it.
    public init(_ path: String) throws(StorageError) {
        let file = try File(path, flags: O_RDWR | O_CREAT)
        try file.lock()
        identity = try file.identity()
        self.file = file
    }

    deinit {
        // Closing alone would not do: a child that is being started has the descriptor, too, until
        // its own program runs.
        file.unlock()
    }
}
