import Foundation
import RuleEngine
import RuleLanguage
import Testing

@testable import RuleSource

@Suite("Folders of rules")
struct RuleFolderTests {
    private static let rule = """
        id: XX-01
        title: Many days
        status: draft
        level: low
        result: suspicious
        each: dispense as d
        when: d.days > limit('x')
        subject: d.patient
        say: "{d.days} days"

        """
    private static let limits =
        "name: limits\nsource: s\nlicence: l\nkeys: [{column: name, type: text}]\n"
        + "values: [{column: value, type: decimal}]\n"

    /// What a folder with these files gives.
    private func folder(_ files: [String: String]) throws -> RuleFolder {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "rule-folder-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: path) }
        for (name, text) in files {
            let file = path.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return RuleFolder(path: path.path)
    }

    private func messages(_ files: [String: String]) throws -> [String] {
        try folder(files).errors.map(\.description)
    }

    private static let right = [
        "a/XX-01.yaml": rule, "tables/limits.yaml": limits,
        "tables/limits.csv": "name,value\nx,3\n",
    ]

    @Test("what is wrong with a whole file or folder is told without a line")
    func whole() {
        #expect(
            RuleFolder(path: "/nowhere/rules").errors.map(\.description)
                == ["/nowhere/rules: there are no rules here"])
    }

    @Test("rules, tables and predicates are found, and cases are no rules")
    func right() throws {
        var files = Self.right
        files["a/XX-01.tests.yaml"] = "rule: XX-01\nflag: [x]\n"
        files["predicates/p.yaml"] = "predicate: p\ntakes: {person: patient}\nholds: 'true'\n"
        files["notes.txt"] = "no rule"
        let found = try folder(files)
        #expect(found.errors.isEmpty, "\(found.errors)")
        #expect(found.rules.map(\.rule.header.id) == ["XX-01"])
        #expect(found.tables.map(\.schema.name) == ["limits"])
        #expect(found.predicates.map(\.name.name) == ["p"])
    }

    @Test("every file's error is told, with its file")
    func errors() throws {
        var files = Self.right
        files["a/XX-02.yaml"] = Self.rule
        #expect(try messages(files).contains { $0.contains("holds a rule with the id XX-01, too") })
        files["a/XX-02.yaml"] = Self.rule.replacing("XX-01", with: "XX-02")
            .replacing("d.days >", with: "d.dayz >")
        files["a/XX-03.yaml"] = "id: [\n"
        let found = try messages(files)
        #expect(found.count == 2)
        #expect(found[0].contains("a/XX-02.yaml:7:7: a dispense has no field 'dayz'"))
        #expect(found[1].contains("a/XX-03.yaml") && found[1].contains("no YAML"))
    }

