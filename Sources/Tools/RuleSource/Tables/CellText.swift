internal import Primitives
internal import RuleLanguage

/// Reads the cells of knowledge tables.
enum CellText {
    /// The value of a cell, or nil where the text is none of the column's type.
    static func value(_ text: String, _ column: TableManifest.Place) -> Value? {
        switch column.type {
        case .text: return .text(text)
        case .integer: return Int64(text).map { .integer($0) }
        case .decimal: return ExactDecimal(text).map { .decimal($0) }
        case .bool: return text == "true" ? .yes : text == "false" ? .no : nil
        case .date: return FactText.day(text).map { .date($0) }
        case .money: return FactText.amount(text).map { .money($0) }
        case .quantity: return FactText.number(text).map { .quantity($0.number, unit: $0.unit) }
        case .institution: return InstitutionID(text).map { .institution($0) }
        case .code:
            let parts = text.split(separator: "|", maxSplits: 1)
            if parts.count == 2 {
                return .code(system: String(parts[0]), code: String(parts[1]))
            }
            return column.system.map { .code(system: $0, code: text) }
        default: return nil
        }
    }
}
