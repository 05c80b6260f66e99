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

    private static func packs(_ entry: String) -> String {
        """
        {"format":"custos csv mapping 1","name":"t","file":"t.csv","entries":[{"kind":"record",\
        \(entry)"time":{"column":"at"},"facts":[{"kind":"stock_movement","each":{"column":\
        "packs"},"fields":{"trace_codes":{"item":"text"},"direction":{"constant":"out"},\
        "quantity":{"item":"number","unit":{"constant":"{pack}"}}}}]}]}
        """
    }

    @Test("each item of a column becomes a fact, and no item none")
    func items() throws {
        let table = try TemporaryFile(
            ["at,who,packs", "2021-07-01T08:00:00Z,7,T1 T2  T1", "2021-07-01T08:00:00Z,7,"],
            name: "t.csv")
        let mapping = try CSVMapping(bytes: Array(Self.packs("").utf8), path: "t.json")
        let drafts = try Outcome.of(folder: table.folder, mappings: [mapping]).drafts
        let facts = drafts[0].payload.facts
        #expect(facts.map { $0["trace_codes"] } == [.text("T1"), .text("T2"), .text("T1")])
        #expect(facts[1]["quantity"] == .quantity(ExactDecimal(2), unit: "{pack}"))
        #expect(drafts[1].payload.facts.isEmpty)
    }

    @Test("an entry that names nobody can go without the row, which may")
    func source() throws {
        let table = try TemporaryFile(
            ["at,who,packs", "2021-07-01T08:00:00Z,7,T1"], name: "t.csv")
        func payload(_ entry: String) throws -> Payload {
            let mapping = try CSVMapping(bytes: Array(Self.packs(entry).utf8), path: "t.json")
            let outcome = try Outcome.of(folder: table.folder, mappings: [mapping])
            return try #require(outcome.drafts.first).payload
        }
        #expect(try payload("").source == Array("2021-07-01T08:00:00Z,7,T1".utf8))
        let bare = try payload("\"source\":false,")
        #expect(bare.source.isEmpty && bare.mediaType.isEmpty && bare.facts.count == 1)
    }

    @Test("an item without items, and items of no column, are refused")
    func noItems() throws {
        let text = Self.packs("")
        for wrong in [
            text.replacing("\"each\":{\"column\":\"packs\"},", with: ""),
            text.replacing("\"item\":\"text\"", with: "\"item\":\"all\""),
            text.replacing("\"column\":\"packs\"", with: "\"separator\":\",\""),
            text.replacing("\"each\":{", with: "\"each\":{\"separator\":\", \","),
        ] {
            #expect(throws: InteropError.self) {
                try CSVMapping(bytes: Array(wrong.utf8), path: "t.json")
            }
        }
    }
}
