internal import CSecp256k1
public import Primitives

/// A public key on secp256k1 that has been checked to be a point on the curve.
///
/// The point is kept as the library wants it, so that checking a signature parses nothing.
public struct PublicKey: Hashable, Sendable {
    private let prefix: UInt8
    private let x: Scalar
    private let point: secp256k1_pubkey

    /// How many bytes a public key has in compressed form.
    public static let byteCount = 33

    /// The key with this compressed form (SEC 1, section 2.3.3).
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` or
    ///   ``CryptographyError/publicKey(hex:)``.
    public init(compressed bytes: [UInt8]) throws(CryptographyError) {
        try self.init(compressed: bytes[...])
    }

    /// The key with this compressed form (SEC 1, section 2.3.3).
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` or
    ///   ``CryptographyError/publicKey(hex:)``.
    public init(compressed bytes: ArraySlice<UInt8>) throws(CryptographyError) {
        guard bytes.count == PublicKey.byteCount, let prefix = bytes.first,
            let x = Scalar(bytes.dropFirst())
        else {
            throw .length(of: "a public key", bytes: bytes.count, expected: PublicKey.byteCount)
        }
        var point = secp256k1_pubkey()
        let isPoint = unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe secp256k1_ec_pubkey_parse(
                Curve.context, &point, start, buffer.count) == 1
        }
        guard isPoint else { throw .publicKey(hex: bytes.hex) }
        self.prefix = prefix
        self.x = x
        self.point = point
    }

    /// The key of a point that the library made.
    init(_ point: secp256k1_pubkey) {
        var source = point
        var compressed = [UInt8](repeating: 0, count: PublicKey.byteCount)
        var count = compressed.count
        unsafe compressed.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = unsafe secp256k1_ec_pubkey_serialize(
                Curve.context, start, &count, &source, UInt32(SECP256K1_EC_COMPRESSED))
        }
        self.prefix = compressed[0]
        self.x = Scalar(compressed.dropFirst()) ?? .zero
        self.point = point
    }

    /// The 33 bytes of the compressed form.
    public var bytes: [UInt8] { [prefix] + x.bytes }

    /// The 65 bytes of the uncompressed form: 4, x, y.
    public var uncompressed: [UInt8] {
        var source = point
        var bytes = [UInt8](repeating: 0, count: 65)
        var count = bytes.count
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = unsafe secp256k1_ec_pubkey_serialize(
                Curve.context, start, &count, &source, UInt32(SECP256K1_EC_UNCOMPRESSED))
        }
        return bytes
    }

    /// The short name of this key: one hash each time.
    public var keyID: KeyID { KeyID(OpaqueID(prefixOf: SHA256.hash(bytes))) }

    /// Whether the holder of this key signed `digest` with `signature`.
    ///
    /// `lowSRequired` refuses the mirror image of a signature, so that nobody but the signer can
    /// change its bytes. It is required of keys that vote or submit batches, not of statements.
    public func isValid(
        _ signature: Signature, for digest: Digest, lowSRequired: Bool = true
    ) -> Bool {
        guard var parsed = signature.parsed else { return false }
        if !lowSRequired {
            var source = parsed
            // The library accepts low s only; this takes the mirror image where s is high.
            _ = unsafe secp256k1_ecdsa_signature_normalize(Curve.context, &parsed, &source)
        }
        var point = point
        return unsafe digest.withBytes { buffer in
            let message = unsafe buffer.assumingMemoryBound(to: UInt8.self)
            guard let start = message.baseAddress else { return false }
            return unsafe secp256k1_ecdsa_verify(Curve.context, &parsed, start, &point) == 1
        }
    }

    public static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.prefix == right.prefix && left.x == right.x
    }

    public func hash(into hasher: inout Swift.Hasher) {
        hasher.combine(prefix)
        hasher.combine(x)
    }
}

extension PublicKey: CustomStringConvertible {
    public var description: String { bytes.hex }
}

extension CBORWriter {
    public mutating func publicKey(_ key: PublicKey) {
        bytes(key.bytes)
    }
}

extension CBORReader {
    public mutating func publicKey() throws(CBORError) -> PublicKey {
        let start = offset
        let bytes = try bytes(exactly: PublicKey.byteCount)
        guard let key = try? PublicKey(compressed: bytes) else {
            throw .unexpected(
                offset: start, expected: "a compressed public key of secp256k1",
                found: "33 bytes that are no point on the curve")
        }
        return key
    }
}
