import Simulator
import Testing

@Suite("Simulations of nodes that join late and are upgraded")
struct SnapshotSimulationTests {
    @Test("nodes that lose their disks begin with snapshots, beside nodes of the first version")
    func joinsUnderFaults() throws {
        var (snapshots, upgrades) = (0, 0)
        for seed in 1_001...1_004 as ClosedRange<UInt64> {
            var plan = SimulationPlan(
                seed: seed, nodeCount: 5, heights: 30, faults: [.diskLoss, .crash, .loss])
            plan.olderCount = 3
            var simulation = try Simulation(plan)
            let report = simulation.run()
            #expect(report.violations.map(\.description) == [], "seed \(seed)")
            snapshots += report.snapshotCount
            upgrades += report.upgradeCount
        }
        #expect(snapshots > 0 && upgrades > 0, "nothing of the kind came up")
    }

    /// The first and last of these seeds once found the first block after a snapshot wanting.
    @Test("what peers lie of a snapshot is believed by nobody")
    func liesAboutSnapshots() throws {
        var snapshots = 0
        for seed in [69, 71, 158] as [UInt64] {
            var plan = SimulationPlan(
                seed: seed, nodeCount: 7, heights: 60,
                faults: [
                    .diskLoss, .crash, .loss, .writeLost, .writeKept, .writeError, .delay,
                    .partition,
                ])
            plan.olderCount = 0
            plan.traffic = .accesses
            var simulation = try Simulation(plan)
            let report = simulation.run()
            #expect(report.violations.map(\.description) == [], "seed \(seed)")
            snapshots += report.snapshotCount
        }
        #expect(snapshots > 0, "nothing of the kind came up")
    }
}
