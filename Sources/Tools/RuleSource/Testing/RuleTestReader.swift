internal import Foundation
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage

/// Reads cases: `ID.tests.yaml`, and `ID.tests.csv`.
public enum RuleTestReader {
    /// - Throws: ``SourceError`` with file, line and column of the first thing that is wrong.
    public static func read(_ text: String, file: String) throws(SourceError) -> RuleTestFile {
        do throws(TextError) {
            return try testFile(try Document(text))
        } catch {
            throw SourceError(file: file, position: error.position, message: error.message)
        }
    }

    /// The cases of the rule `rule` in a sheet (``CaseSheet``).
    ///
    /// - Throws: ``SourceError`` with file, line and column of the first thing that is wrong.
    public static func read(
        sheet text: String, rule: String, file: String
    ) throws(SourceError) -> RuleTestFile {
        do throws(TextError) {
            return RuleTestFile(rule: rule, cases: try CaseSheet.cases(text))
        } catch {
            throw SourceError(file: file, position: error.position, message: error.message)
        }
    }

    /// The cases of the rule in `file` (`ID.yaml`): those in the files that its `tests` names, else
    /// in `ID.tests.yaml` and `ID.tests.csv` beside it; nil where none are.
    public static func beside(_ file: String) throws(SourceError) -> RuleTestFile? {
        let name = file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
        let rule = String(name.split(separator: "/").last ?? "")
        var found: [RuleTestFile] = []
        let usual = ["\(name).tests.yaml", "\(name).tests.csv"].filter {
            FileManager.default.fileExists(atPath: $0)
        }
        for path in named(in: file) ?? usual {
            let text = try RuleFolder.text(path)
            guard path.hasSuffix(".yaml") else {
                found.append(try read(sheet: text, rule: rule, file: path))
                continue
            }
            let cases = try read(text, file: path)
            guard cases.rule == rule else {
                throw SourceError(
                    file: path, position: .none,
                    message: "its 'rule:' is '\(cases.rule)', and it stands beside '\(rule)'")
            }
            found.append(cases)
        }
        guard let first = found.first else { return nil }
        return RuleTestFile(rule: first.rule, cases: found.flatMap(\.cases))
    }

    /// The files that the rule in a file names for its cases; nil where it names none.
    private static func named(in file: String) -> [String]? {
        guard let text = try? RuleFolder.text(file), let fields = try? Document(text).fields(),
            let tests = fields.first(where: { $0.name.name == "tests" })?.value,
            let names = try? tests.list().map({ try $0.text() })
        else { return nil }
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return names.map { (folder + [$0[...]]).joined(separator: "/") }
    }

    private static func testFile(_ document: Document) throws(TextError) -> RuleTestFile {
        let fields = RuleFields(
            try document.fields(["rule", "cases"] + CaseTable.fieldNames), in: document)
        var cases: [RuleTestFile.Case] = []
        for item in try fields["cases"]?.items() ?? [] { cases.append(try testCase(item)) }
        let table = try CaseTable(fields)
        for expected in CaseTable.expectations {
            for item in try fields[expected.rawValue]?.items() ?? [] {
                cases.append(try table.testCase(item, expected))
            }
        }
        guard !cases.isEmpty else { throw document.error("there are no cases here") }
        return RuleTestFile(rule: try fields.required("rule").text(), cases: cases)
    }

    private static func testCase(_ document: Document) throws(TextError) -> RuleTestFile.Case {
        let fields = RuleFields(
            try document.fields([
                "name", "now", "facts", "sealed", "expect", "flags", "says", "because",
            ]), in: document)
        let expected = try expectation(try fields.required("expect"))
        var facts: [AnchoredFact] = []
        for (index, item) in try fields.required("facts").items().enumerated() {
            facts.append(try FactSketch(item).anchored(leaf: UInt64(index + 1)))
        }
        var sealed: [SealedEntry] = []
        for (index, item) in (try fields["sealed"]?.items() ?? []).enumerated() {
            sealed.append(try entry(item, leaf: UInt64(1_000 + index)))
        }
        return RuleTestFile.Case(
            name: try fields.required("name").text(),
            now: try fields["now"].map { document throws(TextError) in
                try FactText.moment(document)
            },
            facts: facts, sealed: sealed, expected: expected,
            flags: try fields["flags"].map { document throws(TextError) in
                try numbers(document)
            },
            says: try fields["says"]?.text(), because: try fields["because"]?.text())
    }

    static func expectation(
        _ document: Document
    ) throws(TextError) -> RuleTestFile.Expectation {
        guard let expected = RuleTestFile.Expectation(rawValue: try document.text()) else {
            throw document.error("expected flag, no flag or not evaluated")
        }
        return expected
    }

    private static func numbers(_ document: Document) throws(TextError) -> [UInt64] {
        var numbers: [UInt64] = []
        for item in try document.items() {
            guard let number = UInt64(try item.text()) else {
                throw item.error("the number of a fact is expected, from 1")
            }
            numbers.append(number)
        }
        return numbers
    }

    static let entryFields = ["kind", "patient", "practitioner", "at", "issuer"]

    /// `{kind: …, patient: …, practitioner: …, at: …, issuer: …}`.
    static func entry(
        _ document: Document, leaf: UInt64
    ) throws(TextError) -> SealedEntry {
        try entry(RuleFields(try document.fields(entryFields), in: document), leaf: leaf)
    }

    static func entry(_ fields: RuleFields, leaf: UInt64) throws(TextError) -> SealedEntry {
        let named = try fields.required("kind")
        let name = try named.text()
        guard let kind = FactKind(name: name) else {
            throw named.error(FactSketch.unknownKind(name))
        }
        let issuer = try fields["issuer"]?.text() ?? "elsewhere"
        guard let institution = InstitutionID(issuer) else {
            throw (fields["issuer"] ?? named).error(
                "'\(issuer)' is no institution (1 to 32 of a-z, 0-9, -)")
        }
        return SealedEntry(
            kind: kind, patient: try fields["patient"]?.text().flatMapID,
            practitioner: try fields["practitioner"]?.text().flatMapID,
            time: try FactText.moment(try fields.required("at")), leafIndex: leaf,
            issuer: institution)
    }
}

extension String {
    fileprivate var flatMapID: OpaqueID? { FactText.id(self) }
}
