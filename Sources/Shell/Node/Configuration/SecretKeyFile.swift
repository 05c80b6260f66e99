internal import Cryptography
internal import Primitives
internal import Storage

/// A signing key in a file of its own, mode 0600, as `custos keygen` writes it.
///
/// ```
/// custos secret 1
/// submit 0 of county-hospital
/// 64 hexadecimal digits
/// ```
enum SecretKeyFile {
    private static let firstLine = "custos secret 1"

    static func read(_ path: String) throws(NodeError) -> SigningKey {
        let secret = try secret(path)
        do throws(CryptographyError) {
            return try SigningKey(secret: secret)
        } catch {
            throw .key(path: path, detail: "no key of secp256k1: \(error)")
        }
    }

    /// The 32 bytes of a secret of any kind.
    static func secret(_ path: String) throws(NodeError) -> [UInt8] {
        try checkMode(path)
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try SmallFile.read(path, atMost: 4_096)
        } catch {
            throw .storage(error)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 3, lines[0] == firstLine, let secret = [UInt8](hex: String(lines[2]))
        else {
            throw .key(
                path: path,
                detail: "no secret: three lines are expected, `\(firstLine)`, what it is for, "
                    + "and 64 hexadecimal digits")
        }
        return secret
    }

    /// Throws where others than the owner may read the secret.
    static func checkMode(_ path: String) throws(NodeError) {
        let isOpen: Bool
        do throws(StorageError) {
            isOpen = try SmallFile.isOpenToOthers(path)
        } catch {
            throw .storage(error)
        }
        guard !isOpen else { throw .keyOpenToOthers(path: path) }
    }
}
