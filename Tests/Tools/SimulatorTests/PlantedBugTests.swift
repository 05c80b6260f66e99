import Simulator
import Testing

/// A simulator that finds nothing shows nothing: each mistake is planted, and must be found.
@Suite("Planted bugs")
struct PlantedBugTests {
    @Test("each is found within a thousand seeds", arguments: PlantedBug.allCases)
    func isFound(bug: PlantedBug) throws {
        var found: (seed: UInt64, what: Violation)?
        for seed in 1...1_000 as ClosedRange<UInt64> {
            var plan = SimulationPlan.campaign(seed: seed, heights: 15)
            plan.planted = bug
            var simulation = try Simulation(plan)
            guard let violation = simulation.run().violations.first else { continue }
            found = (seed, violation)
            break
        }
        let first = try #require(found, "\(bug.rawValue) was not found")
        print("\(bug.rawValue): seed \(first.seed), \(first.what)")
        // The same seed without the bug keeps every promise.
        var sound = try Simulation(.campaign(seed: first.seed, heights: 15))
        #expect(sound.run().violations.map(\.description) == [])
    }
}
