import Interop
import Primitives
import Records
import Testing

@Suite("CSV mappings of several institutions")
struct CSVRowMappingTests {
    static let mapping = """
        {"format":"custos csv mapping 1","name":"bills","file":"t.csv","key":"id","entries":[{\
        "kind":"claim","issuer":{"column":"house"},"time":{"column":"at"},"patient":{"column":\
        "who"},"claim":{"column":"id","issuer":{"column":"owner"}},"facts":[{"kind":"claim",\
        "fields":{"institution":{"id":"issuer"},"diagnoses":{"column":"dx","system":"icd10"}}},{\
        "kind":"claim_line","when":{"column":"code"},"fields":{"code":{"column":"code","system":\
        "snomed"}}}]}]}
        """

    static func outcome(_ rows: [String]) throws -> Outcome {
        let table = try TemporaryFile(
            ["id,house,owner,at,who,dx,code"] + rows, name: "t.csv")
        return try Outcome.of(
            folder: table.folder,
            mappings: [CSVMapping(bytes: Array(mapping.utf8), path: "t.json")])
    }

    @Test("a row says who issues it, what it is called, and how many facts it has")
    func rows() throws {
        let outcome = try Self.outcome([
            "c1,north,north,2021-07-01T08:00:00Z,7,I10 E11.9,43",
            "c2,south,north,2021-07-01T08:00:00Z,7,,",
        ])
        #expect(outcome.problems.isEmpty)
        #expect(outcome.drafts.map(\.issuer.name) == ["north", "south"])
        #expect(outcome.drafts.map(\.origin.name) == ["bills/c1", "bills/c2"])
        #expect(outcome.drafts.map(\.payload.facts.count) == [2, 1])
        let codes = ["I10", "E11.9"].map { Code(system: "icd10", code: $0) }
        #expect(outcome.drafts[0].payload.facts[0]["diagnoses"] == .codes(codes))
        #expect(outcome.drafts[1].payload.facts[0]["diagnoses"] == nil)
    }

    @Test("the id of a claim is that of the institution that issued it")
    func owner() throws {
        let own = try Self.outcome(["c1,north,north,2021-07-01T08:00:00Z,7,,"])
        let said = try Self.outcome(["c1,south,north,2021-07-01T08:00:00Z,7,,"])
        let other = try Self.outcome(["c1,south,south,2021-07-01T08:00:00Z,7,,"])
        #expect(own.drafts[0].subjects == said.drafts[0].subjects)
        #expect(own.drafts[0].subjects != other.drafts[0].subjects)
    }

    @Test("a record of a house needs no patient, one of a patient does")
    func houses() throws {
        let table = try TemporaryFile(
            ["id,at,who", "1,2021-07-01T08:00:00Z,d1"], name: "t.csv")
        func mapping(_ fact: String) -> String {
            """
            {"format":"custos csv mapping 1","name":"t","file":"t.csv","entries":[{"kind":\
            "record","time":{"column":"at"},"practitioner":{"column":"who"},"facts":[{"kind":\
            "\(fact)","fields":{"practitioner":{"id":"practitioner"}}}]}]}
            """
        }
        let roster = try CSVMapping(bytes: Array(mapping("roster").utf8), path: "t.json")
        let outcome = try Outcome.of(folder: table.folder, mappings: [roster])
        #expect(outcome.drafts.map { $0.subjects.map(\.typeNumber) } == [[2]])
        #expect(throws: InteropError.self) {
            try CSVMapping(bytes: Array(mapping("result").utf8), path: "t.json")
        }
    }

    @Test("a row whose institution is none is told, and the next is read")
    func noInstitution() throws {
        let outcome = try Self.outcome([
            "c1,North!,north,2021-07-01T08:00:00Z,7,,",
            "c2,,north,2021-07-01T08:00:00Z,7,,",
            "c3,north,north,2021-07-01T08:00:00Z,7,,",
        ])
        #expect(outcome.problems.map(\.element) == ["house", "house"])
        #expect(outcome.drafts.count == 1)
    }
}
