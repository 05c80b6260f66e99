internal import COpenSSL
public import Primitives

/// The message authentication code HMAC with SHA-256.
///
/// Source: RFC 2104; FIPS 198-1.
public enum HMACSHA256 {
    /// The code of `message` under `key`, which may have any length.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var count: UInt32 = 0
        // A pointer to nothing would stand for the key of an earlier call.
        let key = key.isEmpty ? [0] : key
        let isDone = unsafe withUnsafeMutableBytes(of: &words) { output in
            let output = unsafe output.assumingMemoryBound(to: UInt8.self)
            return unsafe HMAC(
                EVP_sha256(), key, Int32(clamping: key.count), message, message.count,
                output.baseAddress, &count) != nil
        }
        precondition(isDone && count == 32, "HMAC with SHA-256 is part of every libcrypto")
        return Digest(
            words: (
                words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
            ))
    }

    /// Whether `code` is that of `message` under `key`, in a time that does not depend on it.
    public static func isValid(_ code: Digest, for message: [UInt8], key: [UInt8]) -> Bool {
        ConstantTime.areEqual(code.bytes, authenticate(message, key: key).bytes)
    }
}
