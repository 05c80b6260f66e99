import Simulator
import Testing

/// Beyond f, safety may fall; then it is known who did it.
@Suite("The search for culprits")
struct CulpritTests {
    @Test("where the ledger forks, the votes name more than f, and nobody honest")
    func forksNameTheirCulprits() throws {
        var (forks, proved) = (0, 0)
        for seed in 1...16 as ClosedRange<UInt64> {
            var simulation = try Simulation(.culprits(seed: seed, heights: 15))
            let report = simulation.run()
            #expect(report.violations.map(\.description) == [], "seed \(seed)")
            guard report.forkedAt != nil else { continue }
            forks += 1
            if report.hasForgotten { continue }
            proved += 1
            #expect(report.named.count >= report.plan.byzantineCount, "seed \(seed)")
        }
        #expect(proved >= 1, "no fork was followed up: \(forks) forks")
        #expect(forks >= 2, "the adversary is a straw man: \(forks) forks")
    }

    @Test("what honest replicas find stands on the ledger, for all to see")
    func evidenceIsAnchored() throws {
        var plan = SimulationPlan(
            seed: 5, heights: 20, faults: [], misbehaviours: [.equivocateVotes], byzantineCount: 1)
        plan.signatures = .mac
        var simulation = try Simulation(plan)
        let report = simulation.run()
        #expect(report.violations.map(\.description) == [])
        #expect(report.convicted.count == 1)
        #expect(report.evidenceCount > 0)
    }

    @Test("powers may be uneven, and change by vote, and every promise holds")
    func powers() throws {
        var changes = 0
        for seed in 1...4 as ClosedRange<UInt64> {
            var plan = SimulationPlan(seed: seed, nodeCount: 5, heights: 40)
            plan.changesValidators = true
            var simulation = try Simulation(plan)
            let report = simulation.run()
            #expect(report.violations.map(\.description) == [], "seed \(seed)")
            changes += report.powerChangeCount
            plan = SimulationPlan(seed: seed, nodeCount: 5, heights: 15)
            plan.powers = [4, 2, 1, 1, 2]
            var uneven = try Simulation(plan)
            #expect(uneven.run().violations.map(\.description) == [], "seed \(seed)")
        }
        #expect(changes > 0)
    }
}
