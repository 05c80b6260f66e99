internal import Glibc
internal import Synchronization

/// A name that one process of this machine holds: a second one that asks for it is refused.
///
/// For what lies in a file and can be copied, where ``FileLock`` would take each copy for another.
/// Held by several in one process, it is let go of by the last. The operating system lets go of it
/// when the process ends, however it ends: it is an abstract socket address, unix(7), and stands
/// for nothing in the file system.
public final class NameLock: Sendable {
    private struct Held {
        let descriptor: Int32
        var count: Int
    }

    private static let held = Mutex<[String: Held]>([:])
    private let name: String

    /// Takes a name, of at most 100 bytes.
    ///
    /// - Throws: ``StorageError/locked(path:)`` where another process has it.
    public init(_ name: String) throws(StorageError) {
        self.name = name
        try NameLock.held.withLock { (held) throws(StorageError) in
            if let known = held[name] {
                held[name] = Held(descriptor: known.descriptor, count: known.count + 1)
            } else {
                held[name] = Held(descriptor: try NameLock.bind(name), count: 1)
            }
        }
    }

    deinit {
        NameLock.held.withLock { held in
            guard let known = held[name] else { return }
            if known.count > 1 {
                held[name] = Held(descriptor: known.descriptor, count: known.count - 1)
            } else {
                _ = close(known.descriptor)
                held[name] = nil
            }
        }
    }

    private static func bind(_ name: String) throws(StorageError) -> Int32 {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw StorageError(errno: errno, path: name, "name") }
        // A zero before the name makes the address abstract; its length says where it ends.
        let bytes = [0] + Array(name.utf8.prefix(100))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(length))
            }
        }
        guard result == 0 else {
            let code = errno
            _ = close(descriptor)
            if code == EADDRINUSE { throw .locked(path: name) }
            throw StorageError(errno: code, path: name, "name")
        }
        return descriptor
    }
}
