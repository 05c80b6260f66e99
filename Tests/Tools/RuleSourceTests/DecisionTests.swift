import Primitives
import RuleEngine
import RuleLanguage
import TestSupport
import Testing

@testable import RuleSource

/// Conditions over rows that a caller has, against the plain evaluation of the same.
@Suite("Decisions over named values")
struct DecisionTests {
    private static let variables: [(name: String, type: RuleType)] = [
        ("amount", .decimal), ("age", .integer), ("days", .integer), ("code", .text),
        ("on", .date),
    ]

    /// A row of few values, some of which are missing.
    private static func row(_ random: inout SplitMix) -> [String: Value] {
        var row: [String: Value] = [:]
        func isThere() -> Bool { !random.chance(20) }
        if isThere() {
            row["amount"] = .decimal(
                ExactDecimal(coefficient: Int64(random.below(9)), scale: 1) ?? .zero)
        }
        if isThere() { row["age"] = .integer(Int64(random.below(4))) }
        if isThere() { row["days"] = .integer(Int64(random.below(4))) }
        if isThere() { row["code"] = .text(["a", "b", "c"][random.below(3)]) }
        if isThere() { row["on"] = .date(Day(number: Int32(random.below(3)))) }
        return row
    }

    private static func words(_ value: Value) -> String {
        if case .bool(let bool) = value { return "\(bool)" }
        return "unknown"
    }

    @Test(
        "a decision is what the plain evaluation says, whatever is missing",
        arguments: [
            "amount > decimal('0.3') && age < 2 && days > 1 && code in ['a', 'b']",
            "age < 2", "age < 2 || days > 1", "!(age < 2 && days > 1) && code != 'a'",
            "known(age) && age > 0 && (known(days) ? days : age) > 1",
            "[1, 2].exists(x, x == age) && days == age && days > 0",
            "otherwise(age, 3) > 1 && same(days, age)", "code.startsWith('a') && age > 0",
            "on >= date('1970-01-02') && age + days > 2 && age > 0", "true",
            "age / days > 0 && age > 0",
        ])
    func equality(text: String) throws {
        let expression = try ExpressionParser.expression(text, at: .none)
        var decision = try Decision(expression, variables: Self.variables)
        let plain = try PlainExpression(expression, variables: Self.variables)
        var random = SplitMix(seed: 5)
        var typedCount = 0
        for _ in 0..<400 {
            let row = Self.row(&random)
            let values = Self.variables.map {
                row[$0.name] ?? .unknown(.missing(kind: "row", field: $0.name))
            }
            #expect(
                Self.words(decision.decide(row)) == Self.words(plain.evaluate(values)),
                "\(text) of \(row)")
            guard row.count == values.count, let typed = decision.words(values) else { continue }
            // What programs cannot tell is told by values.
            let told = decision.decide(words: [0, 0] + typed, at: 2)
            #expect(told == nil || "\(told == true)" == Self.words(plain.evaluate(values)))
            if told != nil { typedCount += 1 }
        }
        #expect(typedCount > 50 || text.contains("/"), "\(text)")
    }
}
