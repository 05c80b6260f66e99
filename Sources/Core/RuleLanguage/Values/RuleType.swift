/// The type of an expression.
public indirect enum RuleType: Hashable, Sendable {
    case bool
    case integer
    case decimal
    case ratio
    case money
    case quantity
    case text
    case code
    case date
    case instant
    case period
    case duration
    case patient
    case practitioner
    case institution
    case claim
    case prescription
    case list(RuleType)
    /// A row of facts; the index of its kind in the schema.
    case row(Int)
    /// A set of rows; the index of the window in the checked rule.
    case window(Int)
    /// What the elements of an empty list are: fits any type.
    case nothing
}

extension RuleType {
    /// The types that a field or a parameter may have, by name.
    public static let named: [(name: String, type: RuleType)] = [
        ("bool", .bool), ("int", .integer), ("decimal", .decimal), ("money", .money),
        ("quantity", .quantity), ("text", .text), ("code", .code), ("codes", .list(.code)),
        ("date", .date), ("instant", .instant), ("period", .period), ("duration", .duration),
        ("patient", .patient), ("practitioner", .practitioner), ("institution", .institution),
        ("claim", .claim), ("prescription", .prescription),
    ]

    /// The type with this name, or nil where there is none.
    public init?(name: String) {
        guard let found = RuleType.named.first(where: { $0.name == name }) else { return nil }
        self = found.type
    }

    /// Whether a value of this type may stand where `other` is expected.
    public func fits(_ other: RuleType) -> Bool {
        switch (self, other) {
        case (.nothing, _), (_, .nothing): true
        case (.list(let own), .list(let wanted)): own.fits(wanted)
        default: self == other
        }
    }

    /// Whether values of this type can be ordered by `<`.
    public var isOrdered: Bool {
        switch self {
        case .bool, .integer, .decimal, .ratio, .money, .quantity, .text, .date, .instant,
            .period, .duration:
            true
        default: false
        }
    }

    /// Whether the type is a plain or fractional number, so that it compares with others.
    public var isNumber: Bool {
        switch self {
        case .integer, .decimal, .ratio: true
        default: false
        }
    }

    /// Whether rows can be found by values of this type.
    public var isKey: Bool {
        switch self {
        case .integer, .text, .code, .date, .patient, .practitioner, .institution, .claim,
            .prescription:
            true
        default: false
        }
    }
}

extension RuleType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .list(.code): "codes"
        case .list(.nothing): "list"
        case .list(let element): "list of \(element)"
        case .row: "row"
        case .window: "window"
        case .nothing: "nothing"
        case .integer: "int"
        default: RuleType.named.first { $0.type == self }?.name ?? "ratio"
        }
    }
}
