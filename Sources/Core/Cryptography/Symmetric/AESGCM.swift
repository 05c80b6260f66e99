internal import COpenSSL
internal import Primitives

/// Authenticated encryption with AES-256 in Galois/Counter Mode, tag at the end.
///
/// A nonce must never be used twice under one key: whoever chooses it says why it is not.
///
/// Source: NIST SP 800-38D.
public enum AESGCM {
    public static let keyByteCount = 32
    public static let nonceByteCount = 12
    public static let tagByteCount = 16

    /// The ciphertext of `plaintext` and the tag over it and the associated data.
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)``.
    public static func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try check(key: key, nonce: nonce, textByteCount: plaintext.count)
        let cipher = CipherContext()
        var output = [UInt8](repeating: 0, count: plaintext.count + tagByteCount)
        let isSealed = unsafe output.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe cipher.begin(isSealing: true, key: key, nonce: nonce)
                && cipher.authenticate(associatedData)
                && plaintext.withUnsafeBufferPointer { unsafe cipher.update($0, into: start) }
                && cipher.takeTag(into: start + plaintext.count)
        }
        precondition(isSealed, "AES-256-GCM is part of every libcrypto")
        return output
    }

    /// The plaintext of `sealed`, if key, nonce, associated data and every byte are the original.
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` or
    ///   ``CryptographyError/notAuthentic(bytes:)``.
    public static func open(
        _ sealed: ArraySlice<UInt8>, key: [UInt8], nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= tagByteCount else {
            throw .length(of: "a sealed text", bytes: sealed.count, expected: tagByteCount)
        }
        let textByteCount = sealed.count - tagByteCount
        try check(key: key, nonce: nonce, textByteCount: textByteCount)
        let cipher = CipherContext()
        let ciphertext = sealed.prefix(textByteCount)
        let tag = Array(sealed.suffix(tagByteCount))
        // One byte more than the text, so that the buffer is never without an address.
        var output = [UInt8](repeating: 0, count: textByteCount + 1)
        let isAuthentic = unsafe output.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe cipher.begin(isSealing: false, key: key, nonce: nonce)
                && cipher.authenticate(associatedData)
                && ciphertext.withUnsafeBufferPointer { unsafe cipher.update($0, into: start) }
                && cipher.accepts(tag: tag)
        }
        guard isAuthentic else {
            output.wipe()
            throw .notAuthentic(bytes: sealed.count)
        }
        output.removeLast()
        return output
    }

    /// The same, for an array.
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` or
    ///   ``CryptographyError/notAuthentic(bytes:)``.
    public static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try open(sealed[...], key: key, nonce: nonce, associatedData: associatedData)
    }

    private static func check(
        key: [UInt8], nonce: [UInt8], textByteCount: Int
    ) throws(CryptographyError) {
        guard key.count == keyByteCount else {
            throw .length(of: "an AES-256 key", bytes: key.count, expected: keyByteCount)
        }
        guard nonce.count == nonceByteCount else {
            throw .length(of: "a GCM nonce", bytes: nonce.count, expected: nonceByteCount)
        }
        // The library counts in 32 bits.
        guard textByteCount < Int(Int32.max) - tagByteCount else {
            throw .length(of: "a sealed text", bytes: textByteCount, expected: Int(Int32.max))
        }
    }
}
