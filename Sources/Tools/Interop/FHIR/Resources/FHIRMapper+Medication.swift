internal import Primitives
internal import Records

extension FHIRMapper {
    /// MedicationRequest → a prescription entry with the prescriber's fact beside it.
    mutating func medicationRequest(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        let patient = try patient("subject", of: resource)
        let order = try MedicationOrder(value)
        guard let prescriber = try practitioner(order.requester, in: resource) else {
            throw value.missing("requester", "a practitioner: a prescription names who wrote it")
        }
        let issuer = try institution(of: organization(ofEncounter: order.encounter), at: value)
        let id = try prescriptionID(resource.id, issuer: issuer, at: value)
        let written = try instant("authoredOn", of: value, "MedicationRequest.authoredOn")
        let dispense = try value.object("dispenseRequest")
        var validity = Span()
        if let dispense {
            validity = try span(
                "validityPeriod", of: dispense, "MedicationRequest.dispenseRequest.validityPeriod")
        }

        var fact = FactBuilder(.prescription)
        fact.set("prescription", id: id)
        fact.set("patient", id: patient)
        fact.set("prescriber", id: prescriber.id)
        fact.set("institution", institution: issuer)
        fact.set("drug", code: drug(of: order))
        fact.set("written", time: written)
        fact.set("quantity", order.quantity)
        fact.set("days", integer: order.days)
        fact.set("refills", integer: try refills(dispense))
        fact.set("status", text: try value.text("status"))
        fact.set("encounter", text: order.encounter)
        fact.set("from", time: validity.from)
        fact.set("to", time: validity.to)
        fact.set("reason", code: try reason(value))

        let draft = Draft(
            issuer: issuer, kind: .prescription,
            eventTime: try eventTime([written], of: resource, "authoredOn"),
            subjects: [.patient(patient), .practitioner(prescriber.id), .prescription(id)],
            payload: resource.payload([fact, prescriber.fact]), origin: resource.origin)
        guard derivesAccesses, let written else { return [draft] }
        let access = AccessDerivation.order(
            AccessDerivation.Visit(
                patient: patient, practitioner: prescriber.id, issuer: issuer,
                encounter: order.encounter, from: written, to: nil, origin: resource.origin))
        return [draft] + access
    }

    /// MedicationDispense → a dispense entry.
    mutating func medicationDispense(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        let patient = try patient("subject", of: resource)
        let orderID = try value.objects("authorizingPrescription").first.flatMapped {
            element throws(ElementError) in
            try Reference(element).id
        }
        let order = orderID.flatMap { catalog.orders[$0] }
        let encounter = try value.reference("context")?.id ?? order?.encounter
        let pharmacy = try pharmacy(value) ?? organization(ofEncounter: encounter)
        let issuer = try institution(of: pharmacy, at: value)
        let handedOver = try value.time("whenHandedOver")
        let prescription = try prescriptionID(ofOrder: orderID, at: value)
        let own = try MedicationOrder(value).drug

        var fact = FactBuilder(.dispense)
        fact.set("prescription", id: prescription)
        fact.set("patient", id: patient)
        fact.set("prescriber", id: try practitioner(order?.requester, in: resource)?.id)
        fact.set("pharmacy", text: pharmacy)
        fact.set("institution", institution: issuer)
        fact.set("drug", code: own ?? order.flatMap { drug(of: $0) })
        fact.set("date", day: handedOver?.civilDay)
        fact.set("quantity", try value.object("quantity")?.quantity())
        fact.set("days", integer: try value.object("daysSupply")?.days())
        let prepared = try value.time("whenPrepared")
        return [
            Draft(
                issuer: issuer, kind: .dispense,
                eventTime: try eventTime([handedOver, prepared], of: resource, "whenHandedOver"),
                subjects: [.patient(patient)] + (prescription.map { [.prescription($0)] } ?? []),
                payload: resource.payload([fact]), origin: resource.origin)
        ]
    }

    /// The id of a prescription of the input, under the institution that issues it.
    mutating func prescriptionID(
        ofOrder id: String?, at element: JSONValue
    ) throws(ElementError) -> OpaqueID? {
        guard let id, let order = catalog.orders[id] else { return nil }
        let issuer = try institution(of: organization(ofEncounter: order.encounter), at: element)
        return try prescriptionID(id, issuer: issuer, at: element)
    }

    func drug(of order: MedicationOrder) -> Code? {
        order.drug ?? order.medication?.id.flatMap { catalog.medications[$0] }
    }

    private func pharmacy(_ dispense: JSONValue) throws(ElementError) -> String? {
        for performer in try dispense.objects("performer") {
            guard let actor = try performer.reference("actor"), actor.type != "Practitioner" else {
                continue
            }
            if let id = catalog.organizationID(actor), catalog.organizations[id] != nil {
                return id
            }
        }
        return nil
    }

    private func refills(_ dispense: JSONValue?) throws(ElementError) -> Int64? {
        guard let value = dispense?.member("numberOfRepeatsAllowed") else { return nil }
        guard let digits = value.number, let number = Int64(digits), number >= 0 else {
            throw value.failure(.wrongType(expected: "a whole number", found: value.kindName))
        }
        return number
    }

    private func reason(_ value: JSONValue) throws(ElementError) -> Code? {
        if let code = try value.objects("reasonCode").first?.concept() { return code }
        for element in try value.objects("reasonReference") {
            if let id = try Reference(element).id, let code = catalog.conditions[id] {
                return code
            }
        }
        return nil
    }
}
