import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

/// A rule over dispenses with one line replaced.
private func rule(_ line: String) -> String {
    """
    id: XX-01
    title: A rule that is wrong in one line
    status: draft
    level: low
    result: suspicious
    each: dispense as d
    with:
      past: dispense of d.patient within 180d before d.date where drug == d.drug
    \(line)
    subject: d.patient
    say: "something"
    """
}

@Suite("What the checker says of rules that are wrong")
struct ExpressionErrorsTests {
    private static let table = TableSchema(
        name: "limits", keys: [.init(name: "name", type: .text)],
        values: [.init(name: "value", type: .decimal)], hasValidity: false)
    private static let schema = RuleSchema.facts(tables: [table])

    private func errors(_ text: String) throws -> [String] {
        let rule: Rule
        do throws(SourceError) {
            rule = try RuleReader(schema: Self.schema).rule(text, file: "X.yaml", predicates: [])
        } catch {
            return ["\(error)"]
        }
        do throws(RuleErrors) {
            _ = try rule.check(against: Self.schema)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    @Test("a rule that is right has nothing said of it")
    func right() throws {
        #expect(try errors(rule("when: past.any() && d.days > limit('x')")) == [])
    }

    @Test(
        "names that are wrong get line, column and the nearest name",
        arguments: [
            ("when: d.dayz > 3", "9:7: a dispense has no field 'dayz'; did you mean 'days'?"),
            ("when: e.days > 3", "9:7: there is nothing called 'e' here; did you mean 'd'?"),
            ("when: past.any() && pst.any()", "9:21: there is nothing called 'pst' here; did you"),
            ("when: past.anny()", "there is no function or predicate 'anny'; did you mean 'any'?"),
            ("when: knwon(d.days)", "no function or predicate 'knwon'; did you mean 'known'?"),
            (
                "when: d.days > lookup('limit.value', 'x')",
                "no knowledge table 'limit'; did you mean"
            ),
            (
                "when: d.days > lookup('limits.valu', 'x')",
                "no value column 'valu'; did you mean 'v"
            ),
            (
                "when: past.any(dayz > 3)",
                "there is nothing called 'dayz' here; did you mean 'days'?"
            ),
        ])
    func names(line: String, message: String) throws {
        let found = try errors(rule(line))
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test(
        "types that do not fit are told with what would",
        arguments: [
            ("when: d.days", "what stands after 'when:' must be bool, and this is int"),
            (
                "when: d.days > '3'",
                "'>' does not join int and text; a number compares with numbers"
            ),
            ("when: 'd.days ? true : false'", "the condition of a choice must be bool"),
            (
                "when: \"(known(d.days) ? 1 : 'x') == 1\"",
                "what a choice gives must be int, as what is given before it, and this is text"
            ),
            ("when: d.days ? true : false", "put quotes around a text that has ': ' in it"),
            ("when: d.pharmacy > d.date", "each compares with its own type alone"),
            ("when: size(past) > 3", "'size' takes (text) or (list), and got (a window of"),
            ("when: d.drug == 'x'", "compare its .code, or ask 'in class(…)'"),
            ("when: d.quantity > 3", "value('mg') gives the number of a quantity in a unit"),
            ("when: d.date > past.last(anchored)", "date(…) gives the day of an instant"),
            ("when: d.date - d.date > 3", "write the days as 30d"),
            ("when: past > 3", "ask the window for count(), sum(…) or the like"),
            ("when: past.days > 3", "'past' is a window of rows; ask for count(), any()"),
            ("when: d.days == null", "ask known(x) whether a value is known"),
            ("when: past.sum(drug) == d.drug", "must be a number, amount or quantity"),
            ("when: age(d.date) > 3", "'age' takes (date, date), and got (date)"),
            ("when: limit(3) > 3", "the key 'name' of the table 'limits' must be text"),
            ("when: lookup(d.days, 'x') > 3", "must be written out, not computed"),
            ("when: string(d.drug).matches('(a')", "a '(' without its ')'"),
            ("when: d.paid / 2 == d.paid", "say to how many digits: divide(a, b, 2)"),
            ("when: d.paid > 3", "a limit in money stands in a table"),
            ("when: past.cnt() > 3", "no function or predicate 'cnt'; there are all, any, avg,"),
            ("when: lookup('limits.value') > 3", "takes for the table 'limits' name: text, and g"),
            ("when: d.days.any()", "'.any()' after int cannot stand here"),
            (
                "when: d.days > 3 and d.days < 5",
                "9:18: expected an operator, or the end, found 'and'; did you mean '&&'?"
            ),
            (
                "when: d.days > 3 & d.days < 5",
                "'&' has no meaning in an expression; did you mean '&&'?"
            ),
        ])
    func types(line: String, message: String) throws {
        let found = try errors(rule(line))
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test(
        "windows that cannot be are told with what is missing",
        arguments: [
            ("dispense within 3d before d.date", "what the rows are found by"),
            ("dispense of d.prescriber and d.days within 3d before d.date", ""),
            ("prescription of d.prescriber within 2h before d.date", "an instant, because the"),
            ("dispense of d.patient within 2h before d.date", "which has no hours; count in days"),
            ("patient of d.patient within 3d before d.date", "has no time of its own"),
            ("access of d.patient within 3 before d.date", "a length of time such as 30d or 2h"),
            ("dispense of d.patient where d.days", "what stands after 'where' must be bool"),
            (
                "claim_line of d.patient on d.days",
                "the end of a window must be a date or an instant"
            ),
            ("claim of d.drug", "a claim has no field of type code to find it by"),
            ("dispens of d.patient", "no kind of fact called 'dispens'; did you mean 'dispense'?"),
            ("dispense of d.patient overlaps d", "or one of within, before, up to, after, from,"),
            ("dispense of d.patient where days = 3", "&&, ||, found '='; did you mean '=='?"),
        ])
    func windows(window: String, message: String) throws {
        let text = rule("when: past.any()").replacing(
            "past: dispense of d.patient within 180d before d.date where drug == d.drug",
            with: "past: \(window)")
        let found = try errors(text)
        // What asks the window is right, and nothing is said of it.
        #expect(found.count == (message.isEmpty ? 0 : 1), "\(found)")
        #expect(message.isEmpty || found.contains { $0.contains(message) }, "\(found)")
    }

    @Test("a name that is used above its place is told so, and what hangs on it is not")
    func later() throws {
        let text = rule("when: b > 1 && past.any()").replacing(
            "with:\n", with: "with:\n  a: b + 1\n  b: a + 1\n")
        let found = try errors(text)
        #expect(
            found == ["8:6: 'b' stands further below; a name can be used by what stands after it"])
    }

    @Test(
        "in texts over several lines, and in quotes, errors stand where the wrong word is",
        arguments: [
            ("when: >-\n  past.any()\n  && d.dayz > 3", "11:6: "),
            ("when: |\n  past.any()\n  && d.dayz > 3", "11:6: "),
            ("when: past.any() &&\n      d.dayz > 3", "10:7: "),
            ("when: 'd.drug.code == ''x'' && d.dayz > 3'", "9:32: "),
            ("when: \"d.drug.code == \\\"x\\\" && d.dayz > 3\"", "9:32: "),
            ("when: past.any(dayz > 3)", "9:16: "),
        ])
    func lines(line: String, place: String) throws {
        let found = try errors(rule(line))
        #expect(found.count == 1 && found[0].hasPrefix(place), "\(found)")
    }

    @Test("everything that is wrong is told at once, in the order of the rule")
    func all() throws {
        let found = try errors(
            rule("when: d.dayz > 3\nexcept: [\"d.nothing\"]\namount: d.days"))
        #expect(found.map { $0.prefix(5) } == ["9:7: ", "10:11", "11:9:"], "\(found)")
    }
}
