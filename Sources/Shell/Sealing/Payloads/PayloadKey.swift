internal import Cryptography

/// What opens one payload and shows its commitment: a content key and a salt.
///
/// Both are random and used for this payload only. Destroying every copy erases the payload.
public struct PayloadKey: Hashable, Sendable {
    /// Content key ‖ salt.
    private let secret: SecretBytes

    /// How many bytes key and salt have together.
    public static let byteCount = AESGCM.keyByteCount + PayloadCommitment.saltByteCount

    /// A fresh key and salt.
    public init(random: RandomBytes) {
        secret = SecretBytes(random.bytes(PayloadKey.byteCount))
    }

    /// The key with these bytes, or nil unless there are exactly 64.
    init?(bytes: [UInt8]) {
        guard bytes.count == PayloadKey.byteCount else { return nil }
        secret = SecretBytes(bytes)
    }

    var bytes: [UInt8] { secret.bytes }

    /// The key that the payload is encrypted under.
    var contentKey: [UInt8] { Array(bytes[..<AESGCM.keyByteCount]) }

    /// What blinds the commitment; whoever gets it can check what the payload says.
    public var salt: [UInt8] { Array(bytes[AESGCM.keyByteCount...]) }
}
