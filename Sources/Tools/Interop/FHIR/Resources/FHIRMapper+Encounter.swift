internal import Primitives
internal import Records

extension FHIRMapper {
    /// Encounter → a relationship entry with the encounter and the relationship fact.
    mutating func encounter(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        let id = try patient("subject", of: resource)
        let provider = try value.reference("serviceProvider")
        let facility = provider.flatMap(catalog.organizationID)
        let issuer = try institution(of: facility, at: value)
        let participant = try Catalog.participant(of: value)
        let practitioner = try practitioner(participant, in: resource)
        if practitioner == nil { note("Encounter.participant", "no practitioner") }
        let span = try span("period", of: value, "Encounter.period")
        let start = try eventTime([span.from, span.to], of: resource, "period")

        var fact = FactBuilder(.encounter)
        fact.set("encounter", text: resource.id)
        fact.set("patient", id: id)
        fact.set("practitioner", id: practitioner?.id)
        fact.set("facility", text: facility)
        fact.set("institution", institution: issuer)
        fact.set("class", text: try value.object("class")?.text("code"))
        fact.set("type", code: try value.objects("type").first?.concept())
        fact.set("from", time: span.from)
        fact.set("to", time: span.to)
        fact.set("reason", code: try value.objects("reasonCode").first?.concept())
        fact.set("status", text: try value.text("status"))
        fact.set("transfer", bool: try transfer(value))

        var relationship = FactBuilder(.relationship)
        relationship.set("patient", id: id)
        relationship.set("practitioner", id: practitioner?.id)
        relationship.set("institution", institution: issuer)
        relationship.set("type", text: "encounter")
        relationship.set("from", time: span.from)
        relationship.set("to", time: span.to)
        relationship.set("encounter", text: resource.id)

        let draft = Draft(
            issuer: issuer, kind: .relationship, eventTime: start,
            subjects: [.patient(id)] + (practitioner.map { [.practitioner($0.id)] } ?? []),
            payload: resource.payload([fact, relationship]), origin: resource.origin)
        guard derivesAccesses, let practitioner else { return [draft] }
        let visit = AccessDerivation.Visit(
            patient: id, practitioner: practitioner.id, issuer: issuer, encounter: resource.id,
            from: span.from, to: span.to, origin: resource.origin)
        return [draft] + AccessDerivation.accesses(of: visit)
    }

    /// Whether the patient came from or went to another hospital; nil where nothing is said.
    private func transfer(_ encounter: JSONValue) throws(ElementError) -> Bool? {
        guard let stay = try encounter.object("hospitalization") else { return nil }
        let source = try stay.bareCode("admitSource")
        let end = try stay.bareCode("dischargeDisposition")
        guard source != nil || end != nil else { return nil }
        // NUBC patient discharge status 02 and FHIR's own codes.
        return source == "hosp-trans" || end == "02" || end == "other-hcf"
    }
}
