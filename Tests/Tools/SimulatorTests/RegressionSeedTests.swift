import Simulator
import Testing

/// Seeds that once found something, each with what it found: they are run for ever.
@Suite("Seeds that once found something")
struct RegressionSeedTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let seed: UInt64
        let nodes: Int?
        let heights: Int
        /// Everything where not told.
        var faults: [FaultKind]?
        let found: String
        /// What went through when it was found.
        var traffic = SimulationPlan.Traffic.accesses

        var testDescription: String { "seed \(seed): \(found)" }
    }

    static let rows =
        [
            Row(
                seed: 17, nodes: 4, heights: 20,
                found: "what makes a replica vote reached the disk, and the vote did not"),
            Row(
                seed: 138, nodes: nil, heights: 40,
                found: "an honest proposal with other bytes under the same header"),
            Row(
                seed: 351, nodes: nil, heights: 200,
                found: "the numbers of an expired batch, given again after a lost disk, convicted"),
            Row(
                seed: 7, nodes: nil, heights: 200,
                found: "the proof of a statement behind a void entry told a number too low",
                traffic: .all),
            Row(
                seed: 5_240, nodes: nil, heights: 200,
                found: "a log that lost a prevote, and a state that had it until the precommit",
                traffic: .all),
            Row(
                seed: 5_489, nodes: nil, heights: 200,
                found: "a new disk that was to be filled from the first block, which nobody had",
                traffic: .all),
            Row(
                seed: 5_860, nodes: nil, heights: 200,
                found: "a precommit in the log alone, and a second one beside it",
                traffic: .all),
            Row(
                seed: 8_519, nodes: nil, heights: 56,
                found: "a byzantine replica offered what its version does not know, and was asked",
                traffic: .all),
        ]
        + [130, 166].map {
            Row(
                seed: $0, nodes: nil, heights: 60,
                faults: [
                    .diskLoss, .crash, .loss, .writeLost, .writeKept, .writeError, .delay,
                    .partition,
                ],
                found: "a decision by a vote that nobody had heard when its voter ended")
        }
        + [3, 7, 15].map {
            Row(
                seed: $0, nodes: nil, heights: 12,
                found: "a node whose disk was lost numbered entries from 1 again")
        }
        + [2, 21, 22, 28, 29, 30].map {
            Row(
                seed: $0, nodes: nil, heights: 12,
                found: "an honest peer that answered late was dropped as a liar")
        }

    @Test("keep every promise now", arguments: rows)
    func keepsPromises(row: Row) throws {
        var plan = SimulationPlan.campaign(seed: row.seed, heights: row.heights)
        if let nodes = row.nodes {
            plan = SimulationPlan(seed: row.seed, nodeCount: nodes, heights: row.heights)
        }
        if let faults = row.faults {
            plan = SimulationPlan(
                seed: row.seed, nodeCount: plan.nodeCount, heights: row.heights, faults: faults)
        }
        plan.traffic = row.traffic
        var simulation = try Simulation(plan)
        let report = simulation.run()
        #expect(report.violations.map(\.description) == [], "seed \(row.seed): \(row.found)")
        #expect(report.height >= row.heights)
    }
}
