internal import Foundation

/// What came of many seeds.
struct SimulationSummary: Report {
    private(set) var firstSeed: UInt64?
    private(set) var lastSeed: UInt64?
    /// How many heights each seed was to reach.
    private(set) var goal: Int?
    private(set) var count: UInt64 = 0
    private(set) var badSeeds: [UInt64] = []
    private(set) var heights = 0
    private(set) var entries = 0
    private(set) var entriesByKind: [String: Int] = [:]
    private(set) var unfit = 0
    private(set) var findings = 0
    private(set) var faults = 0
    private(set) var faultsByKind: [String: Int] = [:]
    private(set) var misdeeds: [String: Int] = [:]
    private(set) var evidence = 0
    /// The fewest faults, and kinds of them, that any seed had, and the fewest heights.
    private(set) var fewestFaults: Int?
    private(set) var fewestKinds: Int?
    private(set) var fewestHeights: Int?
    private(set) var slowestRecoveryMilliseconds: Int64 = 0
    private(set) var virtualMilliseconds: Int64 = 0
    /// How often a node began with a snapshot, and was upgraded.
    private(set) var snapshots = 0
    private(set) var upgrades = 0
    /// How long all of it took, on one core.
    private(set) var seconds = 0.0

    mutating func add(_ seed: SeedView, seconds: Double) {
        count += 1
        goal = seed.goal
        firstSeed = min(firstSeed ?? seed.seed, seed.seed)
        lastSeed = max(lastSeed ?? seed.seed, seed.seed)
        if !seed.isGood { badSeeds.append(seed.seed) }
        heights += seed.height
        entries += seed.entries
        entriesByKind.merge(seed.kinds) { $0 + $1 }
        unfit += seed.unfit
        findings += seed.findings
        let faultCount = seed.faults.values.reduce(0, +)
        faults += faultCount
        faultsByKind.merge(seed.faults) { $0 + $1 }
        misdeeds.merge(seed.misdeeds) { $0 + $1 }
        evidence += seed.evidence
        fewestFaults = min(fewestFaults ?? faultCount, faultCount)
        fewestKinds = min(fewestKinds ?? seed.faults.count, seed.faults.count)
        fewestHeights = min(fewestHeights ?? seed.height, seed.height)
        slowestRecoveryMilliseconds = max(slowestRecoveryMilliseconds, seed.recoveryMilliseconds)
        virtualMilliseconds += seed.virtualMilliseconds
        snapshots += seed.snapshots
        upgrades += seed.upgrades
        self.seconds += seconds
    }

    var lines: [String] {
        guard let firstSeed, let lastSeed else { return ["no seeds were run"] }
        return [
            "seeds \(firstSeed) to \(lastSeed): \(count) run in "
                + String(format: "%.1f s (%.2f a second)", seconds, Double(count) / seconds)
                + ", \(badSeeds.count) broken",
            "  \(heights) heights (at least \(fewestHeights ?? 0) a seed), \(entries) entries, "
                + "\(virtualMilliseconds / 1_000) simulated seconds",
            "  entries: \(SeedView.words(entriesByKind)); \(unfit) without effect, "
                + "\(findings) findings",
            "  \(faults) faults (at least \(fewestFaults ?? 0) of \(fewestKinds ?? 0) kinds a "
                + "seed): \(SeedView.words(faultsByKind))",
            "  byzantine: \(SeedView.words(misdeeds)); \(evidence) pieces of evidence",
            "  slowest recovery \(slowestRecoveryMilliseconds) ms; \(snapshots) nodes began with "
                + "a snapshot, \(upgrades) were upgraded",
        ]
            + badSeeds.map {
                "  broken: custos simulate --seed \($0) --heights \(goal ?? 0) --log"
            }
    }
}
