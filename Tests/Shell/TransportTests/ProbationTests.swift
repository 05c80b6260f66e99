internal import Primitives
internal import Testing

@testable import Transport

@Suite("Peers that misbehaved")
struct ProbationTests {
    private let a: InstitutionID
    private let b: InstitutionID

    init() throws {
        a = try #require(InstitutionID("hospital-a"))
        b = try #require(InstitutionID("insurer-b"))
    }

    @Test func letsInLaterAndLaterWhoComesBackToGoOn() {
        var probation = Probation()
        var now: UInt64 = 1_000
        var waits: [UInt64] = []
        for _ in 0..<18 {
            probation.noteDrop(of: a, at: now)
            let wait = probation.wait(of: a, at: now) ?? 0
            waits.append(wait)
            now += wait
            #expect(probation.wait(of: a, at: now) == nil, "it may come in when it has waited")
        }
        #expect(waits == [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
        #expect(probation.wait(of: b, at: now - 1) == nil, "others are not kept out")
    }

    @Test func forgetsWhoBehavesForLong() {
        var probation = Probation()
        for _ in 0..<12 { probation.noteDrop(of: a, at: 5) }
        #expect(probation.wait(of: a, at: 5) == 8)
        probation.noteDrop(of: a, at: 5 + 8 + Probation.memorySeconds - 1)
        #expect(probation.wait(of: a, at: 5 + 8 + Probation.memorySeconds - 1) == 16)
        let later = 5 + 8 + 16 + 2 * Probation.memorySeconds
        probation.noteDrop(of: a, at: later)
        #expect(probation.wait(of: a, at: later) == nil)
    }
}
