internal import Interop
internal import Ledger
internal import Primitives
internal import Records
internal import Sealing
internal import Supervision
internal import Testing

@testable import custos

@Suite("The names of an import")
struct NameBookTests {
    private let id = OpaqueID(prefixOf: Digest(words: (1, 2, 3, 4)))

    private func book(
        _ days: UInt64 = 0, keys: [InstitutionID: IssuerKey] = [:]
    ) -> NameBook {
        NameBook(keys: keys, epochs: Epochs(days: days))
    }

    /// A record of a patient, whom an import knows by a stand-in, on a day.
    private func draft(_ patient: OpaqueID, day: Int32) throws -> Draft {
        var fact = Fact(.record)
        try fact.set("patient", to: .id(patient))
        let issuer = try #require(InstitutionID("county-hospital"))
        return Draft(
            issuer: issuer, kind: .record, eventTime: Day(number: day).start,
            subjects: [.patient(patient)],
            payload: Payload(mediaType: "", source: [], facts: [fact]),
            origin: Draft.Origin(file: "f", line: 1, name: "n"))
    }

    @Test func eachNameIsWantedOnceAnEpoch() throws {
        let book = book(100)
        for day in [10, 20, 150] as [Int32] {
            let patient = try #require(book.patient("p1"))
            #expect(book.practitioner("p1") != nil)
            _ = book.named(try draft(patient, day: day))
        }
        #expect(
            book.wanted == [
                0: [LocalName(.practitioner, "p1"), LocalName(.patient, "p1")],
                1: [LocalName(.patient, "p1")],
            ])
        #expect(book.wantedCount == 3)
    }

    @Test func aPatientIsNamedByTheEpochOfTheEntry() throws {
        let book = book(100)
        let later = OpaqueID(prefixOf: Digest(words: (5, 6, 7, 8)))
        book.learn(LocalName(.patient, "p1"), epoch: 0, id)
        book.learn(LocalName(.patient, "p1"), epoch: 1, later)
        book.isCollecting = false
        let standIn = try #require(book.patient("p1"))
        for (day, wanted) in [(99 as Int32, id), (100, later)] {
            let named = book.named(try draft(standIn, day: day))
            #expect(named.subjects == [.patient(wanted)])
            #expect(named.payload.facts.first?["patient"] == .id(wanted))
        }
        #expect(book.practitioner("p1") == nil)
        #expect(book.wanted.isEmpty)
    }

    @Test func claimsNeedTheirIssuersKey() throws {
        let mine = try #require(InstitutionID("county-hospital"))
        let other = try #require(InstitutionID("city-hospital"))
        let key = IssuerKey(random: .system)
        let book = book(keys: [mine: key])
        #expect(book.claim("c1", issuer: mine) == key.claim("c1"))
        #expect(book.prescription("c1", issuer: mine) == key.prescription("c1"))
        #expect(book.claim("c1", issuer: other) == nil)
    }
}
