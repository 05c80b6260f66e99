internal import Primitives
internal import Records

extension FHIRMapper {
    /// Claim → a claim entry with one claim fact, a fact a line, and who claims.
    ///
    /// A pharmacy's claim for a prescription also tells of a dispense: ``DispenseDerivation``.
    mutating func claim(_ resource: Resource) throws(ElementError) -> [Draft] {
        let claim = try claimData(resource)
        let value = resource.value
        let items = try value.objects("item")
        guard items.count <= Payload.factCountMax - 3 else {
            throw value.failure(
                .tooMany(what: "lines", count: items.count, limit: Payload.factCountMax - 3))
        }
        var facts = [try claimFact(claim, resource)]
        for (index, item) in items.enumerated() {
            facts.append(try line(item, index, claim, resource))
        }
        if let practitioner = claim.practitioner { facts.append(practitioner.fact) }
        if let facility = claim.facility { facts.append(self.facility(facility, claim.issuer)) }

        var subjects: [Subject] = [.patient(claim.patient), .claim(claim.id)]
        if let practitioner = claim.practitioner { subjects.append(.practitioner(practitioner.id)) }
        if let prescription = claim.prescription { subjects.append(.prescription(prescription)) }
        if let insurer = claim.insurer { subjects.append(.institution(insurer)) }
        var drafts = [
            Draft(
                issuer: claim.issuer, kind: .claim, eventTime: claim.eventTime, subjects: subjects,
                payload: resource.payload(facts), origin: resource.origin)
        ]
        if let dispense = try DispenseDerivation.draft(of: claim, in: resource, by: &self) {
            drafts.append(dispense)
        }
        if derivesAccesses, let coder = pseudonyms.practitioner(claim.coder) {
            drafts += AccessDerivation.coding(
                AccessDerivation.Visit(
                    patient: claim.patient, practitioner: coder, issuer: claim.issuer,
                    encounter: claim.encounter, from: claim.submitted, to: nil,
                    origin: resource.origin))
        }
        return drafts
    }

    private mutating func claimFact(
        _ claim: ClaimData, _ resource: Resource
    ) throws(ElementError) -> FactBuilder {
        let value = resource.value
        var fact = FactBuilder(.claim)
        fact.set("claim", id: claim.id)
        fact.set("patient", id: claim.patient)
        fact.set("practitioner", id: claim.practitioner?.id)
        fact.set("facility", text: claim.facility)
        fact.set("institution", institution: claim.issuer)
        fact.set("payer", text: claim.payer)
        fact.set("type", text: claim.type)
        fact.set("from", time: claim.span.from)
        fact.set("to", time: claim.span.to)
        fact.set("submitted", time: claim.submitted)
        fact.set("total", try money("total", of: value, "Claim.total").map(FactValue.money))
        fact.set("diagnoses", codes: claim.diagnoses.map(\.code))
        fact.set("encounter", text: claim.encounter)
        fact.set("status", text: try value.text("status"))
        fact.set("prescription", id: claim.prescription)
        return fact
    }

    /// One line.
    ///
    /// What it does not say of itself is what the claim says of all its lines.
    private mutating func line(
        _ item: JSONValue, _ index: Int, _ claim: ClaimData, _ resource: Resource
    ) throws(ElementError) -> FactBuilder {
        var span = try self.span("servicedPeriod", of: item, "Claim.item.servicedPeriod")
        let served = try item.time("servicedDate")
        if span.from == nil, served == nil { span = claim.span }
        var fact = FactBuilder(.claimLine)
        fact.set("claim", id: claim.id)
        fact.set("line", integer: try item.positive("sequence") ?? Int64(index + 1))
        fact.set("patient", id: claim.patient)
        fact.set("practitioner", id: try performer(item, claim)?.id)
        fact.set("facility", text: claim.facility)
        fact.set("institution", institution: claim.issuer)
        let code = try item.concept("productOrService")
        if code == nil { note("Claim.item.productOrService", "no code with a system") }
        fact.set("code", code: code)
        fact.set("modifiers", text: try modifiers(item))
        if let quantity = try item.object("quantity")?.member("value") {
            fact.set("units", try quantity.decimal().map(FactValue.decimal))
        }
        fact.set(
            "price", try money("unitPrice", of: item, "Claim.item.unitPrice").map(FactValue.money))
        fact.set("net", try money("net", of: item, "Claim.item.net").map(FactValue.money))
        fact.set("date", day: served?.civilDay ?? span.day)
        fact.set("from", time: span.from)
        fact.set("to", time: span.to)
        fact.set("encounter", text: try ClaimData.encounter(of: item) ?? claim.encounter)
        fact.set("diagnoses", codes: try diagnoses(item, claim))
        fact.set("submitted", time: claim.submitted)
        fact.set("claim_type", text: claim.type)
        fact.set("prescription", id: claim.prescription)
        return fact
    }

    private func performer(
        _ item: JSONValue, _ claim: ClaimData
    ) throws(ElementError) -> ResolvedPractitioner? {
        for sequence in try item.numbers("careTeamSequence") {
            if let member = claim.careTeam.first(where: { $0.sequence == sequence }) {
                return member.practitioner
            }
        }
        return claim.practitioner
    }

    private func diagnoses(_ item: JSONValue, _ claim: ClaimData) throws(ElementError) -> [Code] {
        let sequences = try item.numbers("diagnosisSequence")
        return claim.diagnoses.filter { sequences.contains($0.sequence) }.map(\.code)
    }

    private func modifiers(_ item: JSONValue) throws(ElementError) -> String? {
        var codes: [String] = []
        for modifier in try item.objects("modifier") {
            if let code = try modifier.objects("coding").first?.text("code") { codes.append(code) }
        }
        return codes.isEmpty ? nil : codes.joined(separator: " ")
    }

    private func facility(_ id: String, _ institution: InstitutionID) -> FactBuilder {
        let organization = catalog.organizations[id]
        var fact = FactBuilder(.institution)
        fact.set("institution", institution: institution)
        fact.set("identifier", text: organization?.identifiers.first)
        fact.set("type", code: organization?.type)
        fact.set("facility", text: id)
        return fact
    }
}

extension JSONValue {
    /// The whole numbers of an array, such as the sequences that a line points to.
    func numbers(_ key: String) throws(ElementError) -> [Int64] {
        guard let value = member(key) else { return [] }
        guard value.isArray else {
            throw value.failure(.wrongType(expected: "an array", found: value.kindName))
        }
        var numbers: [Int64] = []
        for element in value.elements {
            guard let digits = element.number, let number = Int64(digits) else {
                throw element.failure(
                    .wrongType(expected: "a whole number", found: element.kindName))
            }
            numbers.append(number)
        }
        return numbers
    }
}
