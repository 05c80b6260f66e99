public import Primitives

/// A rule whose names and types are known to be right: what the engine runs.
public struct CheckedRule: Sendable {
    public let rule: Rule
    public let hash: Digest
    public let kind: Int
    /// The reasoning rule whose facts it judges, where it judges such.
    public let derivation: Int?
    public let nodes: [CheckedNode]
    /// Each node in the words of rule source, for explanations.
    public let texts: [String]
    public let patterns: [Pattern]
    public let windows: [CheckedWindow]
    /// The nodes of the named values, in the order of ``CheckedNode/Operation/binding(_:)``.
    public let bindings: [NamedNode]
    public let filter: Int?
    public let condition: Int
    public let exceptions: [NamedNode]
    public let subject: NamedNode
    public let violating: [RowSource]
    public let involved: [RowSource]
    public let amount: Int?
    public let reason: [CheckedReason]
    /// What a finding lists as read, by name in bytewise order.
    public let values: [NamedNode]
    /// The indexes of the tables that it uses, by name in bytewise order.
    public let tables: [Int]
    /// The smallest conditions, for the report of what tests covered.
    public let conditions: [CheckedCondition]
    /// The reasoning rules that it asks, in the order in which they were first asked.
    public let derivations: [CheckedDerivation]
    public let localCount: Int
    public let cost: RuleCost

    public struct NamedNode: Sendable {
        public let name: String
        public let node: Int
    }

    /// Where the entries of a finding come from.
    public enum RowSource: Sendable, Hashable {
        case judged
        case window(Int)
    }

    public enum CheckedReason: Sendable {
        case text(String)
        case node(Int)
    }
}

/// A condition that has no smaller one in it, and where in the rule it stands.
public struct CheckedCondition: Sendable {
    public let node: Int
    public let place: String
    public let text: String
}

/// A window whose fields, keys and ends are known.
public struct CheckedWindow: Sendable {
    public let name: String
    public let kind: Int
    public let keys: [Key]
    public let times: Times?
    public let stretch: Stretch?
    public let order: WindowPhrase.Order
    public let filter: Int?
    /// The reasoning rule whose facts it asks for: which its filter asks first.
    public let derivation: Int?
    /// The reasoning rule that looks, from the row at depth 1; nil where the rule itself does,
    /// from the judged row.
    public let owner: Int?
    /// The window in the words of rule source.
    public let text: String

    /// The depth of the row that looks.
    public var depth: Int { owner == nil ? 0 : 1 }

    public struct Key: Sendable {
        public let field: Int
        public let type: RuleType
        public let node: Int
    }

    /// The fields that say when a row of the window begins and ends.
    public struct Times: Sendable, Hashable {
        public let start: Int
        public let end: End

        public enum End: Sendable, Hashable {
            case start
            case field(Int)
            case days(Int)
        }
    }

    /// In what the ends of a stretch are counted.
    public enum Grain: UInt8, Sendable {
        case day
        case millisecond
    }

    /// Both ends included; nil where the stretch has no end on that side.
    public struct Stretch: Sendable {
        public let low: End?
        public let high: End?
        public let grain: Grain
        /// Whether a row belongs by sharing a moment, and not by when it begins.
        public let overlaps: Bool
    }

    /// A point in time and a number of grains to add to it.
    public struct End: Sendable {
        public let node: Int
        public let offset: Int64
        /// Where the value is unknown, the stretch goes on on this side.
        public let openWhereUnknown: Bool
    }
}
