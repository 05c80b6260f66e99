import Interop
import Primitives
import Records
import Testing

@Suite("Tables in JSON")
struct JSONTableTests {
    static let mapping = """
        {"format":"custos csv mapping 1","name":"bills","file":["one.json","two.json"],"items":\
        "claims","key":"id","entries":[{"kind":"claim","time":{"column":"at"},"patient":{"column":\
        "who"},"claim":{"column":"id"},"facts":[{"kind":"claim","fields":{"claim":{"id":"claim"},\
        "total":{"column":"sum","currency":"USD"},"status":{"column":"paid","map":{"true":"active"\
        },"otherwise":"draft"}}},{"kind":"claim_line","each":{"column":"codes"},"fields":{"line":{\
        "item":"number"},"code":{"item":"text","system":"hcpcs"}}}]}]}
        """

    static func outcome(_ one: String, _ two: String = "{\"claims\":[]}") throws -> Outcome {
        let file = try TemporaryFile([one], name: "one.json")
        try TemporaryFile.write(two, to: "\(file.folder)/two.json")
        return try Outcome.of(
            folder: file.folder,
            mappings: [CSVMapping(bytes: Array(mapping.utf8), path: "t.json")])
    }

    @Test("objects of an array are rows, their members columns, lists of codes items")
    func rows() throws {
        let outcome = try Self.outcome(
            """
            {"by": "x", "claims": [
              {"id": "c1", "at": "2024-03-01T00:00:00Z", "who": 7, "sum": 12.50, "codes": ["A1",
               "B2"], "paid": true, "inner": {"id": "no"}},
              {"id": "c2", "at": "2024-03-02T00:00:00Z", "who": 7, "sum": null}
            ]}
            """, "{\"claims\":[{\"id\":\"c3\",\"at\":\"2024-03-03T00:00:00Z\",\"who\":8}]}")
        #expect(outcome.problems.isEmpty)
        #expect(outcome.drafts.map(\.origin.name) == ["bills/c1", "bills/c2", "bills/c3"])
        #expect(outcome.drafts.map(\.payload.facts.count) == [3, 1, 1])
        let facts = outcome.drafts[0].payload.facts
        #expect(facts[0]["status"] == .text("active"))
        #expect(facts[2]["code"] == .code(Code(system: "hcpcs", code: "B2")))
        #expect(facts[2]["line"] == .integer(2))
        #expect(outcome.drafts[1].payload.facts[0]["total"] == nil)
        #expect(outcome.drafts[0].payload.mediaType == "application/json")
        #expect(outcome.drafts[2].payload.source.first == UInt8(ascii: "{"))
    }

    @Test("a row that lacks what an entry needs is a problem, and the next is read")
    func incomplete() throws {
        let outcome = try Self.outcome(
            """
            {"claims": [{"id": "c1", "who": 7}, {"id": "c2", "at": "2024-03-02T00:00:00Z",
            "who": 7}]}
            """)
        #expect(outcome.problems.map(\.element) == ["at"])
        #expect(outcome.drafts.map(\.origin.name) == ["bills/c2"])
    }

    @Test(
        "what is no such file is refused",
        arguments: ["{", "[]", "{\"claims\":7}", "{\"x\":[]}"])
    func refused(text: String) {
        #expect(throws: InteropError.self) { try Self.outcome(text) }
    }
}
