import Foundation
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

@Suite("What is wrong with reasoning rules")
struct ReasoningErrorsTests {
    private static let rule = """
        id: XX-01
        title: t
        status: draft
        level: low
        result: suspicious
        each: a as d
        when: d.days > 1
        subject: d.patient
        say: "x"

        """

    /// The errors of a folder with a rule about facts `a`, and these reasoning rules.
    private func errors(
        _ reasoning: [String: String], rule: String = Self.rule
    ) throws -> [String] {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "reasoning-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: path) }
        var files = ["x/XX-01.yaml": rule]
        for (name, text) in reasoning { files["reasoning/\(name).yaml"] = text }
        for (name, text) in files {
            let file = path.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return RuleFolder(path: path.path).errors.map {
            $0.description.replacing(path.path + "/", with: "")
        }
    }

    private static func asking(_ name: String, _ other: String, _ when: String) -> String {
        """
        derives: \(name)
        each: dispense as d
        with:
          w: \(other) of d.patient before d.date
        when: "\(when)"

        """
    }

    @Test("a circle through a negation is refused, with its file, line, column and way")
    func negation() throws {
        let found = try errors([
            "a": Self.asking("a", "b", "w.any()"), "b": Self.asking("b", "c", "w.any()"),
            "c": Self.asking("c", "a", "d.days > 3 && w.none()"),
        ])
        #expect(found.count == 1, "\(found)")
        #expect(
            found.first?.hasPrefix("reasoning/c.yaml:4:6: the reasoning rules c → a → b → c ")
                ?? false, "\(found)")
    }

    @Test(
        "a circle goes through nothing but any",
        arguments: [
            "!w.any()", "w.count() > 1", "w.all(days > 1)", "w.sum(days) > 4", "!(!w.any())",
            "w.any() == true", "known(w.any())", "(w.any() ? true : d.days > 2)",
        ])
    func onlyAny(when: String) throws {
        #expect(try errors(["a": Self.asking("a", "a", when)]).count == 1)
    }

    @Test(
        "any, and, or lead back without harm",
        arguments: ["w.any()", "w.any(days > 2) || d.days > 3"])
    func positive(when: String) throws {
        #expect(try errors(["a": Self.asking("a", "a", when)]).isEmpty)
    }

    @Test("a value, a key or an end that hangs on a circle is refused")
    func values() throws {
        let given = "derives: a\neach: dispense as d\nwith:\n  w: a of d.patient before d.date\n"
        #expect(try errors(["a": given + "gives: {n: w.count()}\n"]).count == 1)
        let end = given + "  v: dispense of d.patient after w.last(date)\nwhen: v.any()\n"
        #expect(try errors(["a": end]).count == 1)
    }