    @Test("what is written out and cannot be right is told, with the nearest that is there")
    func constants() throws {
        var files = Self.right
        func message(_ line: String, of file: String = "a/XX-01.yaml") throws -> String {
            files[file] = Self.rule.replacing("when: d.days > limit('x')", with: line)
            let found = try messages(files)
            return found.count == 1 ? found[0] : "\(found)"
        }
        files["tables/limits.csv"] = "name,value\nrefill.early,3\n"
        #expect(
            try message("when: d.days > limit('refil.early')").hasSuffix(
                "a/XX-01.yaml:7:22: the table 'limits' has no row whose name is 'refil.early'; "
                    + "did you mean 'refill.early'?"))
        #expect(try message("when: lookup('limits.value', 'x') > 3").contains(":7:30: "))
        #expect(
            try message("when: d.date > date('2026-02-30')").contains(
                ":7:21: '2026-02-30' is not a day"))
        #expect(try message("when: decimal('0.5.3') > d.days").contains("is not a decimal such"))
        files["a/XX-01.yaml"] = Self.rule.replacing("limit('x')", with: "limit('refill.early')")
        #expect(try messages(files).isEmpty)
        // A table without rows is one whose rows come from elsewhere.
        files["tables/limits.csv"] = "name,value\n"
        #expect(try messages(files).isEmpty)
        files["tables/limits.csv"] = "name,value\nrefill.early,3\n"
        files["predicates/p.yaml"] =
            "predicate: p\ntakes: {days: int}\nholds: days > limit('x')\n"
        #expect(try messages(files).map { $0.contains("predicates/p.yaml:3:21: ") } == [true])
    }

    @Test("a file named after another rule, a stage that is none and a field twice are told")
    func heads() throws {
        var files = Self.right
        files["a/XX-01.yaml"] = nil
        files["a/XX-9.yaml"] = Self.rule
        #expect(
            try messages(files).map { $0.contains("the rule in it has the id XX-01") } == [true])
        files["a/XX-9.yaml"] = nil
        files["a/XX-01.yaml"] = Self.rule + "stage: befor, after\n"
        #expect(
            try messages(files).first?.hasSuffix(
                "a/XX-01.yaml:10:8: 'befor' is none of before, during, after") ?? false)
        files["a/XX-01.yaml"] = Self.rule + "stage: [before, after]\n"
        #expect(try messages(files).isEmpty)
        files["a/XX-01.yaml"] = Self.rule.replacing("id: XX-01", with: "id: XX 01")
        #expect(
            try messages(files).first?.contains(
                "a/XX-01.yaml:1:5: 'XX 01' is no id; one has 1 to 32 letters") ?? false)
        files["a/XX-01.yaml"] = Self.rule + "level: high\n"
        #expect(
            try messages(files).first?.hasSuffix(
                "a/XX-01.yaml:10:1: the field 'level' stands twice") ?? false)
        files["a/XX-01.yaml"] = Self.rule + "fund typ: x\n"
        #expect(
            try messages(files).first?.hasSuffix(
                ":10:1: there is no field 'fund typ'; did you mean 'fund type'?") ?? false)
    }

    @Test("what is wrong with a predicate is told once, in its own file, whoever asks it or nobody")
    func predicates() throws {
        let wrong =
            "predicate: late\ntakes: {person: patient}\nwith:\n"
            + "  stays: encounter of person where clazz == 'x'\nholds: stays.any()\n"
        var files = Self.right
        files["predicates/late.yaml"] = wrong
        let unused = try messages(files)
        #expect(unused.count == 1)
        #expect(unused[0].contains("predicates/late.yaml:4:36: "), "\(unused)")
        #expect(unused[0].contains("there is nothing called 'clazz' here"))
        files["a/XX-01.yaml"] = Self.rule.replacing(
            "subject:", with: "except: [late(d.patient)]\nsubject:")
        files["predicates/very.yaml"] =
            "predicate: very\ntakes: {person: patient}\nholds: late(person)\n"
        let used = try messages(files)
        #expect(used.count == 1 && used[0].contains("predicates/late.yaml:4:36: "), "\(used)")
        // What is wrong with how it is asked is so where it is asked.
        files["predicates/late.yaml"] = wrong.replacing("clazz", with: "class")
        files["predicates/very.yaml"] =
            "predicate: very\ntakes: {day: date}\nholds: late(day)\n"
        let asked = try messages(files)
        #expect(asked.count == 1 && asked[0].contains("predicates/very.yaml:3:13: "), "\(asked)")
        files["predicates/very.yaml"] =
            "predicate: very\ntakes: {person: patient}\nholds: very(person)\n"
        let circle = try messages(files)
        #expect(circle.count == 1 && circle[0].contains("very.yaml:3:8: "), "\(circle)")
        files["predicates/very.yaml"] = wrong.replacing("clazz", with: "class")
        #expect(try messages(files).contains { $0.contains("holds a predicate 'late', too") })
    }

    @Test("an error shows its line, with carets under the place, and of a long line what is near")
    func excerpt() {
        func error(_ line: Int, _ column: Int, _ length: Int = 1) -> SourceError {
            SourceError(
                file: "f", position: SourcePosition(line: line, column: column, length: length),
                message: "m")
        }
        let text = "id: x\n\twhen: d.dayz > 3\n"
        #expect(
            error(2, 8, 6).excerpt(of: text) == ["    \twhen: d.dayz > 3", "    \t      ^^^^^^"])
        #expect(error(1, 6).excerpt(of: text) == ["    id: x", "         ^"])
        for place in [(0, 0), (9, 1), (1, 30), (1, 0)] {
            #expect(error(place.0, place.1).excerpt(of: text).isEmpty)
        }
        let long = String(repeating: "a", count: 200) + "b" + String(repeating: "c", count: 200)
        let shown = error(1, 201).excerpt(of: long)
        #expect(shown.map(\.count) == [126, 66], "\(shown)")
        #expect(shown[0].hasPrefix("    …aaa") && shown[0].hasSuffix("ccc…"))
    }

    @Test("a manifest without rows, and a folder without rules, are errors")
    func missing() throws {
        var files = Self.right
        files["tables/limits.csv"] = nil
        #expect(try messages(files).contains { $0.contains("limits.csv") })
        #expect(try messages(["notes.txt": ""]).contains { $0.contains("no rules here") })
        #expect(RuleFolder(path: "/nowhere/at/all").errors.count == 1)
    }

    @Test("formatting puts fields in order, spaces expressions alike, and keeps comments")
    func format() throws {
        let written = """
            # What this rule is about.
            id: XX-01
            say: "{d.days} days"
            subject:   d.patient
            # Long supplies.
            when: (d.days>limit( 'x' ))&&known(d.drug)
            with:
              past:   dispense  of d.patient within 30d before d.date where days>3
            each: dispense as d
            except: [ 'past.any(days  in [1,2])' , "known( d.paid )"]
            title: Many days
            level: low
            status: draft
            result: suspicious

            """
        let wanted = """
            # What this rule is about.
            id: XX-01
            title: Many days
            status: draft
            level: low
            result: suspicious
            each: dispense as d
            with:
              past: dispense of d.patient within 30d before d.date where days > 3
            # Long supplies.
            when: d.days > limit('x') && known(d.drug)
            except: ["past.any(days in [1, 2])", known(d.paid)]
            subject: d.patient
            say: "{d.days} days"

            """
        let reader = RuleReader(schema: .facts(tables: []))
        let formatted = try RuleFormatter.format(
            written, file: "a.yaml", reader: reader, predicates: [])
        #expect(formatted == wanted)
        #expect(
            try RuleFormatter.format(formatted, file: "a.yaml", reader: reader, predicates: [])
                == formatted)
        #expect(throws: SourceError.self) {
            try RuleFormatter.format("when: (", file: "a.yaml", reader: reader, predicates: [])
        }
    }

    @Test("the line that names a schema stays the first, of rules, predicates and reasoning rules")
    func schemaLine() throws {
        let head = "# yaml-language-server: $schema=../x.schema.json\n"
        let reader = RuleReader(schema: .facts(tables: []), reasoning: ["late"])
        func format(_ text: String) throws -> String {
            try RuleFormatter.format(text, file: "a.yaml", reader: reader, predicates: [])
        }
        let predicate =
            "# What it asks.\npredicate: p\ntakes: {person: patient}\nholds: known(person)\n"
        #expect(try format(head + predicate) == head + predicate)
        let reasoning = "derives: late\neach: dispense as d\n"
        #expect(try format(head + reasoning) == head + reasoning)
        let first = "id: XX-01\n"
        let rest = String(Self.rule.dropFirst(first.count))
        #expect(try format(head + "# Last.\n" + rest + first).hasPrefix(head + first))
    }

    @Test("cases that no threshold matters to are called weak, and cases at the edge are not")
    func mutation() throws {
        let found = try folder(Self.right)
        let rule = try #require(found.rules.first).rule
        func unnoticed(_ flagged: Int, _ clear: Int) throws -> [String] {
            let file = try RuleTestReader.read(
                """
                rule: XX-01
                facts:
                  d: {dispense: {patient: p1, days: 9}}
                flag: [{much: {d.days: \(flagged)}}]
                no flag: [{little: {d.days: \(clear)}}]
                """, file: "t.yaml")
            return try RuleMutation.unnoticed(file, rule: rule, tables: found.tables).unnoticed
        }
        #expect(try unnoticed(4, 3) == [])
        #expect(try unnoticed(90, 3) == ["limit('x') a fifth larger"])
        #expect(try unnoticed(4, 1) == ["limit('x') a fifth smaller"])
        #expect(try unnoticed(90, 1).count == 2)
    }
}
