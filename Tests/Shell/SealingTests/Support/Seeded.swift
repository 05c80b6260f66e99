import Cryptography
import Foundation
import Primitives
import Sealing
import Synchronization

extension RandomBytes {
    /// Bytes that follow from a seed: SHA-256 of seed and counter.
    static func seeded(_ seed: UInt8) -> RandomBytes {
        let counter = Counter()
        return RandomBytes { count in
            var bytes: [UInt8] = []
            while bytes.count < count {
                bytes += SHA256.hash(Array("\(seed)/\(counter.next())".utf8)).bytes
            }
            return Array(bytes.prefix(count))
        }
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)

        func next() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }
}

/// A folder of its own for one test, removed with it.
final class Scratch {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "custos-sealing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var store: String { path + "/store" }
    var keys: String { path + "/keys" }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    func read(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: file)))
    }

    func write(_ bytes: [UInt8], to file: String) throws {
        try Data(bytes).write(to: URL(filePath: file))
    }
}
