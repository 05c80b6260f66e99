internal import Primitives
internal import RuleEngine
internal import RuleLanguage

/// Looks at what rules write out between quotes: keys that no table has, days and decimals that
/// are none.
///
/// The language takes them, for tables change and a rule is checked without their rows; at run
/// time the answer is *not evaluated*, or a class without members. Whoever writes the rule beside
/// the tables should hear of it at once.
struct WrittenConstants {
    private var tables: [String: KnowledgeTable] = [:]
    /// The keys of a table in one of its columns, as texts.
    private var keys: [String: Set<String>] = [:]
    private var found: [TextError] = []

    init(_ tables: [KnowledgeTable]) {
        for table in tables { self.tables[table.schema.name] = table }
    }

    /// What is wrong in these expressions and their parts, in their order.
    mutating func problems(_ expressions: [Expression]) -> [TextError] {
        found = []
        for expression in expressions { look(expression) }
        return found
    }

    private mutating func look(_ expression: Expression) {
        if case .call(let name, let arguments) = expression.form {
            switch name {
            case "limit": check("limits", arguments)
            case "class": check("classes", arguments)
            case "lookup", "listed":
                let path = arguments.first.flatMap(text) ?? ""
                let table = path.split(separator: ".").first.map(String.init) ?? path
                check(table, Array(arguments.dropFirst()))
            case "decimal": check(arguments, "a decimal such as '0.80'") { ExactDecimal($0) != nil }
            case "date": check(arguments, "a day such as '2026-01-31'", Self.isDay)
            default: break
            }
        }
        for part in expression.parts { look(part) }
    }

    private static func isDay(_ text: String) -> Bool {
        FactText.day(text).map { $0.description == text } ?? false
    }

    private func text(_ expression: Expression) -> String? {
        guard case .literal(.text(let text)) = expression.form else { return nil }
        return text
    }

    /// The keys that are written out must each stand in some row, where the table has rows.
    private mutating func check(_ name: String, _ arguments: [Expression]) {
        guard let table = tables[name], !table.rows.isEmpty else { return }
        for (place, argument) in arguments.prefix(table.schema.keys.count).enumerated() {
            guard let key = text(argument), table.schema.keys[place].type == .text else { continue }
            let known = keys(of: table, place)
            guard !known.contains(key) else { continue }
            let nearest = NearestName.of(key, in: known.sorted())
            found.append(
                TextError(
                    position: argument.position,
                    message: "the table '\(name)' has no row whose "
                        + "\(table.schema.keys[place].name) is '\(key)'"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? "")))
        }
    }

    private mutating func keys(of table: KnowledgeTable, _ place: Int) -> Set<String> {
        let name = "\(table.schema.name).\(place)"
        if let known = keys[name] { return known }
        var known: Set<String> = []
        for row in table.rows {
            if case .text(let text) = row.keys[place] { known.insert(text) }
        }
        keys[name] = known
        return known
    }

    private mutating func check(
        _ arguments: [Expression], _ expected: String, _ isRight: (String) -> Bool
    ) {
        guard arguments.count == 1, let text = text(arguments[0]), !isRight(text) else { return }
        found.append(
            TextError(
                position: arguments[0].position, message: "'\(text)' is not \(expected)"))
    }
}
