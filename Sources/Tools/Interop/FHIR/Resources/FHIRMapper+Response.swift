internal import Primitives
internal import Records

extension FHIRMapper {
    /// ExplanationOfBenefit and ClaimResponse → a claim-response entry of the payer.
    ///
    /// The claim's id is that which its own issuer gave it, so the claim, or at least its
    /// provider, must be known.
    mutating func response(
        _ resource: Resource, claimKey: String
    ) throws(ElementError) -> [Draft] {
        let value = resource.value
        let patient = try patient("patient", of: resource)
        let reference = try value.requiredObject(claimKey, "a reference to the claim")
        guard let local = try Reference(reference).id else {
            throw reference.failure(
                .unresolved(reference: "", expected: "a claim, by Claim/id or urn:uuid:id"))
        }
        let claimant = try claimant(of: local, resource)
        let payer = try payer(of: value)
        guard let issuer = payer.institution ?? assignment.otherwise else {
            throw value.failure(.noInstitution(organization: payer.name ?? "the payer"))
        }
        let claim = try claimID(local, issuer: claimant, at: reference)
        let decided = try instant("created", of: value, "\(resource.type).created")

        var fact = FactBuilder(.claimResponse)
        fact.set("claim", id: claim)
        fact.set("patient", id: patient)
        fact.set("payer", text: payer.name)
        fact.set("decided", time: decided)
        fact.set("outcome", text: try value.text("outcome"))
        fact.set("total", try total("submitted", resource).map(FactValue.money))
        fact.set("denied", try total("denied", resource).map(FactValue.money))
        fact.set("institution", institution: issuer)
        if let payment = try value.object("payment") {
            let element = "\(resource.type).payment.amount"
            let paid = try money("amount", of: payment, element)
            fact.set("paid", paid.map(FactValue.money))
            if let exact = try payment.object("amount")?.member("value")?.decimal() {
                fact.set("paid_exact", .decimal(exact))
            }
        }
        return [
            Draft(
                issuer: issuer, kind: .claimResponse,
                eventTime: try eventTime([decided], of: resource, "created"),
                subjects: [.patient(patient), .claim(claim), .institution(claimant)],
                payload: resource.payload([fact]), origin: resource.origin)
        ]
    }

    /// The institution that issued the claim.
    private mutating func claimant(
        of claim: String, _ resource: Resource
    ) throws(ElementError) -> InstitutionID {
        if let organization = catalog.claims[claim] {
            return try institution(of: organization, at: resource.value)
        }
        for key in ["provider", "facility", "requestor"] {
            guard let reference = try resource.value.reference(key),
                let id = catalog.organizationID(reference),
                reference.type != nil || catalog.organizations[id] != nil
            else { continue }
            return try institution(of: id, at: resource.value)
        }
        return try institution(of: nil, at: resource.value)
    }

    /// The amount of the total in one category of adjudication.
    private mutating func total(
        _ category: String, _ resource: Resource
    ) throws(ElementError) -> Amount? {
        for total in try resource.value.objects("total")
        where try total.bareCode("category") == category {
            return try money("amount", of: total, "\(resource.type).total.amount")
        }
        return nil
    }
}
