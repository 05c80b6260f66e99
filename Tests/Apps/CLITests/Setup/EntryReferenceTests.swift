internal import Primitives
internal import Records
internal import Testing

@testable import custos

@Suite("How entries are named")
struct EntryReferenceTests {
    @Test func threeWays() throws {
        let hex = String(repeating: "0a", count: 32)
        let id = try #require(InstitutionID("county-hospital"))
        #expect(EntryReference(argument: "17") == .leaf(17))
        #expect(
            EntryReference(argument: "county-hospital/3/5") == .number(id, StreamID(3), 5))
        #expect(EntryReference(argument: hex) == Digest(hex: hex).map(EntryReference.hash))
    }

    @Test(arguments: [
        "", "-1", "a/b/c", "County/0/1", "x/70000/1", "x/0/-1", "0a0a", "1/2", "17x",
        "99999999999999999999999",
    ])
    func refuses(text: String) {
        #expect(EntryReference(argument: text) == nil)
    }
}
