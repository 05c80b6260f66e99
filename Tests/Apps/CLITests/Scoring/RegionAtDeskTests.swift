internal import Batch
internal import Primitives
internal import RuleEngine
internal import RuleSource
internal import Supervision
internal import Testing

@testable import custos

@Suite("A region at a desk")
struct RegionAtDeskTests {
    @Test("what comes late is found as by a sweep in the end, byte for byte; seed 902")
    func equalsSweep() throws {
        let desks = try RegionDesks(patients: 60, seed: 902)
        for number in 1...12 {
            try desks.block(150)
            // Payloads of three blocks stay away for so long that the rules give them up.
            if (5...7).contains(number) {
                #expect(desks.regulator.rulesHeight < desks.regulator.height)
            } else {
                try desks.deliver()
                #expect(desks.regulator.rulesHeight == desks.regulator.height)
            }
        }
        let sweep = try Sweep(
            rules: desks.rules.rules.map(\.checked), tables: desks.rules.tables,
            facts: FactColumns(try desks.facts()), present: desks.now)
        let swept = sweep.judged(findingsOnly: true, by: ThreadWorkers()).compactMap { judged in
            if case .finding(let body) = judged.verdict { body } else { nil }
        }
        let open = try desks.openBodies()
        #expect(open.count > 20)
        #expect(Set(open) == Set(swept))
    }
}
