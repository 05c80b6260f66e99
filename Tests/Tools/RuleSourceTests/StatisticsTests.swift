import Primitives
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

/// What rules ask of all rows of a window together, over claims of one patient.
@Suite("Mean, quantile, concentration, currency and decision tables")
struct StatisticsTests {
    private static let schema = RuleSchema.facts(tables: [])

    private func rule(_ when: String, with: String = "") -> String {
        """
        id: XX-01
        title: A question
        status: draft
        level: low
        result: suspicious
        each: patient as p
        with:
          lines: claim_line of p.patient
        \(with)
        when: \(when)
        subject: p.patient
        say: "it holds"
        """
    }

    private func errors(_ text: String) -> String {
        do {
            let read = try RuleReader(schema: Self.schema).rule(text, file: "X", predicates: [])
            _ = try read.check(against: Self.schema)
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// Whether the condition holds for lines with these prices, in cents; nil: it cannot be said.
    private func holds(
        _ when: String, with: String = "", prices: [Int], codes: [String] = [],
        currency: String = "USD"
    ) throws -> Bool? {
        let read = try RuleReader(schema: Self.schema).rule(
            rule(when, with: with), file: "X", predicates: [])
        let lines = prices.enumerated().map { index, price in
            let code = codes.isEmpty ? "a" : codes[index]
            let amount = "\(price / 100).\(price % 100 < 10 ? "0" : "")\(price % 100) \(currency)"
            return """
                  l\(index): {claim_line: {patient: p1, line: \(price), code: x|\(code), \
                price: \(amount)}}
                """
        }
        let file = try RuleTestReader.read(
            """
            rule: XX-01
            facts:
            \(lines.joined(separator: "\n"))
              p: {patient: {patient: p1}}
            flag: [it]
            """, file: "t.yaml")
        var engine = try Engine(rules: [try read.check(against: Self.schema)], tables: [])
        engine.take(file.cases[0].facts, present: Timestamp(milliseconds: 4_000_000_000_000))
        switch engine.judged.first?.verdict {
        case .finding: return true
        case .notEvaluated: return nil
        default: return false
        }
    }

    @Test(
        "a quantile is the value at its nearest rank",
        arguments: [
            (50, [3, 1, 2], 2), (50, [4, 1, 3, 2], 2), (0, [3, 1, 2], 1), (100, [3, 1, 2], 3),
            (75, [1, 2, 3, 4], 3), (76, [1, 2, 3, 4], 4), (95, [7], 7), (1, [5, 5, 5], 5),
        ])
    func quantiles(percent: Int, values: [Int], result: Int) throws {
        #expect(try holds("lines.quantile(line, \(percent)) == \(result)", prices: values) == true)
        #expect(
            try holds("lines.quantile(line, \(percent)) == \(result + 1)", prices: values) == false)
    }

    @Test(
        "a mean of numbers is an exact quotient, one of money is rounded half to even",
        arguments: [
            ("lines.avg(line) == ratio(4, 3)", [1, 1, 2], true),
            ("lines.avg(line) > decimal('1.33')", [1, 1, 2], true),
            ("lines.avg(line) > decimal('1.34')", [1, 1, 2], false),
            ("lines.avg(price) == lines.min(price)", [250, 250], true),
            ("lines.avg(price) == lines.first(price)", [250, 251], true),
            ("lines.avg(price) == lines.first(price)", [252, 251], true),
        ])
    func means(when: String, prices: [Int], result: Bool) throws {
        #expect(try holds(when, prices: prices) == result)
    }

    @Test(
        "concentration is the sum of squared shares in parts per million",
        arguments: [
            (["a", "a", "a"], 1_000_000), (["a", "b"], 500_000), (["a", "b", "c"], 333_333),
            (["a", "a", "b"], 555_556), (["a", "b", "c", "d"], 250_000),
        ])
    func concentrations(codes: [String], result: Int) throws {
        let prices = Array(repeating: 1, count: codes.count)
        #expect(
            try holds("lines.concentration(code) == \(result)", prices: prices, codes: codes)
                == true)
    }

    @Test(
        "what recurs is counted by how many different values of something else it stands with",
        arguments: [
            (["a", "a", "b"], [1, 2, 3], 2, 1), (["a", "a", "b"], [1, 1, 3], 2, 0),
            (["a", "b", "a", "b"], [1, 1, 2, 3], 2, 2), (["a", "b"], [1, 2], 1, 2),
            (["a", "a", "a"], [1, 2, 3], 4, 0), (["a"], [1], 0, 1),
        ])
    func recurrences(codes: [String], prices: [Int], times: Int, result: Int) throws {
        let when = "lines.recurring(code, price, \(times)) == \(result)"
        #expect(try holds(when, prices: prices, codes: codes) == true)
        #expect(try holds("lines.recurring(code, price, 1) == 0", prices: []) == true)
    }

    @Test("of no rows none of them is known")
    func noRows() throws {
        for question in ["quantile(line, 50)", "avg(line)", "concentration(code)"] {
            #expect(try holds("lines.\(question) == 1", prices: []) == nil)
        }
    }

    @Test("an amount tells its currency")
    func currency() throws {
        let when = "lines.any(price.currency == 'EUR')"
        #expect(try holds(when, prices: [100], currency: "EUR") == true)
        #expect(try holds(when, prices: [100]) == false)
    }

    @Test("the first row of a decision table that holds gives the value")
    func decisions() throws {
        let with = """
              size:
                - {when: lines.count() > 2, is: "'many'"}
                - {when: lines.count() > 1, is: "'some'"}
                - {is: "'few'"}
            """
        #expect(try holds("size == 'many'", with: with, prices: [1, 2, 3]) == true)
        #expect(try holds("size == 'some'", with: with, prices: [1, 2]) == true)
        #expect(try holds("size == 'few'", with: with, prices: [1]) == true)
    }

    @Test(
        "what is wrong with them is told",
        arguments: [
            ("lines.quantile(line) > 3", "'quantile' takes a value of each row and a percent"),
            ("lines.quantile(line, 101) > 3", "write a whole number from 0 to 100"),
            ("lines.quantile(line, line) > 3", "write a whole number from 0 to 100"),
            ("lines.quantile(code, 50) > 3", "must be a value that has an order"),
            ("lines.avg(code) > 3", "must be a number or an amount"),
            ("lines.recurring(code, 3) > 3", "'recurring' takes a value of each row, what is to"),
            ("lines.recurring(code, line, code) > 3", "the number of 'recurring'"),
            ("lines.quantle(line, 50) > 3", "did you mean 'quantile'?"),
            ("lines.any(price.curency == 'EUR')", "money has currency"),
        ])
    func wrong(when: String, message: String) {
        let found = errors(rule(when))
        #expect(found.contains(message), "\(found)")
    }

    @Test("a decision table says where it is wrong")
    func wrongDecisions() {
        let tables: [(rows: String, message: String)] = [
            ("    - {when: true, is: 1}", "the last row of a decision says what is so else"),
            ("    - {is: 1}\n    - {is: 2}", "only the last row of a decision stands without"),
            (
                "    - {when: true, is: 1}\n    - {is: \"'a'\"}",
                "must be int, as what is given before it"
            ),
            ("    - {whne: true, is: 1}", "there is no field 'whne'"),
        ]
        for (rows, message) in tables {
            let found = errors(rule("true", with: "  x:\n\(rows)"))
            #expect(found.contains(message), "\(found)")
        }
    }
}
