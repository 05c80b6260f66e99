internal import Primitives
internal import Sealing
internal import Supervision
internal import Testing

@testable import custos

@Suite("The names of an import")
struct NameBookTests {
    private let id = OpaqueID(prefixOf: Digest(words: (1, 2, 3, 4)))

    @Test func eachNameIsWantedOnce() {
        let book = NameBook(keys: [:])
        for _ in 0..<3 {
            #expect(book.patient("p1") != nil)
            #expect(book.practitioner("p1") != nil)
        }
        #expect(book.patient("p2") != nil)
        #expect(
            book.wanted == [
                LocalName(.patient, "p1"), LocalName(.practitioner, "p1"),
                LocalName(.patient, "p2"),
            ])
    }

    @Test func whatWasLearntIsAnsweredAndNothingElse() {
        let book = NameBook(keys: [:])
        book.learn(LocalName(.patient, "p1"), id)
        book.isCollecting = false
        #expect(book.patient("p1") == id)
        #expect(book.practitioner("p1") == nil)
        #expect(book.patient("p2") == nil)
        #expect(book.wanted.isEmpty)
    }

    @Test func claimsNeedTheirIssuersKey() throws {
        let mine = try #require(InstitutionID("county-hospital"))
        let other = try #require(InstitutionID("city-hospital"))
        let key = IssuerKey(random: .system)
        let book = NameBook(keys: [mine: key])
        #expect(book.claim("c1", issuer: mine) == key.claim("c1"))
        #expect(book.prescription("c1", issuer: mine) == key.prescription("c1"))
        #expect(book.claim("c1", issuer: other) == nil)
    }
}
