internal import Cryptography
internal import Glibc
internal import Primitives
internal import Storage

/// The files of the node keys, one a generation, in a folder of their own.
///
/// ```
/// node key file = "CUSTOSNK" || generation, 8 || key, 32 || SHA-256 of the 48 bytes before
/// ```
struct NodeKeys {
    let folder: String

    private static let magic = Array("CUSTOSNK".utf8)
    static let byteCount = 80

    /// The generations whose keys are there.
    func generations() throws(StorageError) -> [UInt64] {
        try Directory.names(in: folder).compactMap { generation(of: $0, prefix: "node-") }
    }

    /// Writes the key of a generation, and returns when it is on the disk.
    func write(_ key: NodeKey, generation: UInt64) throws(StorageError) {
        var bytes = NodeKeys.magic
        bytes.append(bigEndian: generation)
        bytes += key.bytes
        bytes += SHA256.hash(bytes).bytes
        try Directory.replace(name(generation), in: folder, with: bytes)
        bytes.wipe()
    }

    func read(generation: UInt64) throws(SealingError) -> NodeKey {
        let path = path(generation)
        var bytes = try onDisk { () throws(StorageError) in
            try SmallFile.read(path, atMost: 4096)
        }
        defer { bytes.wipe() }
        guard bytes.count == NodeKeys.byteCount, bytes.starts(with: NodeKeys.magic),
            bytes.bigEndian(at: 8) == generation,
            Digest(bytes[48...]) == SHA256.hash(bytes[..<48])
        else { throw .damaged(path: path, detail: "not the node key of \(generation)") }
        return NodeKey(Array(bytes[16..<48]))
    }

    /// Overwrites the key of a generation with `noise` and removes it.
    ///
    /// What was encrypted under it cannot be read again, as far as the disk obeys: copies that a
    /// file system or a backup made are beyond its reach, so this folder belongs on neither.
    func destroy(generation: UInt64, noise: [UInt8]) throws(StorageError) {
        let path = path(generation)
        do throws(StorageError) {
            let file = try File(path, flags: O_WRONLY)
            try file.write(noise, at: 0)
            try file.sync()
        } catch .notFound {
            return
        }
        try Directory.remove(path)
        try Directory.sync(folder)
    }

    func path(_ generation: UInt64) -> String { folder + "/" + name(generation) }

    private func name(_ generation: UInt64) -> String { "node-\(generation).key" }
}

/// The generation in a file's name, between `prefix` and the dot, or nil for other files.
func generation(of name: String, prefix: String) -> UInt64? {
    guard name.hasPrefix(prefix), let dot = name.firstIndex(of: "."), !name.hasSuffix(".new")
    else { return nil }
    return UInt64(name[..<dot].dropFirst(prefix.count))
}

/// A node key in memory, wiped when the last file that uses it is closed.
final class NodeKey: Sendable {
    // Written by `init` and `deinit` only, when no other thread can hold a reference.
    nonisolated(unsafe) private var secret: [UInt8]

    init(_ bytes: [UInt8]) {
        unsafe secret = bytes
    }

    deinit {
        unsafe secret.wipe()
    }

    var bytes: [UInt8] { unsafe secret }
}
