/// The fields that facts of one kind have, in the order of their numbers.
///
/// A field keeps its number and type for ever; new ones are added at the end.
public struct FactSchema: Sendable {
    /// One field: a name for rules, and what it may hold.
    public struct Field: Sendable {
        /// The number that stands for the field in sealed payloads, from 0.
        public let number: Int
        public let name: String
        public let type: FactType
    }

    public let name: String
    public let fields: [Field]
    private let numbers: [String: Int]

    init(_ name: String, _ fields: [(String, FactType)]) {
        self.name = name
        self.fields = fields.enumerated().map { number, field in
            Field(number: number, name: field.0, type: field.1)
        }
        numbers = Dictionary(
            self.fields.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    /// The field with this name, or nil where there is none.
    public func field(named name: String) -> Field? {
        numbers[name].map { fields[$0] }
    }
}