    @Test("what is wrong in a reasoning rule is told once, in its own file")
    func once() throws {
        let found = try errors([
            "a": Self.asking("a", "b", "w.any()"),
            "b": "derives: b\neach: dispense as d\nwhen: d.dayz > 1\n",
        ])
        #expect(
            found == ["reasoning/b.yaml:3:7: a dispense has no field 'dayz'; did you mean 'days'?"])
    }

    @Test("a rule that asks a reasoning rule which is wrong is not blamed for it")
    func blame() throws {
        let asks = Self.rule.replacing(
            "each: a as d", with: "each: dispense as d\nwith:\n  w: a of d.patient"
        )
        .replacing("d.days > 1", with: "w.any() && w.count() > 1")
        let found = try errors(
            ["a": "derives: a\neach: dispense as d\nwhen: d.dayz > 1\n"], rule: asks)
        #expect(
            found == ["reasoning/a.yaml:3:7: a dispense has no field 'dayz'; did you mean 'days'?"])
        // Nor where its file cannot be read at all.
        for broken in ["derives: a\neach: dispense as d\nwhne: d.days > 1\n", "derives: [\n"] {
            let found = try errors(["a": broken], rule: asks)
            #expect(found.count == 1 && found[0].hasPrefix("reasoning/a.yaml:"), "\(found)")
        }
    }

    @Test(
        "names that are taken or unknown, and rows of its own, are refused",
        arguments: [
            ("derives: claim\neach: dispense as d\n", "already a kind of fact"),
            ("derives: a\neach: a as d\n", "its facts hang on those of 'a'"),
            ("derives: a\neach: dispence as d\n", "did you mean 'dispense'?"),
            ("derives: a\neach: dispense as d\ngives: {days: d.days}\n", "already a field"),
            ("derives: a\neach: dispense as d\nwhen: d.days\n", "must be bool"),
            ("derives: a\neach: dispense as d\nwhne: d.days\n", "there is no field 'whne'; did"),
        ])
    func refused(text: String, message: String) throws {
        let found = try errors(["a": text])
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test("two files that derive one kind are told apart by names")
    func twice() throws {
        let text = "derives: a\neach: dispense as d\n"
        let found = try errors(["a": text, "a2": text])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("reasoning/a2.yaml:1:10: ") ?? false, "\(found)")
        #expect(
            found.first?.hasSuffix("a.yaml derives 'a' too; tell the two apart: 'rule: NAME'")
                ?? false, "\(found)")
        let named = "derives: a\nrule: x\neach: dispense as d\n"
        #expect(try errors(["a": text, "a2": named]).isEmpty)
        let again = try errors(["a": named, "a2": named])
        #expect(again.first?.hasPrefix("reasoning/a2.yaml:2:7: ") ?? false, "\(again)")
        #expect(again.first?.hasSuffix("a.yaml derives 'a' by 'x', too") ?? false, "\(again)")
    }

    private static let first = "derives: a\nrule: x\neach: dispense as d\ngives: {n: d.days}\n"

    @Test(
        "rules that derive one kind give the same, or it is told where they do not",
        arguments: [
            (
                "derives: a\nrule: y\neach: claim as c\n", "reasoning/a2.yaml:1:10: ",
                "'n' is not given here, and 'a by x' gives it as int"
            ),
            (
                "derives: a\nrule: y\neach: claim as c\ngives:\n  n: c.type\n",
                "reasoning/a2.yaml:5:6: ", "'n' is text here, and 'a by x' gives it as int"
            ),
            (
                "derives: a\nrule: y\neach: claim as c\ngives: {n: 1, line: 2}\n",
                "reasoning/a.yaml:1:10: ", "'line' is not given here, and 'a by y' gives it as int"
            ),
            (
                "derives: a\nrule: y\neach: claim as c\ngives: {n: 1, date: c.type}\n",
                "reasoning/a.yaml:3:7: ",
                "the 'date' of a dispense is date, and 'a by y' gives it as text"
            ),
        ])
    func unlike(text: String, place: String, message: String) throws {
        let found = try errors(["a": Self.first, "a2": text])
        #expect(found.first?.hasPrefix(place) ?? false, "\(found)")
        #expect(found.first?.contains(message) ?? false, "\(found)")
    }

    @Test("of facts on rows of several kinds only what all of them have can be asked")
    func shared() throws {
        let other = "derives: a\nrule: y\neach: claim as c\ngives: {n: 1}\n"
        for (when, message) in [
            ("w.any(days > 1)", "there is nothing called 'days' here"),
            ("w.any(n > 1 && paid.currency == 'USD')", "there is nothing called 'paid' here"),
        ] {
            let asks = Self.asking("b", "a", when)
            let found = try errors(["a": Self.first, "a2": other, "b": asks])
            #expect(found.contains { $0.contains(message) }, "\(found)")
            #expect(found.contains { $0.hasPrefix("reasoning/b.yaml:5:") }, "\(found)")
        }
        // The rule of the folder judges rows of one kind.
        let found = try errors(["a": Self.first, "a2": other])
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                "x/XX-01.yaml:6:7: 'a' cannot stand here; its facts stand on rows of") ?? false,
            "\(found)")
    }

    @Test("formatting spaces expressions alike and keeps the meaning")
    func format() throws {
        let written = """
            derives: a
            gives: {n:   d.days+1}
            when:   d.days>3
            each: dispense as d

            """
        let reader = RuleReader(schema: .facts(tables: []), reasoning: ["a"])
        let formatted = try RuleFormatter.format(
            written, file: "a.yaml", reader: reader, predicates: [])
        #expect(
            formatted
                == "derives: a\neach: dispense as d\nwhen: d.days > 3\ngives:\n  n: d.days + 1\n")
        #expect(
            try RuleFormatter.format(formatted, file: "a.yaml", reader: reader, predicates: [])
                == formatted)
    }
}
