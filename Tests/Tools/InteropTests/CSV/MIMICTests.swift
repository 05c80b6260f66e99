import Interop
import Primitives
import Records
import Testing

/// The mapping files that ship, over the tables they are for, where these are there.
@Suite("MIMIC-IV mappings")
struct MIMICTests {
    static let tables: [(name: String, rows: Int, drafts: Int)] = [
        ("poe", 35_487, 35_487), ("emar", 28_910, 28_910), ("prescriptions", 14_310, 14_227),
        ("admissions", 214, 214),
    ]

    @Test("every mapping file is one", arguments: tables.map(\.name))
    func reads(name: String) throws {
        let mapping = try CSVMapping(path: "\(TestData.project)/mappings/mimic-iv/\(name).json")
        #expect(mapping.name == "mimic-iv.\(name)")
        #expect(mapping.files == ["\(name).csv"])
    }

    @Test(
        "every row becomes an entry, or says why not", .enabled(if: TestData.shared != nil),
        arguments: tables)
    func table(name: String, rows: Int, drafts: Int) throws {
        let folder = try #require(TestData.shared) + "/mimic-iv-demo/hosp"
        let mapping = try CSVMapping(path: "\(TestData.project)/mappings/mimic-iv/\(name).json")
        let outcome = try Outcome.of(folder: folder, mappings: [mapping])
        print("\(name): \(outcome.report)")
        #expect(outcome.report.counts[mapping.name]?.read == rows)
        #expect(outcome.drafts.count == drafts)
        #expect(outcome.problems.count == rows - drafts)
        for problem in outcome.problems {
            #expect(problem.element == "order_provider_id")
        }
        for draft in outcome.drafts.prefix(200) {
            #expect(try Payload.decode(draft.payload.encode()) == draft.payload)
        }
    }
}
