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
    private func errors(_ reasoning: [String: String]) throws -> [String] {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "reasoning-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: path) }
        var files = ["x/XX-01.yaml": Self.rule]
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

    @Test(
        "names that are taken or unknown, and rows of its own, are refused",
        arguments: [
            ("derives: claim\neach: dispense as d\n", "already a kind of fact"),
            ("derives: a\neach: a as d\n", "its facts hang on those of 'a'"),
            ("derives: a\neach: dispence as d\n", "did you mean 'dispense'?"),
            ("derives: a\neach: dispense as d\ngives: {days: d.days}\n", "already a field"),
            ("derives: a\neach: dispense as d\nwhen: d.days\n", "must be bool"),
            ("derives: a\neach: dispense as d\nwhne: d.days\n", "there is no field 'whne'"),
        ])
    func refused(text: String, message: String) throws {
        let found = try errors(["a": text])
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test("two files that derive one kind are refused")
    func twice() throws {
        let text = "derives: a\neach: dispense as d\n"
        let found = try errors(["a": text, "a2": text])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("reasoning/a2.yaml:1:10: ") ?? false, "\(found)")
        #expect(found.first?.hasSuffix("a.yaml derives 'a', too") ?? false, "\(found)")
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
