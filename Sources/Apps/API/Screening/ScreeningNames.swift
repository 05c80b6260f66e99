internal import Cryptography
internal import Interop
internal import Primitives
internal import Records
internal import Supervision

/// Ids for whom a screened claim names: for this once, until it is known which the node has.
///
/// Nobody waits for the identity provider here. Who is not known keeps an id that stands nowhere
/// else, so that no history is found for it, and the answer says so.
final class ScreeningNames: PseudonymSource {
    /// Whom the claim named.
    private(set) var named: [LocalName] = []
    private var nameOf: [OpaqueID: LocalName] = [:]
    /// The ids of prescriptions, which only their issuers can make.
    private var prescriptions: Set<OpaqueID> = []

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
        prescriptions.insert(id)
        return id
    }

    /// The fact with the ids that are known, and without that of a prescription.
    func naming(_ fact: Fact, _ known: [LocalName: OpaqueID]) -> Fact {
        var named = fact
        for field in fact.kind.schema.fields {
            guard case .id(let id) = fact[field.name] else { continue }
            if prescriptions.contains(id) {
                try? named.set(field.name, to: nil)
            } else if let name = nameOf[id], let right = known[name] {
                try? named.set(field.name, to: .id(right))
            }
        }
        return named
    }

    private func id(of name: LocalName) -> OpaqueID {
        let id = passing("person", "\(name.role.rawValue)", name.identifier)
        if nameOf.updateValue(name, forKey: id) == nil { named.append(name) }
        return id
    }

    private func passing(_ what: String, _ whose: String, _ identifier: String) -> OpaqueID {
        OpaqueID(
            prefixOf: SHA256.hash(
                Array("custos screening \(what)\0\(whose)\0\(identifier)".utf8)))
    }
}
