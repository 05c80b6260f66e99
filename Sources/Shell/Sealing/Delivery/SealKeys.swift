internal import Crypto
internal import Cryptography
internal import Foundation
internal import Primitives

/// The public key that payloads are sealed to: X25519, 32 bytes, in the ledger's state.
public struct SealPublicKey: Hashable, Sendable {
    public let bytes: [UInt8]

    /// How many bytes every such key has.
    public static let byteCount = 32

    /// The key with these bytes.
    ///
    /// Points of small order are refused: whoever agrees on a key with one shares it with
    /// everybody. RFC 9180, section 7.1.4, asks for it, and the library leaves it to us.
    ///
    /// - Throws: ``SealingError/sealKey(hex:)``.
    public init(_ bytes: some Collection<UInt8>) throws(SealingError) {
        guard bytes.count == SealPublicKey.byteCount, SealPublicKey.agrees(Array(bytes)) else {
            throw .sealKey(hex: bytes.hex)
        }
        self.bytes = Array(bytes)
    }

    /// Whether the product of the point with a scalar is other than zero.
    ///
    /// X25519 makes every scalar a multiple of eight, so one scalar tells for all of them.
    private static func agrees(_ bytes: [UInt8]) -> Bool {
        let probe = [UInt8](repeating: 1, count: byteCount)
        guard let scalar = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: probe),
            let point = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes),
            let shared = try? scalar.sharedSecretFromKeyAgreement(with: point)
        else { return false }
        return unsafe shared.withUnsafeBytes { buffer in
            unsafe buffer.contains { $0 != 0 }
        }
    }
}

/// The secret key that opens what is sealed to an institution: X25519, 32 bytes.
public struct SealSecretKey: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey

    /// The key with these bytes.
    ///
    /// - Throws: ``SealingError/sealKey(hex:)`` unless there are exactly 32; the error does not
    ///   repeat them.
    public init(_ bytes: [UInt8]) throws(SealingError) {
        do {
            key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
        } catch {
            throw .sealKey(hex: "(secret of \(bytes.count) bytes)")
        }
    }

    /// A fresh key.
    public init(random: RandomBytes) throws(SealingError) {
        try self.init(random.bytes(SealPublicKey.byteCount))
    }

    /// The 32 bytes, for the file that keeps them.
    public var bytes: [UInt8] { [UInt8](key.rawRepresentation) }

    public var publicKey: SealPublicKey {
        get throws(SealingError) { try SealPublicKey(key.publicKey.rawRepresentation) }
    }
}

extension SealSecretKey: CustomStringConvertible, CustomReflectable {
    public var description: String {
        (try? publicKey).map { "the secret key to \($0.bytes.hex)" } ?? "a secret key"
    }

    /// Nothing: what is printed or dumped must not show the key.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
