import Primitives
import Records
import TestSupport
import Testing

@testable import RuleEngine

@Suite("Sealed entries that may matter")
struct SealedEntriesTests {
    /// Entries of few people, mostly in the order of time, handed in as they come.
    private static func entries(_ random: inout SplitMix, count: Int) throws -> [SealedEntry] {
        let issuer = try #require(InstitutionID("county"))
        let people = (0..<4).compactMap { OpaqueID(Array(repeating: UInt8($0), count: 16)) }
        return (0..<count).map { number in
            SealedEntry(
                kind: .access,
                patient: Int.random(in: 0..<5, using: &random) == 0
                    ? nil : people[Int.random(in: 0..<4, using: &random)],
                practitioner: nil,
                time: Timestamp(
                    milliseconds: Int64(
                        number * 10 + Int.random(in: -40...40, using: &random))),
                leafIndex: UInt64(number), issuer: issuer)
        }
    }

    @Test("are those of the whole list, however they came", arguments: 1...20)
    func whole(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let entries = try Self.entries(&random, count: 120)
        var sealed = SealedEntries()
        for entry in entries.shuffled(using: &random) { sealed.add(entry) }
        for _ in 0..<40 {
            let low = Int64.random(in: -50...1_250, using: &random)
            let high = low + Int64.random(in: 0...300, using: &random)
            let patient = entries[Int.random(in: 0..<120, using: &random)].patient
            let party = patient.map { SealedEntries.Party.patient($0) }
            func matters(_ entry: SealedEntry) -> Bool {
                (low...high).contains(entry.time.milliseconds)
            }
            let wanted = entries.filter { entry in
                matters(entry) && (party?.fits(entry) ?? true)
            }
            let found = sealed.leaves(
                kind: FactKind.access.index, party, atMost: 8,
                reached: { $0.milliseconds >= low }, matters)
            #expect(found == Array(wanted.map(\.leafIndex).prefix(8)), "seed \(seed)")
            let may = sealed.mayConcern(
                kind: FactKind.access.index, party, reached: { $0.milliseconds >= low }, matters)
            // Where there are too many to look at, it is taken that one matters.
            #expect(may || wanted.isEmpty, "seed \(seed)")
        }
    }

    @Test("are none where all of a party are older")
    func older() throws {
        var random = SplitMix(seed: 7)
        var sealed = SealedEntries()
        for entry in try Self.entries(&random, count: 200) { sealed.add(entry) }
        #expect(
            !sealed.mayConcern(
                kind: FactKind.access.index, nil, reached: { $0.milliseconds >= 3_000 }
            ) { _ in true })
        #expect(
            !sealed.mayConcern(kind: FactKind.claim.index, nil, reached: { _ in true }) { _ in
                true
            })
    }
}
