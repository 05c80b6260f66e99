import Interop
import Primitives
import Records
import Testing

@Suite("CSV mappings")
struct CSVMappingTests {
    static let mapping = """
        {"format":"custos csv mapping 1","name":"t","file":"t.csv","zone":"+08:00",\
        "lookups":{"drugs":{"file":"drugs.csv","key":"id","columns":["ndc"],"where":{"column":\
        "use","in":["main"]}}},"entries":[{"kind":"prescription","when":{"column":\
        "state","in":["ok"]},"time":{"column":"at"},"patient":{"column":"who","prefix":"urn:p|"},\
        "practitioner":{"column":"by"},"prescription":{"column":"rx"},"facts":[{"kind":\
        "prescription","fields":{"patient":{"id":"patient"},"prescriber":{"id":"practitioner"},\
        "institution":{"id":"issuer"},"drug":{"lookup":"drugs","by":\
        "drug","column":"ndc","system":"ndc"},\
        "written":{"column":"at"},\
        "quantity":{"column":"n","lenient":true,"unknown":["?"],"unit":{"column":"unit"}},"days":\
        {"column":"days"},"status":{"column":"state","map":{"ok":"active"}},"encounter":{"join":\
        [{"constant":"E"},{"column":"visit"}],"with":"-"}}}]}]}
        """
    static let header = "state,at,who,by,rx,drug,n,unit,days,visit"
    static let drugs =
        "id,ndc,use\n1,00071015523,main\n1,99,other\n2,5,main\n2,6,main\n3,,main\n3,7,main\n"

    static func outcome(
        _ rows: [String], mapping: String = CSVMappingTests.mapping
    ) throws -> Outcome {
        let table = try TemporaryFile([header] + rows, name: "t.csv")
        try TemporaryFile.write(drugs, to: "\(table.folder)/drugs.csv")
        return try Outcome.of(
            folder: table.folder,
            mappings: [CSVMapping(bytes: Array(mapping.utf8), path: "t.json")])
    }

    static let values: [(row: String, fact: String)] = [
        (
            "ok,2021-07-01 08:00:00,7,D,R1,1,30.50,mg,10,4",
            "prescription patient prescriber institution=H drug=ndc|00071015523 "
                + "written=2021-07-01T00:00:00.000Z quantity=30.5 mg days=10 status=active "
                + "encounter=E-4"
        ),
        // Disagreeing rows of a lookup, a number that is none, an empty field: unknown.
        (
            "ok,2021-07-01T08:00:00Z,7,D,R1,2,3-4,mg,,",
            "prescription patient prescriber institution=H written=2021-07-01T08:00:00.000Z "
                + "status=active encounter=E"
        ),
        // A key that the lookup lacks, a text that means unknown, a quantity without unit.
        (
            "ok,2021-07-01T08:00:00Z,7,D,R1,9,?,mg,1,x",
            "prescription patient prescriber institution=H written=2021-07-01T08:00:00.000Z days=1 "
                + "status=active encounter=E-x"
        ),
        // An empty field of a lookup disagrees with nothing.
        (
            "ok,2021-07-01T08:00:00Z,7,D,R1,3,2,,1,x",
            "prescription patient prescriber institution=H drug=ndc|7 "
                + "written=2021-07-01T08:00:00.000Z days=1 status=active encounter=E-x"
        ),
    ]

    @Test("values come as the mapping says, and what is not known is absent", arguments: values)
    func maps(row: String, fact: String) throws {
        let outcome = try Self.outcome([row])
        #expect(outcome.problems.isEmpty)
        let draft = try #require(outcome.drafts.first)
        #expect(draft.kind == .prescription)
        #expect(draft.subjects.map(\.typeNumber) == [1, 2, 5])
        #expect(String(decoding: draft.payload.source, as: UTF8.self) == row)
        let names = draft.payload.facts.map { fact in
            var parts = [fact.kind.name]
            for field in fact.kind.schema.fields {
                guard let value = fact[field.number] else { continue }
                if case .id = value {
                    parts.append(field.name)
                } else {
                    parts.append("\(field.name)=\(value)")
                }
            }
            return MappingTests.words(parts.joined(separator: " "))
        }
        #expect(names == [fact])
    }

    @Test("rows that no entry is for make none, and are no problem")
    func conditions() throws {
        let outcome = try Self.outcome(["gone,,,,,,,,,", "ok,2021-07-01T08:00:00Z,7,D,R1,,,,,"])
        #expect(outcome.drafts.count == 1)
        #expect(outcome.problems.isEmpty)
        #expect(outcome.report.counts["t"]?.read == 2)
        #expect(outcome.report.counts["t"]?.mapped == 1)
    }

