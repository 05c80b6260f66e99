/// What a rule says about itself.
public struct RuleHeader: Sendable, Equatable {
    public let id: String
    public let title: String
    public let status: RuleStatus
    public let level: RuleLevel
    public let result: RuleResult
    public let basis: [LegalBasis]
    /// Name and text, by name: description, references, the attributes of ``RuleAttribute``.
    public let attributes: [Attribute]

    public struct Attribute: Sendable, Equatable {
        public let name: RuleAttribute
        public let text: String

        public init(name: RuleAttribute, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// A law or policy, by article, and what it says about this rule.
    public struct LegalBasis: Sendable, Equatable {
        public let law: String
        public let note: String

        public init(law: String, note: String) {
            self.law = law
            self.note = note
        }
    }

    public init(
        id: String, title: String, status: RuleStatus, level: RuleLevel, result: RuleResult,
        basis: [LegalBasis], attributes: [Attribute]
    ) {
        self.id = id
        self.title = title
        self.status = status
        self.level = level
        self.result = result
        self.basis = basis
        self.attributes = attributes.sorted { $0.name.rawValue < $1.name.rawValue }
    }
}

/// How far a rule has come; the raw value stands in canonical rules.
public enum RuleStatus: UInt8, Sendable, CaseIterable {
    case draft = 1
    case shadow = 2
    case canary = 3
    case stable = 4
    case retired = 5

    public var name: String { "\(self)" }
}

/// How grave a finding is; the raw value stands in canonical rules.
public enum RuleLevel: UInt8, Sendable, CaseIterable {
    case informational = 1
    case low = 2
    case medium = 3
    case high = 4
    case critical = 5

    public var name: String { "\(self)" }
}

/// What a finding claims; the raw value stands in canonical rules and in findings.
public enum RuleResult: UInt8, Sendable, CaseIterable {
    case definite = 1
    case suspicious = 2
    /// Goes to the institution that sent the data, not to those who look for fraud.
    case dataQuality = 3

    public var name: String {
        switch self {
        case .definite: "definite"
        case .suspicious: "suspicious"
        case .dataQuality: "data quality"
        }
    }
}

/// The attributes that a rule may carry; the raw value stands in canonical rules.
///
/// Most are those that the rule bases of China's National Healthcare Security Administration
/// ask for; the first five are known from Sigma.
public enum RuleAttribute: UInt8, Sendable, CaseIterable {
    case description = 1
    case references = 2
    case falsePositives = 3
    case author = 4
    case date = 5
    case definition = 6
    case logic = 7
    case stage = 8
    case interval = 9
    case facilityLevel = 10
    case facilityType = 11
    case personnel = 12
    case scenario = 13
    case fundType = 14
    case insuranceType = 15
    case category = 16
    case pattern = 17
    case exceptionsNote = 18

    /// The name of the field in rule source.
    public var name: String {
        switch self {
        case .description: "description"
        case .references: "references"
        case .falsePositives: "false positives"
        case .author: "author"
        case .date: "date"
        case .definition: "definition"
        case .logic: "logic"
        case .stage: "stage"
        case .interval: "interval"
        case .facilityLevel: "facility level"
        case .facilityType: "facility type"
        case .personnel: "personnel"
        case .scenario: "scenario"
        case .fundType: "fund type"
        case .insuranceType: "insurance type"
        case .category: "category"
        case .pattern: "pattern"
        case .exceptionsNote: "exceptions note"
        }
    }
}
