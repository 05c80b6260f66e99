import Foundation
import RuleEngine
import RuleLanguage
import TestSupport
import Testing

@testable import RuleSource

/// The JSON Schemas for editors, as another program reads them, against the files that they are
/// of and against broken ones.
@Suite("JSON Schemas for editors")
struct SchemaFilesTests {
    private static let path: String = {
        var folder = URL(filePath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder.appending(path: "rules").path
    }()

    private static let texts = [
        "rule": RuleSchemaFile.text, "reasoning": RuleSchemaFile.reasoningText,
        "predicate": RuleSchemaFile.predicateText, "cases": CaseSchemaFile.text,
    ]

    @Test("the shipped schemas are those that the command prints", arguments: texts.keys.sorted())
    func shipped(name: String) throws {
        let schema = try String(
            contentsOfFile: Self.path + "/\(name).schema.json", encoding: .utf8)
        #expect(schema == Self.texts[name], "run 'custos rules schema'")
    }

    /// The two libraries of Python that read schemas and YAML; `./custos.sh test` installs them.
    private static let peers = ConditionTrait.enabled(
        if: Python.has("jsonschema", "yaml"), "python3 lacks packages of Tests/requirements.txt")

    @Test("every shipped file fits its schema, and none does with a field misspelt", peers)
    func files() throws {
        let found = try Self.python(
            """
            import glob, os
            count = 0
            for file in sorted(glob.glob('*/*.yaml')):
                folder = os.path.dirname(file)
                if folder == 'tables':
                    continue
                name = {'reasoning': 'reasoning', 'predicates': 'predicate'}.get(folder, 'rule')
                name = 'cases' if file.endswith('.tests.yaml') else name
                count += 1
                for loader in loaders:
                    content = yaml.load(open(file), Loader=loader)
                    for error in schemas[name].iter_errors(content):
                        print(f'{file}: {error.message[:200]}')
                    for field in list(content):
                        broken = dict(content)
                        broken[field + 'x'] = broken.pop(field)
                        if schemas[name].is_valid(broken):
                            print(f'{file}: {field}x was taken')
            print(f'{count} files' if count < 150 else 'right')
            """)
        #expect(found == "right")
    }

    /// What is wrong with a file of each kind; the readers of rules refuse each of these, too.
    private static let broken: [(schema: String, text: String)] = [
        ("predicate", "predicate: p\ntakes: {who: patients}\nholds: 'true'\n"),
        ("predicate", "predicate: p\nholds: 'true'\n"),
        ("predicate", "predicate: p\ntakes: {who: patient}\nhold: 'true'\n"),
        ("predicate", "predicate: p\ntakes: [who]\nholds: 'true'\n"),
        ("reasoning", "derives: a\neach: dispense as d\ngives: [d.days]\n"),
        ("reasoning", "derives: a\nwhen: 'true'\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispenses: {days: 3}}\nflag: [it]\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {dayz: 3}}\nflag: [it]\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {days: 3}, claim: {}}\nflag: [it]\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {days: 3}}\nflags: [it]\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {days: 3}}\nflag:\n  - it: {a.dayz: 4}\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {days: 3}}\nflag:\n  - it: {witout: a}\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {}}\nflag:\n  - it: {repeat: {a: no}}\n"),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {}}\nflag:\n  - it: {}\n    that: {}\n"),
        (
            "cases",
            "rule: X\nfacts:\n  a: {dispense: {}}\nflag:\n  - it: {sealed: {kind: dispense}}\n"
        ),
        ("cases", "rule: X\nfacts:\n  a: {dispense: {days: 3}}\n"),
        ("cases", "rule: X\ncases:\n  - {name: it, facts: [], expect: flags}\n"),
        ("cases", "rule: X\ncases:\n  - {name: it, expect: flag}\n"),
        ("cases", "rule: X\ncases:\n  - {name: it, facts: [], expect: flag, flags: [a]}\n"),
    ]

    @Test("what a schema refuses the readers refuse as well", arguments: broken.indices)
    func readers(number: Int) throws {
        let (schema, text) = Self.broken[number]
        let reader = RuleReader(schema: .facts(tables: []))
        #expect(throws: (any Error).self) {
            switch schema {
            case "predicate":
                try reader.predicate(text, file: "p.yaml")
                    .check(against: .facts(tables: []), predicates: [], reasoning: [])
            case "reasoning": _ = try reader.derivation(text, file: "r.yaml")
            default: _ = try RuleTestReader.read(text, file: "t.yaml")
            }
        }
    }

    @Test("broken files are refused by their schemas", peers)
    func refused() throws {
        let cases = try JSONEncoder().encode(Self.broken.map { [$0.schema, $0.text] })
        let found = try Self.python(
            """
            for name, text in json.loads(sys.argv[1]):
                for loader in loaders:
                    if schemas[name].is_valid(yaml.load(text, Loader=loader)):
                        print(f'{name} takes {text!r}')
            print('right')
            """, String(decoding: cases, as: UTF8.self))
        #expect(found == "right")
    }

    /// What a program in Python prints that has the schemas and two readers of YAML.
    ///
    /// For one every scalar is text, as for the readers of rules; the other takes numbers for
    /// numbers, as editors do.
    private static func python(_ program: String, _ arguments: String...) throws -> String {
        let start = """
            import json, os, sys
            import jsonschema, yaml
            os.chdir(sys.argv.pop(1))
            class Editor(yaml.SafeLoader): pass
            Editor.yaml_implicit_resolvers = {
                first: [pair for pair in pairs if not pair[0].endswith('timestamp')]
                for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}
            loaders = [yaml.BaseLoader, Editor]
            schemas = {name: jsonschema.Draft202012Validator(json.load(open(f'{name}.schema.json')))
                       for name in ['rule', 'reasoning', 'predicate', 'cases']}

            """
        let ending = try Python.run(["-c", start + program, path] + arguments)
        #expect(ending.isGood, "\(ending.complaint)")
        return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
