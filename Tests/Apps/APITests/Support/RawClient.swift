import Dispatch
import Glibc

/// A connection to a port of this machine, without a library's ideas of when to open another.
final class RawClient: Sendable {
    struct Failure: Error {}

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw Failure()
        }
    }

    /// Sends a request and returns what comes first; nil where the connection is closed instead.
    ///
    /// It waits on a thread of its own: the server answers on those that tests share, and would
    /// wait for the one that waits for it.
    func ask() async -> String? {
        await withCheckedContinuation { answer in
            DispatchQueue.global().async { answer.resume(returning: self.exchange()) }
        }
    }

    private func exchange() -> String? {
        let flags = Int32(MSG_NOSIGNAL)
        let request = Array("GET / HTTP/1.1\r\nHost: here\r\n\r\n".utf8)
        guard unsafe send(descriptor, request, request.count, flags) > 0 else {
            return nil
        }
        var answer = ""
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while !answer.contains("\r\n\r\n") || !answer.hasSuffix("here") {
            let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return nil }
            answer += String(decoding: bytes[..<count], as: UTF8.self)
        }
        return answer
    }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
    }
}
