internal import COpenSSL
public import Primitives

/// A key of somebody who signs statements: of one of three algorithms, for checking only.
///
/// Source: RFC 9053, sections 2.1 and 2.2; RFC 8812.
public struct StatementKey: Hashable, Sendable {
    public let algorithm: Algorithm
    /// A point on the curve, compressed, for ES256 and ES256K; 32 bytes for EdDSA.
    public let bytes: [UInt8]

    /// The numbers are those of COSE.
    public enum Algorithm: Int64, CaseIterable, Sendable {
        case es256 = -7
        case edDSA = -8
        case es256k = -47

        var keyByteCount: Int { self == .edDSA ? 32 : 33 }
    }

    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` for a key of the wrong length, or
    ///   ``CryptographyError/publicKey(hex:)`` for one that is no point of secp256k1.
    public init(_ algorithm: Algorithm, _ bytes: [UInt8]) throws(CryptographyError) {
        guard bytes.count == algorithm.keyByteCount else {
            throw .length(
                of: "a key for statements", bytes: bytes.count, expected: algorithm.keyByteCount)
        }
        if algorithm == .es256k { _ = try PublicKey(compressed: bytes) }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Whether the holder of the key made this signature over these bytes; ECDSA signatures are
    /// the two numbers, 32 bytes each.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch algorithm {
        case .edDSA: Ed25519Key.isValid(signature, for: message, publicKey: bytes)
        case .es256: P256.isValid(signature, for: message, publicKey: bytes)
        case .es256k:
            if let key = try? PublicKey(compressed: bytes),
                let signature = try? Signature(signature)
            {
                key.isValid(signature, for: SHA256.hash(message), lowSRequired: false)
            } else {
                false
            }
        }
    }

    /// `[int, bstr]`.
    public func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.integer(algorithm.rawValue)
        writer.bytes(bytes)
    }

    /// Reads a key where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        try reader.array(exactly: 2)
        let number = try reader.integer()
        let bytes = Array(try reader.bytes(atMost: 64))
        guard let algorithm = Algorithm(rawValue: number),
            let key = try? StatementKey(algorithm, bytes)
        else {
            throw .unexpected(
                offset: start, expected: "a key of algorithm -7, -8 or -47",
                found: "algorithm \(number), \(bytes.count) bytes")
        }
        self = key
    }
}

/// ECDSA with P-256 and SHA-256, checked only: nobody of Custos signs with it.
enum P256 {
    static func isValid(
        _ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]
    ) -> Bool {
        guard signature.count == 64, let key = unsafe key(publicKey) else { return false }
        defer { unsafe EVP_PKEY_free(key) }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        let der = derSignature(signature)
        return unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, der, der.count, message, message.count) == 1
    }

    private static func key(_ point: [UInt8]) -> OpaquePointer? {
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_fromdata_init(context) == 1 else { return nil }
        var point = point
        // libcrypto keeps these pointers until the parameters have been read.
        var group = Array("group".utf8CString)
        var pub = Array("pub".utf8CString)
        var curve = Array("prime256v1".utf8CString)
        let count = point.count
        return unsafe point.withUnsafeMutableBytes { point in
            unsafe group.withUnsafeMutableBufferPointer { group in
                unsafe pub.withUnsafeMutableBufferPointer { pub in
                    unsafe curve.withUnsafeMutableBufferPointer { curve in
                        var parameters = unsafe [
                            OSSL_PARAM_construct_utf8_string(
                                group.baseAddress, curve.baseAddress, 0),
                            OSSL_PARAM_construct_octet_string(
                                pub.baseAddress, point.baseAddress, count),
                            OSSL_PARAM_construct_end(),
                        ]
                        var key: OpaquePointer?
                        let isMade = unsafe EVP_PKEY_fromdata(
                            context, &key, publicKeySelection, &parameters)
                        return unsafe isMade == 1 ? key : nil
                    }
                }
            }
        }
    }

    /// `EVP_PKEY_PUBLIC_KEY`, a macro that does not cross over: parameters and the public half.
    private static let publicKeySelection: Int32 = 0x86

    /// Two numbers of 32 bytes as libcrypto wants them: a DER SEQUENCE of two INTEGERs.
    private static func derSignature(_ signature: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        for half in [signature[..<32], signature[32...]] {
            var digits = Array(half.drop { $0 == 0 })
            if digits.isEmpty || digits[0] & 0x80 != 0 { digits.insert(0, at: 0) }
            body += [0x02, UInt8(digits.count)] + digits
        }
        return [0x30, UInt8(body.count)] + body
    }
}
