internal import Primitives
internal import Records

/// A practitioner as an entry and its facts name one.
struct ResolvedPractitioner {
    let id: OpaqueID
    let data: Catalog.Practitioner

    /// The fact that travels with a claim or an order, so that its readers know who this is.
    var fact: FactBuilder {
        var fact = FactBuilder(.practitioner)
        fact.set("practitioner", id: id)
        fact.set("specialty", code: data.specialty)
        fact.set("role", text: data.role)
        fact.set("identifier", text: data.number)
        fact.set("active", bool: data.isActive)
        return fact
    }
}

extension FHIRMapper {
    /// The patient that an element refers to, who must be known.
    mutating func patient(
        _ key: String, of resource: Resource
    ) throws(ElementError) -> OpaqueID {
        let element = try resource.value.requiredObject(key, "a reference to a patient")
        return try patient(element, in: resource)
    }

    mutating func patient(
        _ element: JSONValue, in resource: Resource
    ) throws(ElementError) -> OpaqueID {
        let reference = try Reference(element)
        guard reference.mayBe("Patient") else {
            throw element.failure(
                .notA(expected: "a reference to a patient", found: reference.text))
        }
        return try patient(try patientIdentity(reference, element, resource), at: element)
    }

    mutating func patient(
        _ identity: String, at element: JSONValue
    ) throws(ElementError) -> OpaqueID {
        if let id = patientIDs[identity] { return id }
        guard let id = pseudonyms.patient(identity) else {
            throw element.failure(.unknownIdentity(identity))
        }
        patientIDs[identity] = id
        return id
    }

    private func patientIdentity(
        _ reference: Reference, _ element: JSONValue, _ resource: Resource
    ) throws(ElementError) -> String {
        if let id = reference.id, !reference.isContained {
            return catalog.patients[id] ?? "Patient/\(id)"
        }
        if let id = reference.id, let contained = try resource.value.contained(id) {
            let identity = try Catalog.identity(
                of: contained, systems: assignment.patientSystems, otherwise: "")
            if !identity.isEmpty { return identity }
            for identifier in try contained.objects("identifier") {
                if let text = try Reference.identifier(identifier) { return text }
            }
        }
        if let identifier = reference.identifier { return identifier }
        throw element.failure(
            .unresolved(
                reference: reference.text,
                expected: "a patient, by Patient/id, urn:uuid:id or an identifier"))
    }

    /// The practitioner that a reference leads to; nil where it leads to nobody or another type.
    mutating func practitioner(
        _ reference: Reference?, in resource: Resource
    ) throws(ElementError) -> ResolvedPractitioner? {
        guard let reference, let data = try practitionerData(reference, resource) else {
            return nil
        }
        if let id = practitionerIDs[data.identity] {
            return ResolvedPractitioner(id: id, data: data)
        }
        guard let id = pseudonyms.practitioner(data.identity) else { return nil }
        practitionerIDs[data.identity] = id
        return ResolvedPractitioner(id: id, data: data)
    }

    private func practitionerData(
        _ reference: Reference, _ resource: Resource
    ) throws(ElementError) -> Catalog.Practitioner? {
        if let id = reference.id, reference.isContained {
            guard let contained = try resource.value.contained(id),
                contained.member("resourceType")?.string == "Practitioner"
            else { return nil }
            let data = try Catalog.practitioner(contained, id, assignment)
            // A local id says nothing outside its resource, so it cannot stand for anybody.
            guard let number = data.number else { return nil }
            guard data.identity == "Practitioner/\(id)" else { return data }
            return Catalog.Practitioner(
                identity: number, number: number, specialty: data.specialty, role: data.role,
                isActive: data.isActive)
        }
        if reference.mayBe("PractitionerRole"), let id = reference.id, let role = catalog.roles[id],
            let practitioner = role.practitioner
        {
            var data = named(practitioner)
            data.specialty = role.specialty ?? data.specialty
            data.role = role.role
            return data
        }
        guard reference.mayBe("Practitioner") else { return nil }
        if let id = reference.id {
            if let known = catalog.practitioners[id] { return known }
            return reference.type == nil ? nil : named(id)
        }
        guard let identifier = reference.identifier else { return nil }
        if let id = catalog.practitionersByIdentifier[identifier] { return named(id) }
        return reference.type == nil
            ? nil : Catalog.Practitioner(identity: identifier, number: identifier)
    }

    private func named(_ id: String) -> Catalog.Practitioner {
        catalog.practitioners[id] ?? Catalog.Practitioner(identity: "Practitioner/\(id)")
    }

    /// The practitioner of an encounter, as the encounter itself says.
    mutating func practitioner(
        ofEncounter id: String?, in resource: Resource
    ) throws(ElementError) -> ResolvedPractitioner? {
        try practitioner(id.flatMap { catalog.encounters[$0]?.practitioner }, in: resource)
    }

    /// The organisation of an encounter, by logical id.
    func organization(ofEncounter id: String?) -> String? {
        id.flatMap { catalog.encounters[$0]?.organization }
    }

    /// The institution of an organisation; of none, the one that the assignment names for those.
    mutating func institution(
        of organization: String?, at element: JSONValue
    ) throws(ElementError) -> InstitutionID {
        guard let organization else {
            guard let otherwise = assignment.otherwise else {
                throw element.failure(
                    .missing(
                        expected: "an organisation, by which an institution would be assigned"))
            }
            return otherwise
        }
        if let known = institutionIDs[organization] { return known }
        let data = catalog.organizations[organization] ?? Organization(id: organization)
        guard let institution = assignment.institution(of: data) ?? assignment.otherwise else {
            throw element.failure(.noInstitution(organization: data.name ?? organization))
        }
        institutionIDs[organization] = institution
        return institution
    }

    func claimID(
        _ local: String, issuer: InstitutionID, at element: JSONValue
    ) throws(ElementError) -> OpaqueID {
        guard let id = pseudonyms.claim(local, issuer: issuer) else {
            throw element.failure(.unknownIdentity(local))
        }
        return id
    }

    func prescriptionID(
        _ local: String, issuer: InstitutionID, at element: JSONValue
    ) throws(ElementError) -> OpaqueID {
        guard let id = pseudonyms.prescription(local, issuer: issuer) else {
            throw element.failure(.unknownIdentity(local))
        }
        return id
    }
}
