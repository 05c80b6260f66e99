public import Primitives

/// The value of one field of a fact; a field that is unknown has none.
public enum FactValue: Hashable, Sendable {
    case text(String)
    case code(Code)
    case codes([Code])
    case integer(Int64)
    case decimal(ExactDecimal)
    case money(Amount)
    /// A number with its unit, in UCUM.
    case quantity(ExactDecimal, unit: String)
    case date(Day)
    /// A point in time, with the zone in which it was recorded, in minutes east of UTC.
    case instant(Timestamp, zoneMinutes: Int16)
    case bool(Bool)
    /// A patient, practitioner, claim or prescription; the field's type tells which.
    case id(OpaqueID)
    case institution(InstitutionID)
}

extension FactValue {
    /// Whether a field of this type may hold the value.
    public func fits(_ type: FactType) -> Bool {
        switch (self, type) {
        case (.text, .text), (.code, .code), (.codes, .codes), (.integer, .integer),
            (.decimal, .decimal), (.money, .money), (.quantity, .quantity), (.date, .date),
            (.instant, .instant), (.bool, .bool), (.institution, .institution),
            (.id, .patient), (.id, .practitioner), (.id, .claim), (.id, .prescription):
            true
        default: false
        }
    }
}

extension FactValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .text(let text): text
        case .code(let code): code.description
        case .codes(let codes): codes.map(\.description).joined(separator: " ")
        case .integer(let integer): String(integer)
        case .decimal(let decimal): decimal.description
        case .money(let amount): amount.description
        case .quantity(let number, let unit): "\(number) \(unit)"
        case .date(let day): day.description
        case .instant(let time, _): time.description
        case .bool(let bool): String(bool)
        case .id(let id): id.description
        case .institution(let id): id.name
        }
    }
}
