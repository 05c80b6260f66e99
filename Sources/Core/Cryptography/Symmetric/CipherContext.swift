internal import COpenSSL

/// The owner of one OpenSSL cipher context, for one AES-256-GCM operation.
@safe struct CipherContext: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = unsafe EVP_CIPHER_CTX_new() else {
            preconditionFailure("libcrypto found no memory for a cipher context")
        }
        unsafe self.context = context
    }

    deinit {
        // Wipes the key schedule before it gives the memory back.
        unsafe EVP_CIPHER_CTX_free(context)
    }

    /// Takes key and nonce, whose lengths the caller has checked.
    func begin(isSealing: Bool, key: [UInt8], nonce: [UInt8]) -> Bool {
        unsafe EVP_CipherInit_ex2(
            context, Algorithm.aes256GCM.pointer, key, nonce, isSealing ? 1 : 0, nil) == 1
    }

    /// Covers bytes with the tag without encrypting them.
    func authenticate(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return true }
        var count: Int32 = 0
        return unsafe EVP_CipherUpdate(context, nil, &count, bytes, Int32(clamping: bytes.count))
            == 1
    }

    /// Encrypts or decrypts all of `bytes` into `output`, which has room for as many.
    @unsafe func update(
        _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return true }
        var count: Int32 = 0
        return unsafe EVP_CipherUpdate(
            context, output, &count, start, Int32(clamping: bytes.count)) == 1
            && Int(count) == bytes.count
    }

    /// Ends sealing and writes the 16 bytes of the tag.
    @unsafe func takeTag(into output: UnsafeMutablePointer<UInt8>) -> Bool {
        var count: Int32 = 0
        var none: UInt8 = 0
        return unsafe EVP_CipherFinal_ex(context, &none, &count) == 1
            && EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_GET_TAG, Int32(AESGCM.tagByteCount), output) == 1
    }

    /// Ends opening and says whether the tag is right.
    func accepts(tag: [UInt8]) -> Bool {
        var tag = tag
        var count: Int32 = 0
        var none: UInt8 = 0
        let byteCount = Int32(clamping: tag.count)
        return unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, byteCount, &tag) == 1
            && EVP_CipherFinal_ex(context, &none, &count) == 1
    }

    // Looked up once: OpenSSL 3 would search its providers at each use. The library counts the
    // references and never changes the object, so that all threads may read it.
    @safe private struct Algorithm: @unchecked Sendable {
        let pointer: OpaquePointer

        static let aes256GCM = Algorithm("AES-256-GCM")

        init(_ name: String) {
            guard let pointer = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
                preconditionFailure("libcrypto has no \(name)")
            }
            unsafe self.pointer = pointer
        }
    }
}
