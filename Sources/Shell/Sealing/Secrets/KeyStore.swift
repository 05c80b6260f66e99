public import Primitives

/// The payload keys that a node holds, by commitment: apart from data base, archive and snapshot.
///
/// ``forget(_:)`` is how a payload is erased here; that the erasure is anchored, and that no hold
/// stands against it, is for the caller to see to.
public final class KeyStore: Sendable {
    private let store: SecretStore

    /// Opens the store in `folder`, with its node keys in `keyFolder`, or makes it.
    ///
    /// - Throws: ``SealingError/storage(_:)``, among them `locked` where another process has it;
    ///   ``SealingError/nodeKeyMissing(path:generation:)`` or
    ///   ``SealingError/damaged(path:detail:)``.
    public init(
        folder: String, keyFolder: String, random: RandomBytes = .system
    ) throws(SealingError) {
        store = try SecretStore(
            folder: folder, keyFolder: keyFolder, secretByteCount: PayloadKey.byteCount,
            random: random)
    }

    /// How many payload keys there are.
    public var count: Int { store.count }

    /// Keeps keys by their commitments, and returns when they are on the disk: one wait for all.
    ///
    /// A commitment that has its key already keeps it.
    public func put(_ keys: [(commitment: Digest, key: PayloadKey)]) throws(SealingError) {
        try store.put(keys.map { ($0.commitment, $0.key.bytes) })
    }

    /// The key of a payload, or nil where there is none: never had, or forgotten.
    public func key(for commitment: Digest) throws(SealingError) -> PayloadKey? {
        try store.secret(of: commitment).flatMap { PayloadKey(bytes: $0) }
    }

    /// Destroys keys and salts for good, and returns when no copy here can be read again.
    ///
    /// Cost: every key that stays is written again; gather erasures, do not call it for each.
    ///
    /// - Returns: the commitments that had a key.
    @discardableResult
    public func forget(_ commitments: Set<Digest>) throws(SealingError) -> Set<Digest> {
        try store.forget(commitments)
    }

    /// Writes every key again under a fresh node key and destroys the old one.
    public func renewNodeKey() throws(SealingError) {
        try store.forget([])
    }
}
