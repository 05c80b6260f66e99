internal import Cryptography
internal import Interop
internal import Primitives

/// Ids for people and papers, from their names alone, and the way back.
final class OfflineNames: PseudonymSource {
    private var known: [OpaqueID: String] = [:]

    func patient(_ identifier: String) -> OpaqueID? { id("patient", identifier) }

    func practitioner(_ identifier: String) -> OpaqueID? { id("practitioner", identifier) }

    func claim(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        id("claim \(issuer.name)", identifier)
    }

    func prescription(_ identifier: String, issuer: InstitutionID) -> OpaqueID? {
        id("prescription \(issuer.name)", identifier)
    }

    private func id(_ kind: String, _ identifier: String) -> OpaqueID {
        let id = OpaqueID(prefixOf: SHA256.hash(Array("\(kind) \(identifier)".utf8)))
        // The system before the bar is the mapping's; truth and tables go without it.
        if kind == "patient" || kind == "practitioner" {
            known[id] = identifier.split(separator: "|").last.map(String.init) ?? identifier
        }
        return id
    }

    /// The name of a finding's subject, which stands in the body as one CBOR item.
    func name(_ item: [UInt8]) -> String {
        var reader = CBORReader(item)
        if let id = try? reader.opaqueID() { return known[id] ?? id.description }
        reader = CBORReader(item)
        return (try? reader.text(atMost: 4_096)) ?? item.hex
    }
}
