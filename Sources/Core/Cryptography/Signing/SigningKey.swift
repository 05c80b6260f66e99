internal import COpenSSL
internal import CSecp256k1
public import Primitives

/// A secret key on secp256k1, wiped from memory when the last reference is dropped.
///
/// Signing takes no randomness: the nonce is a function of key and digest (RFC 6979), so the same
/// digest gives the same bytes on any machine.
public final class SigningKey: Sendable {
    public let publicKey: PublicKey
    /// The short name of the public key.
    public let keyID: KeyID
    // Written by `init` and `deinit` only, when no other thread can hold a reference.
    nonisolated(unsafe) private var secret: Scalar.Words

    /// How many bytes a secret key has.
    public static let byteCount = 32

    /// The key with these 32 bytes; the caller's copy is the caller's to wipe.
    ///
    /// - Throws: ``CryptographyError/length(of:bytes:expected:)`` or
    ///   ``CryptographyError/secretKey``.
    public init(secret bytes: [UInt8]) throws(CryptographyError) {
        guard let scalar = Scalar(bytes[...]) else {
            throw .length(of: "a secret key", bytes: bytes.count, expected: SigningKey.byteCount)
        }
        var point = secp256k1_pubkey()
        let isMade = unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe secp256k1_ec_pubkey_create(Curve.context, &point, start) == 1
        }
        guard isMade else { throw .secretKey }
        publicKey = PublicKey(point)
        keyID = publicKey.keyID
        unsafe secret = scalar.inMemory
    }

    deinit {
        unsafe withUnsafeMutableBytes(of: &secret) { buffer in
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        }
    }

    /// The signature of `digest`: low-S, nonce by RFC 6979.
    public func sign(_ digest: Digest) -> Signature {
        var signature = secp256k1_ecdsa_signature()
        let isSigned = unsafe withUnsafeBytes(of: secret) { key in
            unsafe digest.withBytes { message in
                let key = unsafe key.assumingMemoryBound(to: UInt8.self)
                let message = unsafe message.assumingMemoryBound(to: UInt8.self)
                guard let key = key.baseAddress, let message = message.baseAddress
                else { return false }
                return unsafe secp256k1_ecdsa_sign(
                    Curve.context, &signature, message, key, nil, nil) == 1
            }
        }
        precondition(isSigned, "a checked key signs every digest")
        return Signature(signature)
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "the secret key to \(publicKey)" }

    /// Nothing: what is printed or dumped must not show the key.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
