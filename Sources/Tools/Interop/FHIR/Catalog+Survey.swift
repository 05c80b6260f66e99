internal import Primitives
internal import Records

extension Catalog {
    /// Keeps what others may refer to.
    ///
    /// What is malformed is left for the mapping to report.
    mutating func add(_ resource: JSONValue, type: String, id: String, assignment: Assignment) {
        do throws(ElementError) {
            switch type {
            case "Patient": try addPatient(resource, id, assignment)
            case "Practitioner": try addPractitioner(resource, id, assignment)
            case "PractitionerRole": try addRole(resource, id)
            case "Organization": try addOrganization(resource, id)
            case "Encounter": try addEncounter(resource, id)
            case "Condition": conditions[id] = try resource.concept("code")
            case "Medication": medications[id] = try resource.concept("code")
            case "MedicationRequest": orders[id] = try MedicationOrder(resource)
            case "Claim": try addClaim(resource, id)
            case "AuditEvent": hasAuditEvents = true
            default: return
            }
        } catch {
            return
        }
    }

    private mutating func addPatient(
        _ resource: JSONValue, _ id: String, _ assignment: Assignment
    ) throws(ElementError) {
        patients[id] = try Catalog.identity(
            of: resource, systems: assignment.patientSystems, otherwise: "Patient/\(id)")
        homes[id] = try resource.reference("managingOrganization")?.id
    }

    private mutating func addPractitioner(
        _ resource: JSONValue, _ id: String, _ assignment: Assignment
    ) throws(ElementError) {
        practitioners[id] = try Catalog.practitioner(resource, id, assignment)
        for identifier in try resource.objects("identifier") {
            guard let text = try Reference.identifier(identifier) else { continue }
            practitionersByIdentifier[text] = id
        }
    }

    static func practitioner(
        _ resource: JSONValue, _ id: String, _ assignment: Assignment
    ) throws(ElementError) -> Practitioner {
        let identity = try identity(
            of: resource, systems: assignment.practitionerSystems, otherwise: "Practitioner/\(id)")
        let qualification = try resource.objects("qualification").first?.concept("code")
        var number: String?
        for identifier in try resource.objects("identifier") where number == nil {
            number = try Reference.identifier(identifier)
        }
        if identity.hasPrefix("\(Assignment.npi)|") {
            number = String(identity.dropFirst(Assignment.npi.utf8.count + 1))
        }
        return Practitioner(
            identity: identity, number: number, specialty: qualification, role: nil,
            isActive: try resource.flag("active"))
    }

    private mutating func addRole(_ resource: JSONValue, _ id: String) throws(ElementError) {
        roles[id] = Role(
            practitioner: try resource.reference("practitioner")?.id,
            organization: try resource.reference("organization")?.id,
            specialty: try resource.objects("specialty").first?.concept(),
            role: try resource.objects("code").first?.concept()?.code)
    }

    private mutating func addOrganization(_ resource: JSONValue, _ id: String) throws(ElementError)
    {
        let organization = try Organization(resource, id: id)
        organizations[id] = organization
        for identifier in organization.identifiers { organizationsByIdentifier[identifier] = id }
    }

    private mutating func addEncounter(_ resource: JSONValue, _ id: String) throws(ElementError) {
        let provider = try resource.reference("serviceProvider")
        let organization = provider.flatMap(organizationID)
        encounters[id] = Encounter(
            organization: organization, practitioner: try Catalog.participant(of: resource))
        guard let organization, let patient = try resource.reference("subject")?.id,
            case .instant(let start, _) = try resource.object("period")
                .flatMapped({ period throws(ElementError) in try period.time("start") })
        else { return }
        let visit = Visit(start: start, organization: organization)
        guard let known = firstVisits[patient] else {
            firstVisits[patient] = visit
            return
        }
        if (visit.start, visit.organization) < (known.start, known.organization) {
            firstVisits[patient] = visit
        }
    }

    private mutating func addClaim(_ resource: JSONValue, _ id: String) throws(ElementError) {
        claims[id] = try resource.reference("provider").flatMap(organizationID)
    }

    /// The first participant who may be a practitioner.
    static func participant(of encounter: JSONValue) throws(ElementError) -> Reference? {
        for participant in try encounter.objects("participant") {
            guard let reference = try participant.reference("individual") else { continue }
            if reference.mayBe("Practitioner") || reference.mayBe("PractitionerRole") {
                return reference
            }
        }
        return nil
    }

    /// The logical id of an organisation that a reference leads to, directly or by identifier.
    func organizationID(_ reference: Reference) -> String? {
        guard reference.mayBe("Organization") else { return nil }
        if let id = reference.id, !reference.isContained { return id }
        return reference.identifier.flatMap { organizationsByIdentifier[$0] }
    }

    /// The first identifier from the preferred systems, or what else was given.
    static func identity(
        of resource: JSONValue, systems: [String], otherwise: String
    ) throws(ElementError) -> String {
        let identifiers = try resource.objects("identifier")
        for system in systems {
            for identifier in identifiers where try identifier.text("system") == system {
                if let text = try Reference.identifier(identifier) { return text }
            }
        }
        return otherwise
    }
}
