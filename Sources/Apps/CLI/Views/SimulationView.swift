internal import Foundation
internal import Simulator

/// What came of one seed.
struct SeedView: Report {
    let seed: UInt64
    let isGood: Bool
    let nodes: Int
    let byzantine: Int
    let signatures: String
    let height: Int
    let entries: Int
    let faults: [String: Int]
    let misdeeds: [String: Int]
    let convicted: [String]
    let evidence: Int
    let powers: [UInt64]
    let powerChanges: Int
    let snapshots: Int
    let forkedAt: UInt64?
    let named: [String]
    let virtualMilliseconds: Int64
    let recoveryMilliseconds: Int64
    let events: UInt64
    let violations: [String]
    let digest: String

    init(_ report: SimulationReport) {
        seed = report.plan.seed
        isGood = report.isGood
        nodes = report.plan.nodeCount
        byzantine = report.plan.byzantineCount
        signatures = report.plan.signatures.rawValue
        height = report.height
        entries = report.entryCount
        faults = SeedView.table(report.faults)
        misdeeds = SeedView.table(report.misdeeds)
        convicted = report.convicted
        evidence = report.evidenceCount
        powers = report.plan.powers
        powerChanges = report.powerChangeCount
        snapshots = report.snapshotCount
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
        if snapshots > 0 { lines.append("  \(snapshots) times a node began with a snapshot") }
        if let forkedAt {
            lines.append(
                "  forked at height \(forkedAt); its votes name "
                    + named.joined(separator: ", "))
        }
        lines.append("  after faults stopped, the next block came in \(recoveryMilliseconds) ms")
        lines += violations.map { "  violation: \($0)" }
        return lines + ["  digest \(digest)"]
    }

    private static func words(_ table: [String: Int]) -> String {
        table.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

/// What came of many seeds.
struct SimulationSummary: Report {
    let firstSeed: UInt64
    private(set) var count: UInt64 = 0
    private(set) var badSeeds: [UInt64] = []
    private(set) var heights = 0
    private(set) var entries = 0
    private(set) var faults = 0
    /// The fewest faults, and kinds of them, that any seed had.
    private(set) var fewestFaults = Int.max
    private(set) var fewestKinds = Int.max
    private(set) var slowestRecoveryMilliseconds: Int64 = 0
    private(set) var virtualMilliseconds: Int64 = 0
    /// How often a node began with a snapshot, and was upgraded.
    private(set) var snapshots = 0
    private(set) var upgrades = 0
    var seconds = 0.0

    init(firstSeed: UInt64) {
        self.firstSeed = firstSeed
    }

    mutating func add(_ report: SimulationReport) {
        count += 1
        if !report.isGood { badSeeds.append(report.plan.seed) }
        heights += report.height
        entries += report.entryCount
        faults += report.faultCount
        fewestFaults = min(fewestFaults, report.faultCount)
        fewestKinds = min(fewestKinds, report.faults.count)
        slowestRecoveryMilliseconds = max(
            slowestRecoveryMilliseconds, report.recoveryMilliseconds)
        virtualMilliseconds += report.virtualMilliseconds
        snapshots += report.snapshotCount
        upgrades += report.faults.first { $0.name == "upgrade" }?.count ?? 0
    }

    /// Whether one more seed is wanted: one if nothing is said, so many, or for so long.
    func shouldGoOn(count wanted: UInt64?, seconds: UInt64?, since start: Date) -> Bool {
        if let wanted, count >= wanted { return false }
        if let seconds { return Date.now.timeIntervalSince(start) < Double(seconds) }
        return count < (wanted ?? 1)
    }

    var lines: [String] {
        let rate = seconds > 0 ? Double(count) / seconds : 0
        return [
            "seeds \(firstSeed) to \(firstSeed + max(count, 1) - 1): \(count) run in "
                + String(format: "%.1f s (%.2f a second)", seconds, rate)
                + ", \(badSeeds.count) broken",
            "  \(heights) heights, \(entries) entries, \(faults) faults "
                + "(at least \(fewestFaults) of \(fewestKinds) kinds a seed), "
                + "\(virtualMilliseconds / 1_000) simulated seconds",
            "  slowest recovery \(slowestRecoveryMilliseconds) ms; \(snapshots) nodes began with "
                + "a snapshot, \(upgrades) were upgraded",
        ] + badSeeds.map { "  broken: custos simulate --seed \($0) --log" }
    }
}