    static let wrong: [(row: String, column: String, error: InteropError)] = [
        (
            "ok,,7,D,R1,1,1,mg,1,x", "at",
            .missing(expected: "a date and time: every entry says when it happened")
        ),
        (
            "ok,yesterday,7,D,R1,1,1,mg,1,x", "at",
            .notA(expected: "a time, YYYY-MM-DD hh:mm:ss", found: "yesterday")
        ),
        (
            "ok,2021-07-01,7,D,R1,1,1,mg,1,x", "at",
            .notA(expected: "a time, YYYY-MM-DD hh:mm:ss", found: "2021-07-01")
        ),
        (
            "ok,2021-07-01 08:00:00,,D,R1,1,1,mg,1,x", "who",
            .missing(expected: "a patient: a prescription names one")
        ),
        (
            "ok,2021-07-01 08:00:00,7,,R1,1,1,mg,1,x", "by",
            .missing(expected: "a practitioner: a prescription names one")
        ),
        (
            "ok,2021-07-01 08:00:00,7,D,R1,1,1,mg,ten,x", "days",
            .notA(expected: "a whole number", found: "ten")
        ),
        (
            "ok,2021-07-01 08:00:00,7", "",
            .malformedCSV(.fieldCount(found: 3, expected: 10))
        ),
    ]

    @Test("a bad row is told by line and column, and the next is read", arguments: wrong)
    func refuses(row: String, column: String, error: InteropError) throws {
        let outcome = try Self.outcome([row, "ok,2021-07-01T08:00:00Z,7,D,R1,,,,,"])
        #expect(outcome.problems.map(\.line) == [2])
        #expect(outcome.problems.map(\.element) == [column])
        #expect(outcome.problems.map(\.error) == [error])
        #expect(outcome.drafts.count == 1)
    }

    static let wrongMappings: [(from: String, to: String, element: String)] = [
        ("mapping 1", "mapping 2", "format"),
        (#""name":"t","#, "", "name"),
        (#""zone":"+08:00""#, #""zone":"Shanghai""#, "zone"),
        (#""kind":"prescription","when""#, #""kind":"recipe","when""#, "entries[0].kind"),
        (#""kind":"prescription","when""#, #""kind":"link","when""#, "entries[0].kind"),
        (#""prescription":{"column":"rx"},"#, "", "entries[0].prescription"),
        (
            #""kind":"prescription","fields""#, #""kind":"order","fields""#,
            "entries[0].facts[0].kind"
        ),
        (#""days":"#, #""dayz":"#, "entries[0].facts[0].fields.dayz"),
        (#""lookup":"drugs""#, #""lookup":"drug""#, "entries[0].facts[0].fields.drug.lookup"),
        (
            #""column":"ndc","system""#, #""column":"atc","system""#,
            "entries[0].facts[0].fields.drug.column"
        ),
        (#","system":"ndc""#, "", "entries[0].facts[0].fields.drug.system"),
        (#","unit":{"column":"unit"}"#, "", "entries[0].facts[0].fields.quantity.unit"),
        (#"{"id":"issuer"}"#, #"{"id":"owner"}"#, "entries[0].facts[0].fields.institution.id"),
        (#"{"id":"issuer"}"#, #"{"constant":"x"}"#, "entries[0].facts[0].fields.institution.id"),
        (#""lenient":true"#, #""lenient":1"#, "entries[0].facts[0].fields.quantity.lenient"),
        (#""unknown":["?"],"#, #""unknwon":["?"],"#, "entries[0].facts[0].fields.quantity.unknwon"),
        (#""in":["ok"]"#, #""is":["ok"]"#, "entries[0].when.is"),
    ]

    @Test("a slip in a mapping is told by its place before a row is read", arguments: wrongMappings)
    func slips(from: String, to: String, element: String) throws {
        let parts = Self.mapping.split(separator: from, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let bytes = Array(parts.joined(separator: to).utf8)
        let error = #expect(throws: InteropError.self) {
            try CSVMapping(bytes: bytes, path: "t.json")
        }
        guard case .badMapping("t.json", element: let place, _) = error else {
            Issue.record("another error: \(error.map(String.init(describing:)) ?? "none")")
            return
        }
        #expect(place == element)
    }

    @Test("a column that the table lacks is told before a row is read")
    func columns() throws {
        let mapping = Self.mapping.split(separator: #""days":{"column":"days"}"#)
            .joined(separator: #""days":{"column":"dayz"}"#)
        #expect(throws: InteropError.self) { try Self.outcome([], mapping: mapping) }
    }
}
