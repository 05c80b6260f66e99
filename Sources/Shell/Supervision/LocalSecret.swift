internal import Cryptography
internal import Primitives
internal import Sealing
internal import Storage

/// A random secret of this node, from which the keys of its private hashes follow.
///
/// It lies in the key folder, beside the node keys: whoever has the data base alone can link
/// neither identifiers to pseudonyms nor findings to cases.
struct LocalSecret {
    private let bytes: [UInt8]

    private static let byteCount = 32

    /// The secret in the file `path`, which is made where it is not there.
    init(path: String, random: RandomBytes) throws(SupervisionError) {
        let bytes = try storage { () throws(StorageError) in
            if SmallFile.exists(path) { return try SmallFile.read(path, atMost: 4_096) }
            let fresh = random.bytes(LocalSecret.byteCount)
            try SmallFile.write(fresh, to: path)
            return fresh
        }
        guard bytes.count == LocalSecret.byteCount else {
            throw .storage(.corruption(path: path, detail: "\(bytes.count) bytes, not 32"))
        }
        self.bytes = bytes
    }

    /// The key for one use, whose name is a phrase.
    func key(for use: String) -> [UInt8] {
        HMACSHA256.authenticate(Array(use.utf8), key: bytes).bytes
    }
}
