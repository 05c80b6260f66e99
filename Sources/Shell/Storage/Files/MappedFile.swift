internal import Glibc

/// A whole file that can be read like memory: the system reads what is asked for, and lets it go
/// where memory is short.
///
/// The file must not get shorter while it is mapped. Whoever replaces one makes a new file and
/// renames it, which leaves the old one to those who have it mapped.
@safe public final class MappedFile: @unchecked Sendable {
    // Sendable, since nobody writes to the bytes.
    private let buffer: UnsafeRawBufferPointer

    /// Maps the file at `path`.
    public init(_ path: String) throws(StorageError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError(errno: errno, path: path, "open") }
        defer { _ = close(descriptor) }
        let byteCount = lseek(descriptor, 0, SEEK_END)
        guard byteCount >= 0 else { throw StorageError(errno: errno, path: path, "measure") }
        // An empty file cannot be mapped.
        guard byteCount > 0 else {
            unsafe buffer = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let start = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            throw StorageError(errno: errno, path: path, "map")
        }
        unsafe buffer = UnsafeRawBufferPointer(start: start, count: byteCount)
    }

    deinit {
        guard let start = unsafe buffer.baseAddress else { return }
        unsafe munmap(UnsafeMutableRawPointer(mutating: start), buffer.count)
    }

    /// The bytes, in place as long as this lives.
    @unsafe public var bytes: UnsafeRawBufferPointer { unsafe buffer }

    public var byteCount: Int { unsafe buffer.count }
}
