internal import ArgumentParser
internal import Primitives
internal import Records
internal import Testing

@testable import custos

@Suite("Which rows a query takes")
struct QueryFilterTests {
    private let claim = OpaqueID(prefixOf: Digest(words: (1, 2, 3, 4)))
    private let issuer: InstitutionID

    init() throws {
        issuer = try #require(InstitutionID("county-hospital"))
    }

    private func entry(_ kind: EntryKind, _ day: (Int, Int, Int), about: [Subject]) throws -> Entry
    {
        let day = try #require(Day(year: day.0, month: day.1, day: day.2))
        return Entry(
            kind: kind, issuer: issuer, stream: StreamID(0), number: 1, eventTime: day.start,
            subjects: about)
    }

    private func filter(
        _ subject: QueryCommand.Subject, _ id: String, kinds: [String] = [], from: String? = nil,
        to: String? = nil
    ) throws -> QueryFilter {
        try QueryFilter(subject: subject, id: id, kinds: kinds, from: from, to: to)
    }

    @Test func daysAreHalfOpen() throws {
        let filter = try filter(
            .patient, claim.description, from: "2021-05-01", to: "2021-05-03")
        #expect(try !filter.takes(entry(.access, (2021, 4, 30), about: [])))
        #expect(try filter.takes(entry(.access, (2021, 5, 1), about: [])))
        #expect(try filter.takes(entry(.access, (2021, 5, 2), about: [])))
        #expect(try !filter.takes(entry(.access, (2021, 5, 3), about: [])))
    }

    @Test func kindsAreNamedAsTheyArePrinted() throws {
        let filter = try filter(.patient, claim.description, kinds: ["claim-response", "access"])
        #expect(try filter.takes(entry(.claimResponse, (2021, 5, 1), about: [])))
        #expect(try filter.takes(entry(.access, (2021, 5, 1), about: [])))
        #expect(try !filter.takes(entry(.claim, (2021, 5, 1), about: [])))
    }

    @Test func claimsAreToldFromOthersOfTheirKind() throws {
        let other = OpaqueID(prefixOf: Digest(words: (9, 9, 9, 9)))
        let filter = try filter(.claim, claim.description)
        #expect(try filter.takes(entry(.claim, (2021, 5, 1), about: [.claim(claim)])))
        #expect(try !filter.takes(entry(.claim, (2021, 5, 1), about: [.claim(other)])))
        #expect(try !filter.takes(entry(.claim, (2021, 5, 1), about: [.prescription(claim)])))
    }

    @Test func unknownKindsAndDaysAreRefused() {
        #expect(throws: ValidationError.self) {
            try filter(.patient, "x", kinds: ["transaction"])
        }
        for day in ["yesterday", "2021-13-01", "2021-02-30", "2021"] {
            #expect(throws: ValidationError.self, "\(day)") { try filter(.patient, "x", from: day) }
        }
    }
}
