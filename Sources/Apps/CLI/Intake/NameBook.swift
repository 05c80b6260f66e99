internal import Cryptography
internal import Interop
internal import Ledger
internal import Primitives
internal import Records
internal import Sealing
internal import Supervision

/// The ids under which people, claims and prescriptions stand on the ledger, as an import asks.
///
/// An import runs twice: the first time the book only notes who is named in which epoch, so that
/// the identity provider is asked for many at once; the second time it answers.
///
/// Which epoch a patient is named in follows from the time of the entry, which an import knows
/// last. So patients go through it under stand-ins, and ``named(_:)`` puts their pseudonyms.
final class NameBook: PseudonymSource {
    typealias Name = LocalName

    /// Named and not known yet, by epoch, in the order in which they were named.
    private(set) var wanted: [UInt32: [LocalName]] = [:]
    private let epochs: Epochs
    private var seen: Set<Wish> = []
    private var known: [Wish: OpaqueID] = [:]
    private var standIns: [OpaqueID: LocalName] = [:]
    private let keys: [InstitutionID: IssuerKey]
    /// Whether an unknown name is noted, or is unknown for good.
    var isCollecting = true

    private struct Wish: Hashable {
        let name: LocalName
        let epoch: UInt32
    }

    /// `keys`: what each institution makes the ids of its claims and prescriptions from.
    init(keys: [InstitutionID: IssuerKey], epochs: Epochs) {
        self.keys = keys
        self.epochs = epochs
    }

    /// How many ids are wanted.
    var wantedCount: Int { wanted.values.reduce(0) { $0 + $1.count } }

    func learn(_ name: LocalName, epoch: UInt32, _ id: OpaqueID) {
        known[Wish(name: name, epoch: epoch)] = id
    }

    func patient(_ identifier: String) -> OpaqueID? {
        let name = LocalName(.patient, identifier)
        let id = OpaqueID(
            prefixOf: SHA256.hash(Array("custos stand-in ".utf8) + Array(identifier.utf8)))
        standIns[id] = name
        return id
    }

    func practitioner(_ identifier: String) -> OpaqueID? {
        // A practitioner goes by one id for ever: any epoch will do.
        find(Wish(name: LocalName(.practitioner, identifier), epoch: 0))
    }

    func claim(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        keys[issuer]?.claim(identifier)
    }

    func prescription(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        keys[issuer]?.prescription(identifier)
    }

    private func find(_ wish: Wish) -> OpaqueID? {
        if let id = known[wish] { return id }
        guard isCollecting else { return nil }
        if seen.insert(wish).inserted { wanted[wish.epoch, default: []].append(wish.name) }
        // Any id will do while names are collected: what is made with it is thrown away.
        return OpaqueID([UInt8](repeating: 0, count: OpaqueID.byteCount))
    }

    /// The draft with its patients under their pseudonyms in the epoch of its event time.
    func named(_ draft: Draft) -> Draft {
        let epoch = epochs.epoch(of: draft.eventTime)
        func name(_ id: OpaqueID) -> OpaqueID {
            guard let name = standIns[id] else { return id }
            return find(Wish(name: name, epoch: epoch)) ?? id
        }
        return Draft(
            issuer: draft.issuer, kind: draft.kind, eventTime: draft.eventTime,
            subjects: draft.subjects.map { subject in
                if case .patient(let id) = subject { return .patient(name(id)) }
                return subject
            }, access: draft.access,
            payload: Payload(
                mediaType: draft.payload.mediaType, source: draft.payload.source,
                facts: draft.payload.facts.map { $0.renaming(name) },
                segments: draft.payload.segments),
            origin: draft.origin)
    }
}
