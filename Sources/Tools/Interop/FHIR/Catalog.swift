internal import Primitives
internal import Records

/// What resources of an input are referred to for: the little that a reference must lead to.
///
/// Built in a pass of its own, so that the order of lines and files does not matter. It grows
/// with the number of patients, practitioners, organisations, encounters, conditions, orders and
/// claims, by some 100 to 300 bytes each; everything else is streamed.
struct Catalog {
    struct Practitioner {
        /// The identifier that pseudonyms go by.
        let identity: String
        /// The national number where there is one, else `system|value`.
        var number: String?
        var specialty: Code?
        var role: String?
        var isActive: Bool?
    }

    struct Role {
        let practitioner: String?
        let organization: String?
        let specialty: Code?
        let role: String?
    }

    struct Encounter {
        let organization: String?
        /// Id of a practitioner or of a practitioner's role.
        let practitioner: Reference?
    }

    struct Visit {
        let start: Timestamp
        let organization: String
    }

    /// Identifiers of patients, by logical id.
    var patients: [String: String] = [:]
    /// Managing organisations of patients, by the patient's logical id.
    var homes: [String: String] = [:]
    /// The earliest encounter of each patient.
    var firstVisits: [String: Visit] = [:]
    var practitioners: [String: Practitioner] = [:]
    var roles: [String: Role] = [:]
    var organizations: [String: Organization] = [:]
    var encounters: [String: Encounter] = [:]
    var conditions: [String: Code] = [:]
    var medications: [String: Code] = [:]
    var orders: [String: MedicationOrder] = [:]
    /// Providers of claims: the organisation.
    var claims: [String: String] = [:]
    /// Logical ids by identifier, for references that name their target by one.
    var practitionersByIdentifier: [String: String] = [:]
    var organizationsByIdentifier: [String: String] = [:]
    var hasAuditEvents = false

    /// The type of resource that an import must have seen before it maps others.
    static func isIndexed(_ type: String) -> Bool {
        switch type {
        case "Patient", "Practitioner", "PractitionerRole", "Organization", "Encounter",
            "Condition", "Medication", "MedicationRequest", "Claim", "AuditEvent":
            true
        default: false
        }
    }
}
