internal import Foundation
internal import Simulator

/// What came of one seed.
struct SeedView: Report, Decodable {
    let seed: UInt64
    /// How many heights were to be reached.
    let goal: Int
    let isGood: Bool
    let nodes: Int
    let byzantine: Int
    let signatures: String
    let height: Int
    let entries: Int
    let kinds: [String: Int]
    let unfit: Int
    let findings: Int
    let faults: [String: Int]
    let misdeeds: [String: Int]
    let convicted: [String]
    let evidence: Int
    let powers: [UInt64]
    let powerChanges: Int
    let snapshots: Int
    let upgrades: Int
    let forkedAt: UInt64?
    let named: [String]
    let virtualMilliseconds: Int64
    let recoveryMilliseconds: Int64
    let events: UInt64
    let violations: [String]
    let digest: String

    init(_ report: SimulationReport) {
        seed = report.plan.seed
        goal = report.plan.heights
        isGood = report.isGood
        nodes = report.plan.nodeCount
        byzantine = report.plan.byzantineCount
        signatures = report.plan.signatures.rawValue
        height = report.height
        entries = report.entryCount
        kinds = SeedView.table(report.kinds.filter { $0.count > 0 })
        unfit = report.unfitCount
        findings = report.findingCount
        faults = SeedView.table(report.faults)
        misdeeds = SeedView.table(report.misdeeds)
        convicted = report.convicted
        evidence = report.evidenceCount
        powers = report.plan.powers
        powerChanges = report.powerChangeCount
        snapshots = report.snapshotCount
        upgrades = report.upgradeCount
        forkedAt = report.forkedAt
        named = report.named
        virtualMilliseconds = report.virtualMilliseconds
        recoveryMilliseconds = report.recoveryMilliseconds
        events = report.eventCount
        violations = report.violations.map(\.description)
        digest = report.digest
    }

    private static func table(_ counts: [(name: String, count: Int)]) -> [String: Int] {
        Dictionary(counts.map { ($0.name, $0.count) }) { $0 + $1 }
    }

    var lines: [String] {
        var lines = [
            "seed \(seed): \(isGood ? "every promise kept" : "BROKEN")",
            "  \(nodes) nodes, \(byzantine) byzantine, signatures \(signatures); "
                + "height \(height), \(entries) entries, \(events) events in "
                + "\(virtualMilliseconds) simulated ms",
            "  entries: \(SeedView.words(kinds)); \(unfit) without effect, \(findings) findings",
            "  faults: \(SeedView.words(faults))",
        ]
        if byzantine > 0 {
            lines.append("  byzantine: \(SeedView.words(misdeeds))")
            lines.append(
                "  convicted: \(convicted.joined(separator: ", ")); "
                    + "\(evidence) pieces of evidence on the ledger")
        }
        if Set(powers).count > 1 || powerChanges > 0 {
            let list = powers.map(String.init).joined(separator: ", ")
            lines.append("  powers \(list); \(powerChanges) changed by vote")
        }
        if snapshots + upgrades > 0 {
            lines.append("  \(snapshots) times a node began with a snapshot, \(upgrades) upgraded")
        }
        if let forkedAt {
            lines.append(
                "  forked at height \(forkedAt); its votes name "
                    + named.joined(separator: ", "))
        }
        lines.append("  after faults stopped, the next block came in \(recoveryMilliseconds) ms")
        lines += violations.map { "  violation: \($0)" }
        return lines + ["  digest \(digest)"]
    }

    static func words(_ table: [String: Int]) -> String {
        table.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
