internal import Primitives
internal import Records

extension FHIRMapper {
    /// AuditEvent → one access entry for each patient whose record it concerns.
    ///
    /// An event that concerns no patient, such as a login, is no access to a record.
    /// Source: FHIR R4 AuditEvent; IHE BALP.
    mutating func auditEvent(_ resource: Resource) throws(ElementError) -> [Draft] {
        let value = resource.value
        let entities = try value.objects("entity")
        var patients: [OpaqueID] = []
        for entity in entities {
            guard let what = try patientReference(entity) else { continue }
            let id = try patient(what, in: resource)
            if !patients.contains(id) { patients.append(id) }
        }
        guard !patients.isEmpty else { return [] }

        let action = try action(value)
        let recorded = try instant("recorded", of: value, "AuditEvent.recorded")
        let agent = try agent(value, in: resource)
        let purpose = try AuditPurpose(of: value, agent: agent?.element)
        let issuer = try institution(of: try source(value), at: value)
        let header = AccessHeader(
            action: action, purpose: purpose.purpose, basis: try basis(purpose, entities),
            outcome: try outcome(value))
        let time = try eventTime([recorded], of: resource, "recorded")
        var drafts: [Draft] = []
        for patient in patients {
            var fact = FactBuilder(access: header)
            fact.set("patient", id: patient)
            fact.set("practitioner", id: agent?.practitioner?.id)
            fact.set("role", text: try agent?.element.objects("role").first?.roleName())
            fact.set("department", text: try value.object("source")?.text("site"))
            fact.set("at", time: recorded)
            fact.set("object", text: try object(entities))
            fact.set("encounter", text: try encounter(entities))
            fact.set("institution", institution: issuer)
            fact.set("derived", bool: false)
            let practitioner = agent?.practitioner.map { [Subject.practitioner($0.id)] } ?? []
            drafts.append(
                Draft(
                    issuer: issuer, kind: .access, eventTime: time,
                    subjects: [.patient(patient)] + practitioner, access: header,
                    payload: resource.payload([fact]), origin: resource.origin))
        }
        return drafts
    }

    /// The reference of an entity that is a patient, by its role or by what it refers to.
    private func patientReference(_ entity: JSONValue) throws(ElementError) -> JSONValue? {
        guard let what = try entity.object("what") else { return nil }
        let reference = try Reference(what)
        if reference.type == "Patient" { return reference.hasTarget ? what : nil }
        let role = try entity.object("role")?.text("code")
        return role == "1" && reference.type == nil && reference.hasTarget ? what : nil
    }

    /// The practitioner who asked; with nobody, the agent that asked.
    private mutating func agent(
        _ event: JSONValue, in resource: Resource
    ) throws(ElementError) -> (element: JSONValue, practitioner: ResolvedPractitioner?)? {
        let agents = try event.objects("agent")
        guard !agents.isEmpty else { throw event.missing("agent", "who acted") }
        var first: JSONValue?
        for agent in agents where try agent.flag("requestor") ?? false {
            first = first ?? agent
            var who = try agent.reference("who")
            if let reference = who, reference.type == nil, reference.id == nil,
                try agent.isHuman(), let element = try agent.object("who")
            {
                who = try Reference(element, as: "Practitioner")
            }
            if let practitioner = try practitioner(who, in: resource) {
                return (agent, practitioner)
            }
        }
        return first.map { ($0, nil) }
    }

    private func action(_ event: JSONValue) throws(ElementError) -> AccessHeader.Action {
        let expected = "one of C, R, U, D and E"
        let code = try event.requiredText("action", expected)
        switch code {
        case "C": return .create
        case "R": return .read
        case "U": return .update
        case "D": return .delete
        case "E": return .execute
        default:
            throw ElementError(
                element: event.path(of: "action"), error: .notA(expected: expected, found: code))
        }
    }

    private func outcome(_ event: JSONValue) throws(ElementError) -> AccessHeader.Outcome {
        let expected = "one of 0, 4, 8 and 12"
        let code = try event.requiredText("outcome", expected)
        guard let number = UInt8(code), let outcome = AccessHeader.Outcome(rawValue: number) else {
            throw ElementError(
                element: event.path(of: "outcome"), error: .notA(expected: expected, found: code))
        }
        return outcome
    }

    private func basis(
        _ purpose: AuditPurpose, _ entities: [JSONValue]
    ) throws(ElementError) -> AccessHeader.Basis {
        if let basis = purpose.basis { return basis }
        for entity in entities {
            if let what = try entity.object("what"), try Reference(what).type == "Consent" {
                return .consent
            }
        }
        return .none
    }

    /// The organisation whose system recorded the event.
    private func source(_ event: JSONValue) throws(ElementError) -> String? {
        guard let observer = try event.object("source")?.reference("observer") else { return nil }
        if let id = catalog.organizationID(observer) { return id }
        return observer.id
    }

    /// What was opened: the first entity that is no patient, else the patient.
    private func object(_ entities: [JSONValue]) throws(ElementError) -> String? {
        var patient: String?
        for entity in entities {
            guard let what = try entity.object("what") else { continue }
            let reference = try Reference(what)
            guard let id = reference.id, !reference.isContained else { continue }
            let name = reference.type.map { "\($0)/\(id)" } ?? id
            if try patientReference(entity) == nil { return name }
            patient = patient ?? name
        }
        return patient
    }

    private func encounter(_ entities: [JSONValue]) throws(ElementError) -> String? {
        for entity in entities {
            guard let what = try entity.object("what") else { continue }
            let reference = try Reference(what)
            if reference.type == "Encounter" { return reference.id }
        }
        return nil
    }
}

extension JSONValue {
    /// Whether an agent's type says that it is a person.
    fileprivate func isHuman() throws(ElementError) -> Bool {
        guard let type = try object("type") else { return false }
        for coding in try type.objects("coding") {
            switch try coding.text("code") {
            case "humanuser", "IRCP", "PROV", "AUT": return true
            default: continue
            }
        }
        return false
    }

    fileprivate func roleName() throws(ElementError) -> String? {
        for coding in try objects("coding") {
            if let code = try coding.text("code") { return code }
        }
        return try text("text")
    }
}
