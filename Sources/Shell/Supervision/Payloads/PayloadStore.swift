internal import Cryptography
internal import Findings
public import Primitives
public import Records
internal import Sealing
internal import Storage

/// The sealed payloads of this institution, by commitment; their keys lie in a key store apart.
///
/// A payload whose entry is not committed yet lies in *limbo*: it opened under its commitment, and
/// whether an entry of the right issuer and digest commits to it will be seen. A limbo is bounded
/// for what others deliver; what this institution seals itself always has room.
public final class PayloadStore {
    public let institution: InstitutionID
    private let ledger: LedgerID
    let database: SupervisionDatabase
    private let keys: KeyStore
    /// How many payloads of others lie in limbo.
    private var limboCount = 0

    /// The most payloads of others that wait for their entries.
    public static let limboCountMax = 65_536
    /// The most entries of one issuer that one delivery of a payload is joined with.
    static let placeCountMax = 64

    init(
        ledger: LedgerID, institution: InstitutionID, database: SupervisionDatabase,
        keys: KeyStore
    ) throws(SupervisionError) {
        self.ledger = ledger
        self.institution = institution
        self.database = database
        self.keys = keys
        var count = 0
        let own = Array(institution.name.utf8)
        try database.scan(.limbo, wrap: SupervisionError.storage) {
            (key, _) throws(SupervisionError) in
            if !key.dropFirst(Digest.byteCount).elementsEqual(own) { count += 1 }
            return true
        }
        limboCount = count
    }

    /// What this node can say of the payload of an entry that names it as a recipient.
    func content(of entry: Entry) throws(SupervisionError) -> EntryContent {
        guard let name = PayloadName(entry) else { return .none }
        guard let sealed = try get(name.key(.payload)) else {
            if let reason = try mismatch(of: name) { return .mismatched(reason) }
            return .awaited
        }
        let digest = SHA256.hash(sealed)
        guard digest == entry.sealedPayload else { return .mismatched(.sealedDigest) }
        guard let key = try key(of: name, digest) else { return .erased }
        let bytes = try open(sealed, key, name.commitment)
        do throws(PayloadProblem) {
            return .opened(try PayloadCheck.read(bytes, of: entry))
        } catch {
            return .mismatched(Mismatch.Reason(error))
        }
    }

    /// Payload bytes and salt of an entry, for a bundle; nil where they are not here any more.
    public func opened(
        _ entry: Entry
    ) throws(SupervisionError) -> (payload: [UInt8], salt: [UInt8])? {
        guard let name = PayloadName(entry), let sealed = try get(name.key(.payload)),
            let key = try key(of: name, SHA256.hash(sealed))
        else { return nil }
        return (try open(sealed, key, name.commitment), key.salt)
    }

    /// The sealed payload and its key, as a delivery needs them; nil where one of them is gone.
    func sealed(_ name: PayloadName) throws(SupervisionError) -> SealedPayload? {
        guard let bytes = try get(name.key(.payload)),
            let key = try key(of: name, SHA256.hash(bytes))
        else { return nil }
        return SealedPayload(kept: bytes, commitment: name.commitment, key: key)
    }

    private func open(
        _ sealed: [UInt8], _ key: PayloadKey, _ commitment: Digest
    ) throws(SupervisionError) -> [UInt8] {
        try sealing { () throws(SealingError) in
            try SealedPayload.open(
                sealed[...], key: key, ledger: ledger, commitment: commitment)
        }
    }

    func has(_ name: PayloadName) throws(SupervisionError) -> Bool {
        try get(name.key(.payload)) != nil
    }

    /// The leaf indexes of the entries that committed to a payload: one, unless its issuer
    /// repeats itself.
    func places(of name: PayloadName) throws(SupervisionError) -> [UInt64] {
        let prefix = name.bytes + [0]
        var leaves: [UInt64] = []
        try database.scan(.place, prefix: prefix, wrap: SupervisionError.storage) {
            (key, _) throws(SupervisionError) in
            guard let leaf = key.dropFirst(prefix.count).bigEndianNumber else {
                throw .damaged(table: "place", key: key)
            }
            leaves.append(leaf)
            return leaves.count < PayloadStore.placeCountMax
        }
        return leaves
    }

    private func key(
        of name: PayloadName, _ sealedDigest: Digest
    ) throws(SupervisionError) -> PayloadKey? {
        try sealing { () throws(SealingError) in
            try keys.key(for: name.keyName(sealed: sealedDigest))
        }
    }

    private func get(_ key: [UInt8]) throws(SupervisionError) -> [UInt8]? {
        try storage { () throws(StorageError) in try database.get(key) }
    }

