internal import Primitives
internal import Records
internal import RuleLanguage

/// Writes nodes of a checked rule as SQL over columns of facts, where SQL says the same.
///
/// `nil` stands for what it does not: whoever asks leaves that condition out, and selects more.
/// NULL is what is not known, and the logic of three values is SQL's own.
struct SQLExpression {
    let rule: CheckedRule

    /// An expression over the judged row `j` and, above depth 0, the row `w` of a window.
    func text(_ index: Int) -> String? {
        let node = rule.nodes[index]
        switch node.operation {
        case .constant(let value): return SQLExpression.literal(value)
        case .field(let depth, let number, let name, _):
            return depth > 1 ? nil : field(depth == 0 ? "j" : "w", number, name, node.type)
        case .binding(let binding): return text(rule.bindings[binding].node)
        case .not(let a): return text(a).map { "(NOT \($0))" }
        case .and(let a, let b): return pair(a, b) { "(\($0) AND \($1))" }
        case .or(let a, let b): return pair(a, b) { "(\($0) OR \($1))" }
        case .conditional(let test, let yes, let no):
            guard let test = text(test) else { return nil }
            return pair(yes, no) { "CASE WHEN \(test) THEN \($0) WHEN NOT \(test) THEN \($1) END" }
        case .compare(let symbol, let a, let b):
            guard isOrdered(a), rule.nodes[a].type == rule.nodes[b].type,
                let word = SQLExpression.word(symbol),
                !needsEquality(a) || symbol == .equal || symbol == .notEqual
            else { return nil }
            return pair(a, b) { "(\($0) \(word) \($1))" }
        case .contains(let list, let value):
            guard case .constant(.list(let items)) = rule.nodes[list].operation else {
                return contains(list, value)
            }
            let texts = items.compactMap { SQLExpression.literal($0) }
            guard texts.count == items.count, !texts.isEmpty, isOrdered(value) else { return nil }
            return text(value).map { "(\($0) IN (\(texts.joined(separator: ", "))))" }
        case .list: return nil
        case .known(let a):
            // Of an amount or a number one column is enough: parts are there together.
            guard case .field = rule.nodes[a].operation else { return nil }
            return column(a).map { "(\($0) IS NOT NULL)" }
        case .otherwise(let a, let b):
            guard isOrdered(a) else { return nil }
            return pair(a, b) { "coalesce(\($0), \($1))" }
        case .same(let a, let b):
            return isOrdered(a) ? pair(a, b) { "(\($0) <=> \($1))" } : nil
        default: return nil
        }
    }

    private func pair(_ a: Int, _ b: Int, _ join: (String, String) -> String) -> String? {
        guard let left = text(a), let right = text(b) else { return nil }
        return join(left, right)
    }

    private func contains(_ list: Int, _ value: Int) -> String? {
        guard case .list(let items) = rule.nodes[list].operation, isOrdered(value) else {
            return nil
        }
        let texts = items.compactMap { item -> String? in
            guard case .constant(let value) = rule.nodes[item].operation else { return nil }
            return SQLExpression.literal(value)
        }
        guard texts.count == items.count, !texts.isEmpty else { return nil }
        return text(value).map { "(\($0) IN (\(texts.joined(separator: ", "))))" }
    }

    /// Whether one column holds the whole value, so that it compares as it is.
    private func isOrdered(_ index: Int) -> Bool {
        switch rule.nodes[index].type {
        case .bool, .integer, .date, .instant: true
        default: needsEquality(index)
        }
    }

    /// Whether only `==` and `!=` mean the same on both sides.
    private func needsEquality(_ index: Int) -> Bool {
        switch rule.nodes[index].type {
        case .text, .code, .patient, .practitioner, .institution, .claim, .prescription: true
        default: false
        }
    }

    private func field(_ row: String, _ number: Int, _ name: String, _ type: RuleType) -> String? {
        switch type {
        case .bool, .integer, .date, .instant, .text, .code, .patient, .practitioner,
            .institution, .claim, .prescription:
            "\(row).\(SQLExpression.name(name))"
        default: nil
        }
    }

    /// The first column of a field, whatever its type.
    private func column(_ index: Int) -> String? {
        guard case .field(let depth, _, let name, _) = rule.nodes[index].operation, depth < 2
        else { return nil }
        return "\(depth == 0 ? "j" : "w").\(SQLExpression.name(name))"
    }

    static func name(_ name: String) -> String { "`\(name)`" }

    static func literal(_ value: Value) -> String? {
        switch value {
        case .bool(let bool): bool ? "TRUE" : "FALSE"
        case .integer(let number): "\(number)L"
        case .text(let words): quoted(words)
        case .date(let day): "\(day.number)L"
        case .instant(let time, _): "\(time.milliseconds)L"
        case .code(let system, let code):
            quoted(FactLine.text(Code(system: system, code: code)))
        case .id(let id): quoted(id.bytes.hex)
        case .institution(let id): quoted(id.name)
        default: nil
        }
    }

    private static func quoted(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            .replacing("\n", with: "\\n")
        return "'\(safe)'"
    }

    private static func word(_ symbol: BinaryOperator) -> String? {
        switch symbol {
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        default: nil
        }
    }
}
