internal import Interop
internal import Primitives
internal import Sealing
internal import Supervision

/// The ids under which people, claims and prescriptions stand on the ledger, as an import asks.
///
/// An import runs twice: the first time the book only notes who is named, so that the identity
/// provider is asked for many at once; the second time it answers.
final class NameBook: PseudonymSource {
    typealias Name = LocalName

    /// Named and not known yet, in the order in which they were named.
    private(set) var wanted: [LocalName] = []
    private var seen: Set<LocalName> = []
    private var known: [LocalName: OpaqueID] = [:]
    private let keys: [InstitutionID: IssuerKey]
    /// Whether an unknown name is noted, or is unknown for good.
    var isCollecting = true

    /// `keys`: what each institution makes the ids of its claims and prescriptions from.
    init(keys: [InstitutionID: IssuerKey]) {
        self.keys = keys
    }

    func learn(_ name: LocalName, _ id: OpaqueID) {
        known[name] = id
    }

    func patient(_ identifier: String) -> OpaqueID? {
        find(LocalName(.patient, identifier))
    }

    func practitioner(_ identifier: String) -> OpaqueID? {
        find(LocalName(.practitioner, identifier))
    }

    func claim(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        keys[issuer]?.claim(identifier)
    }

    func prescription(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        keys[issuer]?.prescription(identifier)
    }

    private func find(_ name: LocalName) -> OpaqueID? {
        if let id = known[name] { return id }
        guard isCollecting else { return nil }
        if seen.insert(name).inserted { wanted.append(name) }
        // Any id will do while names are collected: what is made with it is thrown away.
        return OpaqueID([UInt8](repeating: 0, count: OpaqueID.byteCount))
    }
}
