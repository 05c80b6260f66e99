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
}
