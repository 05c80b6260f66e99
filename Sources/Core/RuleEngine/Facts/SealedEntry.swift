public import Primitives
public import Records

/// An entry that this engine may not open: what stands of it on the ledger.
///
/// It may say anything that an entry of its kind, subject and time can say, so whatever depends
/// on it is not evaluated.
public struct SealedEntry: Sendable, Hashable {
    /// The kind of the facts that it may hold.
    public let kind: FactKind
    public let patient: OpaqueID?
    public let practitioner: OpaqueID?
    /// When it happened, by its issuer.
    public let time: Timestamp
    public let leafIndex: UInt64
    public let issuer: InstitutionID

    public init(
        kind: FactKind, patient: OpaqueID?, practitioner: OpaqueID?, time: Timestamp,
        leafIndex: UInt64, issuer: InstitutionID
    ) {
        self.kind = kind
        self.patient = patient
        self.practitioner = practitioner
        self.time = time
        self.leafIndex = leafIndex
        self.issuer = issuer
    }
}
