import Foundation
import Primitives
import RuleEngine
import RuleLanguage

@testable import RuleSource

/// One test of the CEL conformance data.
struct CELCase {
    let file: String
    let name: String
    let expression: String
    let bindings: [String: [String: Any]]
    /// Whether the names are looked up in a container, which rules do not have.
    let hasContainer: Bool
    /// nil where the expression must fail.
    let value: [String: Any]?

    enum Outcome: Equatable {
        case passed
        /// Not in the subset, and told so.
        case refused(String)
        case wrong(String)
    }

    static let files = [
        "basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists",
        "logic", "macros", "namespace", "parse", "plumbing", "string", "timestamps",
    ]

    static func all(in file: String, root: URL) throws -> [CELCase] {
        let data = try Data(contentsOf: root.appending(path: "Tests/Vectors/cel/\(file).json"))
        let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let sections = json?["section"] as? [[String: Any]] ?? []
        return sections.flatMap { section in
            (section["test"] as? [[String: Any]] ?? []).map { test in
                CELCase(
                    file: file, name: test["name"] as? String ?? "",
                    expression: test["expr"] as? String ?? "",
                    bindings: test["bindings"] as? [String: [String: Any]] ?? [:],
                    hasContainer: test["container"] != nil, value: test["value"] as? [String: Any])
            }
        }
    }

    func run() -> Outcome {
        guard !hasContainer else { return .refused("containers are outside the subset") }
        var variables: [(name: String, type: RuleType)] = []
        var values: [Value] = []
        for (name, binding) in bindings.sorted(by: { $0.key < $1.key }) {
            guard let inner = binding["value"] as? [String: Any],
                let (value, type) = CELCase.bound(inner)
            else { return .refused("a variable '\(name)' of a type outside the subset") }
            variables.append((name, type))
            values.append(value)
        }
        let expression: RuleLanguage.Expression
        do {
            expression = try ExpressionParser.expression(
                self.expression, at: SourcePosition(line: 1, column: 1))
        } catch {
            return .refused(error.message)
        }
        do {
            let plain = try PlainExpression(expression, variables: variables)
            return judge(plain.evaluate(values))
        } catch {
            return .refused("\(error)")
        }
    }

    private func judge(_ found: Value) -> Outcome {
        guard let expected = value else {
            return found.cause == nil ? .wrong("\(found), where CEL fails") : .passed
        }
        if let cause = found.cause { return .refused("\(cause)") }
        guard let wanted = CELCase.text(expected) else {
            return .wrong("\(found), where CEL has a value outside the subset")
        }
        let given = CELCase.text(found)
        return given == wanted ? .passed : .wrong("\(given), where CEL has \(wanted)")
    }

    private static func bound(_ json: [String: Any]) -> (Value, RuleType)? {
        if let text = json["int64Value"] as? String, let number = Int64(text) {
            return (.integer(number), .integer)
        }
        if let bool = json["boolValue"] as? Bool { return (.bool(bool), .bool) }
        if let text = json["stringValue"] as? String { return (.text(text), .text) }
        return nil
    }

    /// A value of the data in words that are compared, or nil for types outside the subset.
    private static func text(_ json: [String: Any]) -> String? {
        if let number = json["int64Value"] as? String { return "int \(number)" }
        if let bool = json["boolValue"] as? Bool { return "bool \(bool)" }
        if let text = json["stringValue"] as? String { return "string \(Array(text.utf8))" }
        if let list = json["listValue"] as? [String: Any] {
            let items = list["values"] as? [[String: Any]] ?? []
            let texts = items.compactMap { text($0) }
            return texts.count == items.count ? "list \(texts)" : nil
        }
        return nil
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .integer(let number): "int \(number)"
        case .bool(let bool): "bool \(bool)"
        case .text(let text): "string \(Array(text.utf8))"
        case .list(let values): "list \(values.map { text($0) })"
        default: "\(value)"
        }
    }
}
