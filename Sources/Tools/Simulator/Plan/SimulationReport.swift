/// What a simulation came to.
public struct SimulationReport: Sendable {
    public let plan: SimulationPlan
    /// What was promised and not kept; empty where all is well.
    public let violations: [Violation]
    /// The height that every honest replica reached.
    public let height: Int
    public let entryCount: Int
    /// How many entries of each kind stand on the ledger, by the kind's name.
    public let kinds: [(name: String, count: Int)]
    /// How many entries stand there without effect.
    public let unfitCount: Int
    /// How often each kind of fault struck.
    public let faults: [(name: String, count: Int)]
    /// How often byzantine replicas did what.
    public let misdeeds: [(name: String, count: Int)]
    /// Whom honest replicas convicted.
    public let convicted: [String]
    /// How many pieces of evidence stand on the ledger.
    public let evidenceCount: Int
    /// How many findings those have who may open the most.
    public let findingCount: Int
    /// How many votes on a power came into force.
    public let powerChangeCount: Int
    /// How often a node began with a snapshot of the others.
    public let snapshotCount: Int
    /// How often a node of the first version was upgraded.
    public let upgradeCount: Int
    /// Where more than may be were byzantine: the height at which the ledger forked, if it did, and
    /// whom the votes of it name.
    public let forkedAt: UInt64?
    public let named: [String]
    /// Whether an honest replica had begun anew since, so that its votes of that height were gone.
    public let hasForgotten: Bool
    /// How long it took on the simulated clock.
    public let virtualMilliseconds: Int64
    public let eventCount: UInt64
    /// How long the ledger stood still at most once faults had stopped.
    public let recoveryMilliseconds: Int64
    /// Equal for equal seeds, in any process on any machine.
    public let digest: String

    /// Whether nothing that was promised was broken.
    public var isGood: Bool { violations.isEmpty }
    public var faultCount: Int { faults.reduce(0) { $0 + $1.count } }
}

/// A promise that was broken.
public struct Violation: Sendable, CustomStringConvertible {
    /// Which promise.
    public enum Kind: String, Sendable {
        case fork, validity, durability, acknowledged, numbers, heads, evidence, liveness
        case recomputation, proof, halt, restart
        case innocent
        /// Two that may open the same find different things.
        case findings
        /// A vote or a decision that the exhausted model does not have.
        case model
        /// A fork whose votes do not name enough of those who did it.
        case culprits
        /// The simulator itself came to something that it does not know how to go on from.
        case broken
    }

    public let kind: Kind
    public let milliseconds: Int64
    public let text: String

    public var description: String { "\(kind.rawValue) at \(milliseconds) ms: \(text)" }
}
