public import Primitives
internal import Records

/// Which institution of the ledger an organisation of the input belongs to.
///
/// Rules are tried in order and the first that fits decides. A file gives them; what it may say
/// stands in `docs/interop.md`.
public struct Assignment: Equatable, Sendable {
    /// For organisations that treat, order, prescribe and hand over.
    var organizations: [AssignmentRule] = []
    /// For payers, which often have a name only.
    var payers: [AssignmentRule] = []
    /// The issuer of what names no organisation at all; nil refuses it.
    var otherwise: InstitutionID?
    /// Systems of patient identifiers, the preferred first; none of them: the logical id.
    var patientSystems: [String] = []
    var practitionerSystems: [String] = [Assignment.npi]
    /// Minutes east of UTC of days that are written without a time.
    var zoneMinutes: Int16 = 0

    static let npi = "http://hl7.org/fhir/sid/us-npi"

    init() {}

    /// Every organisation is spread over `hospitals` by its id, every payer is `insurer`.
    ///
    /// For demonstrations and benchmarks: no real region is shared out by hash.
    public init(spreading hospitals: [InstitutionID], insurer: InstitutionID) {
        organizations = [AssignmentRule(conditions: [], institutions: hospitals)]
        payers = [AssignmentRule(conditions: [], institutions: [insurer])]
        otherwise = hospitals.first
    }

    func institution(of organization: Organization) -> InstitutionID? {
        for rule in organizations {
            if let institution = rule.institution(of: organization) { return institution }
        }
        return nil
    }

    func institution(ofPayer payer: Organization) -> InstitutionID? {
        for rule in payers {
            if let institution = rule.institution(of: payer) { return institution }
        }
        return nil
    }
}

/// One rule: an organisation that meets all conditions belongs to one of the institutions.
struct AssignmentRule: Equatable, Sendable {
    let conditions: [AssignmentCondition]
    /// Where there are several, the organisation's id decides, evenly and always alike.
    let institutions: [InstitutionID]

    func institution(of organization: Organization) -> InstitutionID? {
        guard !institutions.isEmpty, conditions.allSatisfy({ $0.holds(for: organization) }) else {
            return nil
        }
        return institutions[AssignmentRule.place(of: organization.id, in: institutions.count)]
    }

    /// FNV-1a of the id, 64 bits, modulo the count.
    private static func place(of id: String, in count: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(count))
    }
}

/// What a rule asks of an organisation.
enum AssignmentCondition: Equatable, Sendable {
    case id(String)
    case identifier(String)
    /// The whole name, or its beginning where the pattern ends in `*`.
    case name(String)
    case type(String)
    case city(String)
    case state(String)

    func holds(for organization: Organization) -> Bool {
        switch self {
        case .id(let id): organization.id == id
        case .identifier(let identifier): organization.identifiers.contains(identifier)
        case .name(let pattern):
            pattern.hasSuffix("*")
                ? organization.name?.hasPrefix(pattern.dropLast()) ?? false
                : organization.name == pattern
        case .type(let code): organization.type?.code == code
        case .city(let city): organization.city == city
        case .state(let state): organization.state == state
        }
    }
}
