internal import Cryptography
internal import Interop
internal import Primitives
internal import Supervision

/// Ids for whom a screened claim names: those that the node knows, and others for this once.
///
/// Nobody waits for the identity provider here. Who is not known gets an id that stands nowhere
/// else, so that no history is found for it, and the answer says so.
final class ScreeningNames: PseudonymSource {
    private let known: [LocalName: OpaqueID]
    /// Whom the claim named.
    private(set) var named: [LocalName] = []
    private var seen: Set<LocalName> = []
    /// The ids of prescriptions, which only their issuers can make.
    private(set) var unknownPrescriptions: Set<OpaqueID> = []

    init(known: [LocalName: OpaqueID] = [:]) {
        self.known = known
    }

    func patient(_ identifier: String) -> OpaqueID? {
        id(of: LocalName(.patient, identifier))
    }

    func practitioner(_ identifier: String) -> OpaqueID? {
        id(of: LocalName(.practitioner, identifier))
    }

    func claim(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        passing("claim", issuer.name, identifier)
    }

    func prescription(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        let id = passing("prescription", issuer.name, identifier)
        unknownPrescriptions.insert(id)
        return id
    }

    private func id(of name: LocalName) -> OpaqueID {
        if seen.insert(name).inserted { named.append(name) }
        return known[name] ?? passing("person", "\(name.role.rawValue)", name.identifier)
    }

    private func passing(_ what: String, _ whose: String, _ identifier: String) -> OpaqueID {
        OpaqueID(
            prefixOf: SHA256.hash(
                Array("custos screening \(what)\0\(whose)\0\(identifier)".utf8)))
    }
}
