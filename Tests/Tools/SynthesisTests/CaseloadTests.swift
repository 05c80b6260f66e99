import Testing

@testable import Synthesis

@Suite("The caseload of a practitioner")
struct CaseloadTests {
    @Test("is the weekly mean of a quarter, or of the time since the first day")
    func weekly() {
        var load = Caseload(practitioners: 2, firstDay: 700)
        for week in 0..<4 {
            for _ in 0..<8 { load.add(1, on: 700 + week * 7) }
        }
        #expect(load.weekly(1, on: 700 + 4 * 7) == 8)
        #expect(load.weekly(1, on: 700 + 8 * 7) == 4)
        #expect(load.weekly(0, on: 700 + 8 * 7) == 0)
    }

    @Test("forgets what is longer ago than a quarter")
    func forgets() {
        var load = Caseload(practitioners: 1, firstDay: 700)
        for _ in 0..<130 { load.add(0, on: 700) }
        #expect(load.weekly(0, on: 700 + 12 * 7) == 10)
        #expect(load.weekly(0, on: 700 + 13 * 7) == 0)
        for _ in 0..<26 { load.add(0, on: 700 + 40 * 7) }
        #expect(load.weekly(0, on: 700 + 40 * 7) == 2)
    }

    @Test("knows nobody beyond its practitioners")
    func unknown() {
        var load = Caseload(practitioners: 1, firstDay: 0)
        load.add(-1, on: 3)
        #expect(load.weekly(-1, on: 3) == 0)
        #expect(load.weekly(1, on: 3) == 0)
    }
}
