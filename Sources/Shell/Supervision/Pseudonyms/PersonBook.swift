internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// Which pseudonyms on the ledger are one person's, as far as this node can tell.
///
/// Two things join pseudonyms: a patient key that gives both, and a link entry of somebody who may
/// link. The name of a person here is its *reference*: of its pseudonyms the one that came first
/// on the ledger. So all nodes that hold the same keys call a person alike, and a person with one
/// pseudonym goes by it everywhere.
final class PersonBook {
    private let epochs: Epochs
    private let keyring: PersonKeyring?
    private let provider: InstitutionID?

    /// Where a pseudonym was seen first.
    private struct Sight {
        /// How many pseudonyms were seen before it.
        let order: Int
        let issuer: InstitutionID
        let epoch: UInt32
    }

    private var sights: [OpaqueID: Sight] = [:]
    /// From a pseudonym to one of the same person that came before it.
    private var earlier: [OpaqueID: OpaqueID] = [:]
    /// All pseudonyms of a person who has several, by the one that came first.
    private var gathered: [OpaqueID: [OpaqueID]] = [:]
    /// Of each person whose key is held, a pseudonym that was seen.
    private var known: [Int: OpaqueID] = [:]
    private var links: [LinkBody] = []
    /// The leaf after the last that was looked at: entries come again when rules begin anew.
    private var nextLeaf: UInt64 = 0
    /// Whether a pseudonym has another reference now than was given out before.
    private(set) var isStale = false

    /// `provider`: whose links count, beside those of who introduced a provisional pseudonym.
    init(epochs: Epochs, keyring: PersonKeyring?, provider: InstitutionID?) {
        self.epochs = epochs
        self.keyring = keyring
        self.provider = provider
    }

    /// Says that all that was given out is given out anew.
    func refresh() { isStale = false }

    /// Takes in what an entry says in clear; entries come in ledger order.
    func see(_ item: CommittedEntry) {
        guard item.leafIndex >= nextLeaf else { return }
        nextLeaf = item.leafIndex + 1
        let epoch = epochs.epoch(of: item.entry.eventTime)
        for (pseudonym, person) in keyring?.open(epoch: epoch) ?? [] {
            hold(pseudonym, person)
        }
        var isNew: Set<OpaqueID> = []
        for case .patient(let id) in item.entry.subjects where sights[id] == nil {
            isNew.insert(id)
            sights[id] = Sight(order: sights.count, issuer: item.entry.issuer, epoch: epoch)
            guard let person = keyring?.person(of: id) else { continue }
            if let other = known[person] { _ = join(id, other) } else { known[person] = id }
        }
        guard case .link(let link) = item.entry.body, counts(link, by: item.entry.issuer)
        else { return }
        if link.relation == .notSame {
            undo(link)
        } else {
            links.append(link)
            if let joined = join(link.first, link.second), !isNew.contains(joined) {
                isStale = true
            }
        }
    }

    /// Whether a link is one of those who may link: the identity provider, or for a provisional
    /// pseudonym the institution that introduced it.
    private func counts(_ link: LinkBody, by issuer: InstitutionID) -> Bool {
        issuer == provider
            || link.relation == .provisional && sights[link.first]?.issuer == issuer
    }

    /// Takes in what became known of patient keys.
    func take(_ change: PersonKeyring.Change) {
        if change.hasForgotten { return rebuild() }
        for (pseudonym, person) in change.learned { hold(pseudonym, person) }
    }

    /// Joins a pseudonym, if it was seen, with what was seen of the person.
    private func hold(_ pseudonym: OpaqueID, _ person: Int) {
        guard sights[pseudonym] != nil else { return }
        if let other = known[person] {
            if join(pseudonym, other) != nil { isStale = true }
        } else {
            known[person] = pseudonym
        }
    }

    private func undo(_ link: LinkBody) {
        let pair: Set<OpaqueID> = [link.first, link.second]
        let count = links.count
        links.removeAll { Set([$0.first, $0.second]) == pair }
        if links.count < count { rebuild() }
    }

