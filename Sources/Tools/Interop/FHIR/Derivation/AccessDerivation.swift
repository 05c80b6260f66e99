internal import Primitives
internal import Records

/// Accesses that no audit log tells of, drawn from what was done: for data without AuditEvents.
///
/// Somebody who saw, ordered or billed has opened the record. So each encounter with a
/// practitioner gives a read at admission and an update at discharge; each order a create by the
/// prescriber; each claim a read by the facility's coder, for payment. Nothing is random: the
/// same input gives the same accesses. Every such fact says `derived`, its payload holds no
/// source document, and its object names the resource that it was drawn from.
enum AccessDerivation {
    /// Who met which patient, where and when, and from what this is known.
    struct Visit {
        let patient: OpaqueID
        let practitioner: OpaqueID
        let issuer: InstitutionID
        let encounter: String?
        let from: FHIRTime?
        let to: FHIRTime?
        let origin: Draft.Origin
    }

    /// The practitioner opens the record at admission and writes at discharge.
    static func accesses(of visit: Visit) -> [Draft] {
        let opening = draft(
            visit, at: visit.from, .read, .treatment, role: "attending")
        let closing = draft(
            visit, at: visit.to, .update, .treatment, role: "attending")
        return [opening, closing].compactMap(\.self)
    }

    /// The prescriber writes the order.
    static func order(_ visit: Visit) -> [Draft] {
        draft(visit, at: visit.from, .create, .treatment, role: "prescriber").map { [$0] } ?? []
    }

    /// The coder reads the record that the claim is made from.
    static func coding(_ visit: Visit) -> [Draft] {
        draft(visit, at: visit.from, .read, .payment, role: "coder").map { [$0] } ?? []
    }

    private static func draft(
        _ visit: Visit, at time: FHIRTime?, _ action: AccessHeader.Action,
        _ purpose: AccessHeader.Purpose, role: String
    ) -> Draft? {
        guard case .instant(let instant, _) = time else { return nil }
        let header = AccessHeader(
            action: action, purpose: purpose, basis: .relationship, outcome: .success)
        var fact = FactBuilder(access: header)
        fact.set("patient", id: visit.patient)
        fact.set("practitioner", id: visit.practitioner)
        fact.set("role", text: role)
        fact.set("at", time: time)
        fact.set("object", text: visit.origin.name)
        fact.set("encounter", text: visit.encounter)
        fact.set("institution", institution: visit.issuer)
        fact.set("derived", bool: true)
        return Draft(
            issuer: visit.issuer, kind: .access, eventTime: instant,
            subjects: [.patient(visit.patient), .practitioner(visit.practitioner)],
            access: header, payload: Payload(mediaType: "", source: [], facts: [fact.fact]),
            origin: visit.origin)
    }
}
