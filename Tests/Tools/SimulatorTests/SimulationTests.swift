import Records
import Simulator
import Testing

@Suite("Simulations")
struct SimulationTests {
    @Test("the same seed gives the same digest, and another one another")
    func isReproducible() throws {
        func digest(_ seed: UInt64) throws -> String {
            var simulation = try Simulation(SimulationPlan(seed: seed, heights: 4))
            return simulation.run().digest
        }
        #expect(try digest(3) == digest(3))
        #expect(try digest(3) != digest(4))
    }

    @Test(
        "seeds of all kinds of faults keep every promise", arguments: 1...8 as ClosedRange<UInt64>)
    func seeds(seed: UInt64) throws {
        var simulation = try Simulation(.campaign(seed: seed, heights: 12))
        let report = simulation.run()
        #expect(report.violations.map(\.description) == [], "seed \(seed)")
        #expect(report.height >= 12)
    }

    @Test("entries of every kind go through faults, some without effect, and lead to findings")
    func everyKind() throws {
        var counts: [String: Int] = [:]
        var (unfit, findings) = (0, 0)
        for seed in 1...4 as ClosedRange<UInt64> {
            var simulation = try Simulation(.campaign(seed: seed, heights: 60))
            let report = simulation.run()
            #expect(report.violations.map(\.description) == [], "seed \(seed)")
            for (kind, count) in report.kinds { counts[kind, default: 0] += count }
            unfit += report.unfitCount
            findings += report.findingCount
        }
        for kind in EntryKind.allCases {
            #expect(counts[kind.description, default: 0] > 0, "no \(kind) came up")
        }
        #expect(unfit > 0)
        #expect(findings > 0)
    }
}