    /// Joins all anew, and notes whether somebody's reference is another one after it.
    private func rebuild() {
        let before = sights.keys.map { ($0, reference(of: $0)) }
        earlier = [:]
        gathered = [:]
        known = [:]
        for (id, _) in sights.sorted(by: { $0.value.order < $1.value.order }) {
            guard let person = keyring?.person(of: id) else { continue }
            if let other = known[person] { _ = join(id, other) } else { known[person] = id }
        }
        for link in links { _ = join(link.first, link.second) }
        if before.contains(where: { reference(of: $0.0) != $0.1 }) { isStale = true }
    }

    /// Makes two pseudonyms one person's; gives the reference that is none any more.
    private func join(_ first: OpaqueID, _ second: OpaqueID) -> OpaqueID? {
        let (one, other) = (reference(of: first), reference(of: second))
        guard one != other, let left = sights[one], let right = sights[other] else { return nil }
        let later = left.order < right.order ? other : one
        let sooner = later == one ? other : one
        earlier[later] = sooner
        gathered[sooner, default: [sooner]] += gathered.removeValue(forKey: later) ?? [later]
        return later
    }

    /// The person's pseudonym that came first on the ledger: the same for all of them.
    func reference(of pseudonym: OpaqueID) -> OpaqueID {
        guard !earlier.isEmpty else { return pseudonym }
        var id = pseudonym
        while let next = earlier[id] {
            // Halves the way for whoever asks next.
            if let further = earlier[next] { earlier[id] = further }
            id = next
        }
        return id
    }

    /// Every pseudonym on the ledger that is the same person's, by first appearance.
    func pseudonyms(of pseudonym: OpaqueID) -> [OpaqueID] {
        let found = gathered[reference(of: pseudonym)] ?? [pseudonym]
        return found.sorted { sights[$0]?.order ?? 0 < sights[$1]?.order ?? 0 }
    }

    /// What the ledger calls the person in the epoch of a time; nil where no key says.
    func pseudonym(of pseudonym: OpaqueID, at time: Timestamp) -> OpaqueID? {
        person(of: pseudonym).flatMap {
            keyring?.pseudonym(of: $0, epoch: epochs.epoch(of: time))
        }
    }

    private func person(of pseudonym: OpaqueID) -> Int? {
        if let person = keyring?.person(of: pseudonym) { return person }
        for other in pseudonyms(of: pseudonym) {
            if let person = keyring?.person(of: other) { return person }
        }
        return nil
    }

    /// The person's pseudonyms in each of these epochs, those made offline among them; nil where
    /// no key is held that gives them.
    func spans(
        _ pseudonym: OpaqueID, _ range: ClosedRange<UInt32>
    ) -> [PatientEpoch]? {
        guard let keyring, range.count <= PatientEpoch.countMax else { return nil }
        for epoch in range {
            for (pseudonym, person) in keyring.open(epoch: epoch) { hold(pseudonym, person) }
        }
        guard let person = person(of: pseudonym) else { return nil }
        var spans: Set<PatientEpoch> = []
        for epoch in range {
            guard let id = keyring.pseudonym(of: person, epoch: epoch) else { return nil }
            spans.insert(PatientEpoch(epoch: epoch, pseudonym: id))
        }
        let given = Set(spans.map(\.pseudonym))
        for other in pseudonyms(of: pseudonym) where !given.contains(other) {
            // Which epoch a pseudonym made offline belongs to is that of its first entry.
            guard let epoch = sights[other]?.epoch, range.contains(epoch),
                keyring.person(of: other) == nil
            else { continue }
            spans.insert(PatientEpoch(epoch: epoch, pseudonym: other))
        }
        return spans.sorted()
    }
}

extension PersonBook {
    /// The fact with every patient by the reference, so that rules see one person as one.
    func joined(_ fact: Fact) -> Fact {
        guard !earlier.isEmpty else { return fact }
        return fact.renaming { reference(of: $0) }
    }
}
