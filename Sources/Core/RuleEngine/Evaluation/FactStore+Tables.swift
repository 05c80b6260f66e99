internal import Primitives
internal import RuleLanguage

extension FactStore {
    func lookUp(
        _ table: Int, _ column: Int, _ keys: [Int], _ day: Int?, _ plan: Plan,
        _ frame: inout Frame
    ) -> Value {
        switch find(table, keys, day, plan, &frame) {
        case .unknown(let cause): return .unknown(cause)
        case .none(let key):
            return .unknown(
                .notListed(table: plan.tables[table].schema.name, key: key()))
        case .row(let row):
            let table = plan.tables[table]
            return table.rows[row].values[column]
                ?? .unknown(
                    .missing(
                        kind: "row of the table '\(table.schema.name)'",
                        field: table.schema.values[column].name))
        }
    }

    func isListed(
        _ table: Int, _ keys: [Int], _ day: Int?, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        switch find(table, keys, day, plan, &frame) {
        case .unknown(let cause): .unknown(cause)
        case .none: .no
        case .row: .yes
        }
    }

    /// What a search in a table gives.
    enum Search {
        case row(Int)
        /// There is no such row; the key in words, made only where somebody asks.
        case none(() -> String)
        case unknown(Cause)
    }

    func find(
        _ table: Int, _ keys: [Int], _ day: Int?, _ plan: Plan, _ frame: inout Frame
    ) -> Search {
        var parts: (KeyPart?, KeyPart?, KeyPart?, KeyPart?) = (nil, nil, nil, nil)
        for (place, key) in keys.enumerated() {
            let value = evaluate(key, plan, &frame)
            if case .unknown(let cause) = value { return .unknown(cause) }
            switch place {
            case 0: parts.0 = KeyPart(value)
            case 1: parts.1 = KeyPart(value)
            case 2: parts.2 = KeyPart(value)
            default: parts.3 = KeyPart(value)
            }
        }
        var valid: Day?
        if let day {
            switch evaluate(day, plan, &frame) {
            case .date(let found): valid = found
            case .unknown(let cause): return .unknown(cause)
            default: return .unknown(.bound("a day of another type"))
            }
        }
        let known = [parts.0, parts.1, parts.2, parts.3].compactMap(\.self)
        guard let key = TableKey(parts: known) else {
            return .unknown(.bound("a look-up without a key"))
        }
        if let row = plan.tables[table].row(key, on: valid) { return .row(row) }
        return .none {
            let words = [parts.0, parts.1, parts.2, parts.3].compactMap { $0?.words }
            return words.joined(separator: ", ") + (valid.map { " on \($0)" } ?? "")
        }
    }
}

extension KeyPart {
    /// The key in words.
    var words: String {
        switch self {
        case .bool(let bool): "\(bool)"
        case .integer(let integer): "\(integer)"
        case .text(let text), .institution(let text): text.text
        case .other(let other): other.text.text
        case .code(let system, let code): "\(system.text)|\(code.text)"
        case .date(let number): "\(Day(number: number))"
        case .id(let id): "\(id)"
        }
    }
}
