internal import Glibc

/// An open file, closed with its owner; every failure is a ``StorageError`` with the path.
public struct File: ~Copyable, Sendable {
    public let path: String
    private let descriptor: Int32

    /// Opens `path` with the flags of open(2); a file that is made gets mode 0600.
    public init(_ path: String, flags: Int32) throws(StorageError) {
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError(errno: errno, path: path, "open") }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    /// For writing, made where it is not there.
    public static let making = O_WRONLY | O_CREAT

    public func byteCount() throws(StorageError) -> Int {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw StorageError(errno: errno, path: path, "measure") }
        return end
    }

    /// Up to `count` bytes from `offset`; fewer only where the file ends.
    public func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress?.advanced(by: done), count - done,
                    offset + done)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw StorageError(errno: errno, path: path, "read") }
            if got == 0 { break }
            done += got
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Asks for bytes that are read soon, and does not wait for them (posix_fadvise).
    func expect(at offset: Int, count: Int) {
        _ = posix_fadvise(descriptor, offset, count, POSIX_FADV_WILLNEED)
    }

    /// Writes every byte at `offset`, or throws.
    public func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        try unsafe write(bytes.span.bytes, at: offset)
    }

    /// Writes every byte at `offset`, or throws.
    public func write(_ bytes: RawSpan, at offset: Int) throws(StorageError) {
        var done = 0
        while done < bytes.byteCount {
            let put = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                    offset + done)
            }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw StorageError(errno: errno, path: path, "write") }
            done += put
        }
    }

    /// Writes whole pages from now on past the system's cache, where the file system can, or
    /// through it.
    func passesCache(_ isPassed: Bool) {
        _ = fcntl(descriptor, F_SETFL, isPassed ? File.direct : 0)
    }

    /// O_DIRECT, which Linux gives by processor (arch/arm64/include/uapi/asm/fcntl.h,
    /// include/uapi/asm-generic/fcntl.h).
    #if arch(arm64)
    private static let direct: Int32 = 0o200_000
    #else
    private static let direct: Int32 = 0o40_000
    #endif

    /// Returns when what was written is on the disk (fdatasync).
    public func sync() throws(StorageError) {
        guard fdatasync(descriptor) == 0 else {
            throw StorageError(errno: errno, path: path, "sync")
        }
    }

    public func truncate(to byteCount: Int) throws(StorageError) {
        guard ftruncate(descriptor, byteCount) == 0, fsync(descriptor) == 0 else {
            throw StorageError(errno: errno, path: path, "truncate")
        }
    }

    /// Which file of the machine this is, whatever its path.
    public func identity() throws(StorageError) -> FileIdentity {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw StorageError(errno: errno, path: path, "look at")
        }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Lets go of what ``lock()`` took.
    func unlock() {
        _ = flock(descriptor, LOCK_UN)
    }

    /// Takes the file for this open file alone until it is closed (flock), or throws `locked`.
    public func lock() throws(StorageError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { throw .locked(path: path) }
            throw StorageError(errno: errno, path: path, "lock")
        }
    }
}

/// A file apart from its path: one that takes another's place under its name is another one.
public struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

extension StorageError {
    /// The error that an `errno` of a call on `path` stands for.
    init(errno code: Int32, path: String, _ call: String) {
        let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        let detail = "\(call): \(text)"
        switch code {
        case ENOSPC, EDQUOT: self = .noSpace(path: path, detail: detail)
        case EACCES, EPERM, EROFS: self = .permissionDenied(path: path, detail: detail)
        case ENOENT: self = .notFound(path: path, what: "the file or directory")
        default: self = .io(path: path, detail: detail)
        }
    }
}
