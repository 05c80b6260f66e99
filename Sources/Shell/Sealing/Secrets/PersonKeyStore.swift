public import Primitives

/// The patient keys k_P that a supervising node holds, by the person's name in the directory.
///
/// It can forget as the store of payload keys does: what is forgotten cannot be read again from
/// any file of the node.
public final class PersonKeyStore: Sendable {
    private let store: SecretStore

    /// Opens the store in `folder`, with its node keys in `keyFolder`, or makes it.
    ///
    /// - Throws: ``SealingError/storage(_:)``,
    ///   ``SealingError/nodeKeyMissing(path:generation:)`` or
    ///   ``SealingError/damaged(path:detail:)``.
    public init(
        folder: String, keyFolder: String, random: RandomBytes = .system
    ) throws(SealingError) {
        store = try SecretStore(
            folder: folder, keyFolder: keyFolder, secretByteCount: PatientKey.byteCount,
            random: random)
    }

    /// How many keys there are.
    public var count: Int { store.count }

    /// Keeps keys, and returns when they are on the disk: one wait for all.
    public func put(_ keys: [(person: Digest, key: PatientKey)]) throws(SealingError) {
        guard !keys.isEmpty else { return }
        try store.put(keys.map { ($0.person, $0.key.bytes) })
    }

    /// The key of a person, or nil where there is none: never had, or forgotten.
    public func key(of person: Digest) throws(SealingError) -> PatientKey? {
        try store.secret(of: person).flatMap { PatientKey($0) }
    }

    /// Destroys keys for good; cost: every key that stays is written again.
    public func forget(_ persons: Set<Digest>) throws(SealingError) {
        guard !persons.isEmpty else { return }
        _ = try store.forget(persons)
    }
}
