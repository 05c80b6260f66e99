public import Primitives

/// Keys from other secrets: HKDF with SHA-256.
///
/// Source: RFC 5869.
public enum HKDF {
    /// The longest output, in bytes.
    public static let outputByteCountMax = 255 * Digest.byteCount

    /// A uniform key from a secret that may not be uniform.
    public static func extract(salt: [UInt8], secret: [UInt8]) -> Digest {
        HMACSHA256.authenticate(secret, key: salt)
    }

    /// `byteCount` bytes from a uniform key, for the use that `info` names.
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` past ``outputByteCountMax``.
    public static func expand(
        _ key: Digest, info: [UInt8], byteCount: Int
    ) throws(CryptographyError) -> [UInt8] {
        guard (0...outputByteCountMax).contains(byteCount) else {
            throw .length(of: "HKDF output", bytes: byteCount, expected: outputByteCountMax)
        }
        let key = key.bytes
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 0
        while output.count < byteCount {
            counter += 1
            block = HMACSHA256.authenticate(block + info + [counter], key: key).bytes
            output += block
        }
        return Array(output.prefix(byteCount))
    }
}
