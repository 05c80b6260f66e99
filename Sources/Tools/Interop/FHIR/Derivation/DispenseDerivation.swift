internal import Primitives
internal import Records

/// The dispense that a pharmacy's claim for a prescription tells of.
///
/// Synthea has no MedicationDispense; a claim of type `pharmacy` that names a prescription of the
/// input says that the drug was handed over and billed. Drug, quantity and days come from the
/// order (what one dispense hands over); the date is that of the claim's one service day, or the
/// day on which the claim was made. The amount paid is unknown. The fact says `derived`.
enum DispenseDerivation {
    static func draft(
        of claim: ClaimData, in resource: Resource, by mapper: inout FHIRMapper
    ) throws(ElementError) -> Draft? {
        guard claim.type == "pharmacy", let prescription = claim.prescription,
            let order = claim.order.flatMap({ mapper.catalog.orders[$0] })
        else { return nil }
        let prescriber = try mapper.practitioner(order.requester, in: resource)
        var fact = FactBuilder(.dispense)
        fact.set("prescription", id: prescription)
        fact.set("patient", id: claim.patient)
        fact.set("prescriber", id: prescriber?.id)
        fact.set("pharmacy", text: claim.facility)
        fact.set("institution", institution: claim.issuer)
        fact.set("drug", code: mapper.drug(of: order))
        fact.set("date", day: claim.span.day ?? claim.submitted?.civilDay)
        fact.set("quantity", order.quantity)
        fact.set("days", integer: order.days)
        fact.set("derived", bool: true)
        return Draft(
            issuer: claim.issuer, kind: .dispense, eventTime: claim.eventTime,
            subjects: [.patient(claim.patient), .prescription(prescription)],
            payload: Payload(mediaType: "", source: [], facts: [fact.fact]),
            origin: resource.origin)
    }
}
