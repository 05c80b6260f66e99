public import Primitives

/// Who gives the ids under which people, claims and prescriptions stand on the ledger.
///
/// The importer knows identifiers only; keys and epochs are the source's business. Each identifier
/// is asked for once in an import. Nil means that the source knows no such person: what names
/// them is refused and reported.
///
/// Source: `docs/formats/payload.md`, pseudonyms.
public protocol PseudonymSource {
    /// The pseudonym of a patient in the current epoch.
    func patient(_ identifier: String) -> OpaqueID?
    func practitioner(_ identifier: String) -> OpaqueID?
    /// A claim, by the local identifier that the institution issued it under.
    func claim(_ identifier: String, issuer: InstitutionID) -> OpaqueID?
    /// A prescription, by the local identifier that the institution issued it under.
    func prescription(_ identifier: String, issuer: InstitutionID) -> OpaqueID?
}