    /// The key of one payload, as the key store takes it.
    static func keyRow(
        _ key: PayloadKey, _ name: PayloadName, sealed digest: Digest
    ) -> (commitment: Digest, key: PayloadKey) {
        (name.keyName(sealed: digest), key)
    }

    /// Keeps keys for good; it returns when they are on the disk.
    func keepKeys(_ rows: [(commitment: Digest, key: PayloadKey)]) throws(SupervisionError) {
        guard !rows.isEmpty else { return }
        try sealing { () throws(SealingError) in try keys.put(rows) }
    }

    /// Puts a payload of this institution, and its mark in limbo, into `group`.
    func addOwn(_ payload: SealedPayload, to group: inout WriteGroup) {
        let name = PayloadName(payload.commitment, of: institution)
        group.put(name.key(.payload), payload.bytes)
        group.put(name.key(.limbo), UInt64(0).bigEndianBytes)
    }

    /// Puts a payload that came before its entry into `group`; false where limbo is full.
    func addEarly(
        _ sealed: [UInt8], _ name: PayloadName, number: UInt64, to group: inout WriteGroup
    ) -> Bool {
        guard limboCount < PayloadStore.limboCountMax else { return false }
        limboCount += 1
        group.put(name.key(.payload), sealed)
        group.put(name.key(.limbo), number.bigEndianBytes)
        return true
    }

    /// Puts a payload whose entry is committed, and that matches it, into `group`.
    func addLate(
        _ sealed: [UInt8], of item: CommittedEntry, _ name: PayloadName,
        to group: inout WriteGroup
    ) {
        group.put(name.key(.payload), sealed)
        group.delete(Table.awaited.key(item.leafIndex.bigEndianBytes))
    }

    /// Joins a committed entry with a payload that came before it, or marks it as awaited.
    ///
    /// What lay in limbo and is not what the entry says is taken away, and the reason kept.
    func settle(
        _ item: CommittedEntry, to group: inout WriteGroup
    ) throws(SupervisionError) {
        guard let name = PayloadName(item.entry) else { return }
        group.put(Table.place.key(name.bytes, [0], item.leafIndex.bigEndianBytes), [])
        let isRecipient = item.entry.recipients.contains(institution)
        guard try get(name.key(.limbo)) != nil else {
            if isRecipient, try !has(name) { awaitPayload(item, in: &group) }
            return
        }
        group.delete(name.key(.limbo))
        if name.issuer != institution { limboCount = max(0, limboCount - 1) }
        guard let reason = try reason(against: item, name, isRecipient) else {
            // It is what was committed, so it is kept, even where nobody can use it.
            if name.issuer != institution,
                case .mismatched(let reason) = try content(of: item.entry)
            {
                add(mismatch(reason, item, name), to: &group)
            }
            return
        }
        group.delete(name.key(.payload))
        add(mismatch(reason, item, name), to: &group)
        if isRecipient { awaitPayload(item, in: &group) }
    }

    private func mismatch(
        _ reason: Mismatch.Reason, _ item: CommittedEntry, _ name: PayloadName
    ) -> Mismatch {
        Mismatch(
            commitment: name.commitment, issuer: name.issuer, number: item.entry.number,
            reason: reason, detail: "noticed when leaf \(item.leafIndex) was committed",
            noticed: item.anchored)
    }

    private func awaitPayload(_ item: CommittedEntry, in group: inout WriteGroup) {
        group.put(Table.awaited.key(item.leafIndex.bigEndianBytes), [])
    }

    private func reason(
        against item: CommittedEntry, _ name: PayloadName, _ isRecipient: Bool
    ) throws(SupervisionError) -> Mismatch.Reason? {
        guard isRecipient else { return .notRecipient }
        guard let sealed = try get(name.key(.payload)),
            SHA256.hash(sealed) == item.entry.sealedPayload
        else { return .sealedDigest }
        return nil
    }

    /// Destroys the keys of entries' payloads: what they opened is erased here for good.
    ///
    /// Gather entries: each call writes every key that stays again. That the erasure is anchored,
    /// and that no hold stands against it, is for the caller to see to.
    public func erase(_ entries: [Entry]) throws(SupervisionError) {
        var names: Set<Digest> = []
        for entry in entries {
            guard let name = PayloadName(entry), let digest = entry.sealedPayload else { continue }
            names.insert(name.keyName(sealed: digest))
        }
        guard !names.isEmpty else { return }
        _ = try sealing { () throws(SealingError) in try keys.forget(names) }
    }
}
