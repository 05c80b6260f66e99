internal import Cryptography
public import Primitives

/// The identity provider's directory: from a person's identifier to the patient key k_P.
///
/// Identifiers themselves are not kept, only their HMAC under a random key of the directory, the
/// person's name here: it answers who asks with an identifier, and lists nobody's identifier. The
/// key k_R of the region is kept here too. Writing an identifier in one way (which register, which
/// digits) is the caller's duty.
public final class IdentityDirectory: Sendable {
    /// The region's key, from which practitioners' ledger ids follow.
    public let regionKey: RegionKey

    private let store: SecretStore
    private let random: RandomBytes
    private let lookupKey: SecretBytes

    /// Opens the directory in `folder`, with its node keys in `keyFolder`, or makes it.
    ///
    /// - Throws: ``SealingError/storage(_:)``,
    ///   ``SealingError/nodeKeyMissing(path:generation:)`` or
    ///   ``SealingError/damaged(path:detail:)``.
    public init(
        folder: String, keyFolder: String, random: RandomBytes = .system
    ) throws(SealingError) {
        let store = try SecretStore(
            folder: folder, keyFolder: keyFolder, secretByteCount: PatientKey.byteCount,
            random: random)
        if store.count == 0 {
            try store.put([
                (Reserved.lookupKey, random.bytes(PatientKey.byteCount)),
                (Reserved.regionKey, random.bytes(PatientKey.byteCount)),
            ])
        }
        guard let lookupKey = try store.secret(of: Reserved.lookupKey),
            let regionKey = try store.secret(of: Reserved.regionKey).flatMap({ RegionKey($0) })
        else {
            throw .damaged(path: folder, detail: "the directory's own keys are not there")
        }
        self.store = store
        self.random = random
        self.lookupKey = SecretBytes(lookupKey)
        self.regionKey = regionKey
    }

    /// How many patients are known.
    public var count: Int { store.count - 2 }

    /// The key of the person with this identifier, or nil where nobody was enrolled with it.
    public func patientKey(for identifier: String) throws(SealingError) -> PatientKey? {
        try store.secret(of: name(of: identifier)).flatMap { PatientKey($0) }
    }

    /// The keys of the persons with these identifiers, made where there is none yet.
    ///
    /// Returns when new keys are on the disk: one wait for all.
    public func enrol(_ identifiers: [String]) throws(SealingError) -> [PatientKey] {
        let names = identifiers.map(name)
        var fresh: [(name: Digest, secret: [UInt8])] = []
        for name in names where try store.secret(of: name) == nil {
            fresh.append((name, random.bytes(PatientKey.byteCount)))
        }
        try store.put(fresh)
        // Read back, not remembered: where two callers enrol one person, the first key stands.
        var keys: [PatientKey] = []
        keys.reserveCapacity(names.count)
        for (name, identifier) in zip(names, identifiers) {
            guard let key = try store.secret(of: name).flatMap({ PatientKey($0) }) else {
                throw .damaged(
                    path: "the identity directory",
                    detail: "a person of \(identifier.utf8.count) bytes of identifier was "
                        + "forgotten while being enrolled")
            }
            keys.append(key)
        }
        return keys
    }

    /// The names under which persons are known here: they say nothing of the identifiers.
    public func names(of identifiers: [String]) -> [Digest] { identifiers.map(name) }

    /// The key of the person with this name, or nil where there is none, or none any more.
    public func patientKey(named name: Digest) throws(SealingError) -> PatientKey? {
        guard name != Reserved.lookupKey, name != Reserved.regionKey else { return nil }
        return try store.secret(of: name).flatMap { PatientKey($0) }
    }

    /// Destroys the keys of persons for good, by their names.
    public func forget(named names: Set<Digest>) throws(SealingError) {
        let names = names.subtracting([Reserved.lookupKey, Reserved.regionKey])
        guard !names.isEmpty else { return }
        _ = try store.forget(names)
    }

    /// Destroys the keys of persons for good: their pseudonyms lead to nobody from then on.
    ///
    /// - Returns: how many of the identifiers were known.
    @discardableResult
    public func forget(_ identifiers: [String]) throws(SealingError) -> Int {
        try store.forget(Set(identifiers.map(name))).count
    }

    private func name(of identifier: String) -> Digest {
        HMACSHA256.authenticate(
            Array("custos identity".utf8) + Array(identifier.utf8), key: lookupKey.bytes)
    }

    /// Names that no HMAC gives, as far as anybody will ever see.
    private enum Reserved {
        static let lookupKey = Digest(words: (0, 0, 0, 1))
        static let regionKey = Digest(words: (0, 0, 0, 2))
    }
}
