internal import Primitives
internal import Records

/// What a claim says once for all that is drawn from it.
struct ClaimData {
    struct Diagnosis {
        let sequence: Int64
        let code: Code
    }

    struct Member {
        let sequence: Int64
        let practitioner: ResolvedPractitioner
    }

    let id: OpaqueID
    let patient: OpaqueID
    let issuer: InstitutionID
    let insurer: InstitutionID?
    /// Logical id of the organisation that claims.
    let facility: String?
    let practitioner: ResolvedPractitioner?
    let careTeam: [Member]
    let payer: String?
    let type: String?
    let span: Span
    let submitted: FHIRTime?
    let eventTime: Timestamp
    let diagnoses: [Diagnosis]
    let encounter: String?
    /// Logical id of the order that the claim is for.
    let order: String?
    let prescription: OpaqueID?

    /// The identifier of who codes claims at the facility: see ``AccessDerivation``.
    var coder: String { "custos:coder|\(facility ?? issuer.name)" }

    /// The encounter that a line bills.
    static func encounter(of item: JSONValue) throws(ElementError) -> String? {
        guard let element = try item.objects("encounter").first else { return nil }
        return try Reference(element).id
    }
}

extension FHIRMapper {
    mutating func claimData(_ resource: Resource) throws(ElementError) -> ClaimData {
        let value = resource.value
        let patient = try patient("patient", of: resource)
        let provider = try value.reference("provider")
        let encounter = try value.objects("item").first.flatMapped(ClaimData.encounter)
        let facility = facility(of: provider) ?? organization(ofEncounter: encounter)
        let issuer = try institution(of: facility, at: value)
        let careTeam = try careTeam(resource)
        var practitioner = careTeam.first?.practitioner
        if practitioner == nil {
            practitioner = try self.practitioner(provider, in: resource)
        }
        if practitioner == nil {
            practitioner = try self.practitioner(ofEncounter: encounter, in: resource)
        }
        let payer = try payer(of: value)
        let submitted = try instant("created", of: value, "Claim.created")
        let span = try span("billablePeriod", of: value, "Claim.billablePeriod")
        let order = try value.reference("prescription")?.id
        if let order, catalog.orders[order] == nil {
            note("Claim.prescription", "not in the input")
        }
        return ClaimData(
            id: try claimID(resource.id, issuer: issuer, at: value), patient: patient,
            issuer: issuer, insurer: payer.institution, facility: facility,
            practitioner: practitioner, careTeam: careTeam, payer: payer.name,
            type: try value.bareCode("type"), span: span, submitted: submitted,
            eventTime: try eventTime([submitted, span.to, span.from], of: resource, "created"),
            diagnoses: try diagnoses(of: value), encounter: encounter, order: order,
            prescription: try prescriptionID(ofOrder: order, at: value))
    }

    /// The organisation that a provider reference names; a bare id may be a practitioner's.
    private func facility(of provider: Reference?) -> String? {
        guard let provider, let id = catalog.organizationID(provider) else { return nil }
        return provider.type == nil && catalog.organizations[id] == nil ? nil : id
    }

    private mutating func careTeam(
        _ resource: Resource
    ) throws(ElementError) -> [ClaimData.Member] {
        var members: [ClaimData.Member] = []
        for member in try resource.value.objects("careTeam") {
            let reference = try member.reference("provider")
            guard let practitioner = try practitioner(reference, in: resource) else { continue }
            let sequence = try member.positive("sequence") ?? Int64(members.count + 1)
            members.append(ClaimData.Member(sequence: sequence, practitioner: practitioner))
        }
        return members
    }

    /// The payer's name or id, and the institution that it is on the ledger.
    func payer(
        of value: JSONValue
    ) throws(ElementError) -> (name: String?, institution: InstitutionID?) {
        var name = try value.object("insurer")?.text("display")
        let reference = try value.reference("insurer")
        for insurance in try value.objects("insurance") where name == nil {
            name = try insurance.object("coverage")?.text("display")
        }
        name = name ?? reference?.id ?? reference?.identifier
        guard let name else { return (nil, nil) }
        var payer = reference.flatMap(catalog.organizationID).flatMap { catalog.organizations[$0] }
        if payer == nil {
            payer = Organization(id: reference?.id ?? name)
            payer?.name = name
        }
        return (name, payer.flatMap(assignment.institution(ofPayer:)))
    }

    private mutating func diagnoses(
        of value: JSONValue
    ) throws(ElementError) -> [ClaimData.Diagnosis] {
        var diagnoses: [ClaimData.Diagnosis] = []
        for (index, element) in try value.objects("diagnosis").enumerated() {
            let sequence = try element.positive("sequence") ?? Int64(index + 1)
            var code = try element.concept("diagnosisCodeableConcept")
            if let id = try element.reference("diagnosisReference")?.id {
                code = code ?? catalog.conditions[id]
            }
            guard let code else {
                note("Claim.diagnosis", "no code, or a condition that is not in the input")
                continue
            }
            diagnoses.append(ClaimData.Diagnosis(sequence: sequence, code: code))
        }
        return diagnoses
    }
}
