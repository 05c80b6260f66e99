public import Cryptography
public import Primitives
public import Records

/// A member of the ledger: who it is, how much it votes, and its keys by role.
public struct Institution: Hashable, Sendable {
    public let id: InstitutionID
    /// For people, 1 to 128 bytes.
    public let name: String
    public let kind: InstitutionKind
    public let tier: Tier
    /// Its share in consensus; 0 where it only submits or reads.
    public let power: UInt64
    /// The keys that sign batches, by stream increasing.
    public let submitKeys: [SubmitKey]
    /// The key that votes; there is one where the power is above 0.
    public let consensusKey: PublicKey?
    public let governKeys: [PublicKey]
    /// The X25519 key that payloads are sealed to, 32 bytes.
    public let sealKey: [UInt8]?
    /// The Ed25519 key that signs checkpoints, 32 bytes.
    public let witnessKey: [UInt8]?
    /// SHA-256 of the SubjectPublicKeyInfo of its TLS key.
    public let tlsPin: Digest?

    public init(
        id: InstitutionID, name: String, kind: InstitutionKind, tier: Tier, power: UInt64,
        submitKeys: [SubmitKey], consensusKey: PublicKey? = nil, governKeys: [PublicKey] = [],
        sealKey: [UInt8]? = nil, witnessKey: [UInt8]? = nil, tlsPin: Digest? = nil
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.tier = tier
        self.power = power
        self.submitKeys = submitKeys
        self.consensusKey = consensusKey
        self.governKeys = governKeys
        self.sealKey = sealKey
        self.witnessKey = witnessKey
        self.tlsPin = tlsPin
    }

    /// The key that signs the batches of one stream.
    public struct SubmitKey: Hashable, Sendable {
        public let stream: StreamID
        public let key: PublicKey

        public init(stream: StreamID, key: PublicKey) {
            self.stream = stream
            self.key = key
        }
    }

    /// The longest name, in bytes.
    public static let nameByteCountMax = 128
    /// How many bytes a seal or witness key has.
    public static let curve25519ByteCount = 32

    /// The key that signs the batches of `stream`, or nil where the institution has no such stream.
    public func submitKey(_ stream: StreamID) -> PublicKey? {
        submitKeys.first { $0.stream == stream }?.key
    }
}
