internal import COpenSSL

/// A key of a witness, which signs and cosigns checkpoints; 32 bytes of secret.
///
/// Source: RFC 8032, section 5.1.
@safe public struct Ed25519Key: ~Copyable {
    private let key: OpaquePointer
    /// The public half, 32 bytes.
    public let publicKey: [UInt8]

    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` unless there are 32 bytes.
    public init(secret: [UInt8]) throws(CryptographyError) {
        let wrong = CryptographyError.length(
            of: "an Ed25519 secret", bytes: secret.count, expected: 32)
        guard secret.count == 32,
            let key = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, secret, 32)
        else { throw wrong }
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = 32
        let isRead = unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1
        publicKey = isRead ? bytes : []
        unsafe self.key = key
    }

    deinit {
        unsafe EVP_PKEY_free(key)
    }

    /// The signature over these bytes, 64 bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("libcrypto found no memory for a signature")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = 64
        let isSigned =
            unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1
            && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        precondition(isSigned && count == 64, "libcrypto did not sign")
        return signature
    }

    /// Whether a signature over these bytes is that of a public key.
    public static func isValid(
        _ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]
    ) -> Bool {
        guard signature.count == 64, publicKey.count == 32,
            let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, 32)
        else { return false }
        defer { unsafe EVP_PKEY_free(key) }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        return unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, 64, message, message.count) == 1
    }
}
