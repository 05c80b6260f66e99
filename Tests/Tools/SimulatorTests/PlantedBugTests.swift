import Simulator
import Testing

/// A simulator that finds nothing shows nothing: each mistake is planted, and must be found.
@Suite("Planted bugs")
struct PlantedBugTests {
    @Test("each is found within a thousand seeds", arguments: PlantedBug.allCases)
    func isFound(bug: PlantedBug) throws {
        var found: (seed: UInt64, what: Violation)?
        for seed in 1...1_000 as ClosedRange<UInt64> {
            var plan = self.plan(for: bug, seed: seed)
            plan.plant(bug)
            var simulation = try Simulation(plan)
            guard let violation = simulation.run().violations.first else { continue }
            found = (seed, violation)
            break
        }
        let first = try #require(found, "\(bug.rawValue) was not found")
        print("\(bug.rawValue): seed \(first.seed), \(first.what)")
        // The same seed without the bug keeps every promise.
        var sound = try Simulation(plan(for: bug, seed: first.seed))
        #expect(sound.run().violations.map(\.description) == [])
    }

    /// A valid value is proposed again where rounds fail, which takes a bad network.
    private func plan(for bug: PlantedBug, seed: UInt64) -> SimulationPlan {
        var plan = SimulationPlan.campaign(seed: seed, heights: 15)
        if bug == .forgetValidRound { plan.faults = [.loss, .partition, .isolateLeader] }
        return plan
    }
}
