/// What rules may speak about: the kinds of facts and the knowledge tables.
///
/// It is passed in, so that the language knows neither records nor files.
public struct RuleSchema: Sendable {
    public let kinds: [KindSchema]
    public let tables: [TableSchema]

    public init(kinds: [KindSchema], tables: [TableSchema]) {
        self.kinds = kinds
        self.tables = tables
    }
}

/// A kind of fact: its fields, and which of them say when it was.
public struct KindSchema: Sendable {
    public struct Field: Sendable {
        public let name: String
        public let type: RuleType
        /// The number by which the engine knows the field.
        public let number: Int

        public init(name: String, type: RuleType, number: Int) {
            self.name = name
            self.type = type
            self.number = number
        }
    }

    /// Which fields say when a row begins and ends.
    public struct Times: Sendable {
        public enum End: Sendable {
            /// The row is a point in time, or one day.
            case start
            /// The field says when it ends; where it is unknown, the row goes on.
            case field(String)
            /// The field counts the days that it lasts, from the first.
            case days(String)
        }

        public let start: String
        public let end: End

        public init(start: String, end: End) {
            self.start = start
            self.end = end
        }
    }

    public let name: String
    public let fields: [Field]
    public let times: Times?

    public init(name: String, fields: [Field], times: Times?) {
        self.name = name
        self.fields = fields
        self.times = times
    }

    public func field(named name: String) -> Field? {
        fields.first { $0.name == name }
    }
}

/// A knowledge table: which columns its rows are found by, and what they say.
public struct TableSchema: Sendable, Equatable {
    public struct Column: Sendable, Equatable {
        public let name: String
        public let type: RuleType

        public init(name: String, type: RuleType) {
            self.name = name
            self.type = type
        }
    }

    public let name: String
    public let keys: [Column]
    public let values: [Column]
    /// Whether rows are valid from and to a day, so that a look-up needs the day.
    public let hasValidity: Bool

    public init(name: String, keys: [Column], values: [Column], hasValidity: Bool) {
        self.name = name
        self.keys = keys
        self.values = values
        self.hasValidity = hasValidity
    }
}
