internal import Primitives
internal import Records

/// Makes drafts of resources, one at a time, with a catalog of what they refer to.
struct FHIRMapper {
    let catalog: Catalog
    let assignment: Assignment
    let pseudonyms: any PseudonymSource
    /// Stands for the time of a record whose source says none.
    let importTime: Timestamp
    let derivesAccesses: Bool
    /// What was left unknown in elements that are right as FHIR, by element and reason.
    private(set) var notes: [String: Int] = [:]

    var patientIDs: [String: OpaqueID] = [:]
    var practitionerIDs: [String: OpaqueID] = [:]
    var institutionIDs: [String: InstitutionID] = [:]

    init(
        catalog: Catalog, assignment: Assignment, pseudonyms: any PseudonymSource,
        importTime: Timestamp, derivesAccesses: Bool
    ) {
        self.catalog = catalog
        self.assignment = assignment
        self.pseudonyms = pseudonyms
        self.importTime = importTime
        self.derivesAccesses = derivesAccesses
    }

    /// The types that become drafts.
    static func isMapped(_ type: String) -> Bool {
        switch type {
        case "Patient", "Encounter", "Condition", "Procedure", "MedicationRequest",
            "MedicationDispense", "Claim", "ExplanationOfBenefit", "ClaimResponse", "AuditEvent",
            "Observation", "FamilyMemberHistory", "DocumentReference":
            true
        default: false
        }
    }

    /// The types that hold directory data: facts about them travel with what refers to them.
    static func isDirectory(_ type: String) -> Bool {
        switch type {
        case "Practitioner", "PractitionerRole", "Organization", "Medication": true
        default: false
        }
    }

    /// The drafts of one resource; none where it concerns no patient.
    ///
    /// - Throws: ``ElementError`` where an element is wrong, or one that the entry needs is not
    ///   there. Then nothing of the resource becomes an entry.
    mutating func drafts(of resource: Resource) throws(ElementError) -> [Draft] {
        switch resource.type {
        case "Patient": try patient(resource)
        case "Encounter": try encounter(resource)
        case "Condition": try condition(resource)
        case "Procedure": try procedure(resource)
        case "Observation": try observation(resource)
        case "FamilyMemberHistory": try familyHistory(resource)
        case "DocumentReference": try document(resource)
        case "MedicationRequest": try medicationRequest(resource)
        case "MedicationDispense": try medicationDispense(resource)
        case "Claim": try claim(resource)
        case "ExplanationOfBenefit": try response(resource, claimKey: "claim")
        case "ClaimResponse": try response(resource, claimKey: "request")
        case "AuditEvent": try auditEvent(resource)
        default: []
        }
    }

    /// Counts something that stays unknown although the element is there and right.
    mutating func note(_ element: String, _ reason: String) {
        notes["\(element): \(reason)", default: 0] += 1
    }
}

/// One resource of the input.
struct Resource {
    let value: JSONValue
    let type: String
    let id: String
    let origin: Draft.Origin

    /// The media type of every FHIR resource that travels as a source document.
    static let mediaType = "application/fhir+json"

    init(_ value: JSONValue, type: String, id: String, file: String, line: Int) {
        self.value = value
        self.type = type
        self.id = id
        origin = Draft.Origin(file: file, line: line, name: "\(type)/\(id)")
    }

    func payload(_ facts: [FactBuilder]) -> Payload {
        Payload(
            mediaType: Resource.mediaType, source: value.document.bytes, facts: facts.map(\.fact))
    }

    /// The payload of a record: its document in parts that can be shown one by one.
    func record(_ facts: [FactBuilder]) throws(ElementError) -> Payload {
        Payload(
            mediaType: "", source: [], facts: facts.map(\.fact),
            segments: try SegmentCut.segments(of: self))
    }
}
