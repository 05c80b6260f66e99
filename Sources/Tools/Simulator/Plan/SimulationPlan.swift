/// Everything that a simulation follows from.
public struct SimulationPlan: Sendable {
    public var seed: UInt64
    public var nodeCount: Int
    /// How many heights are to be reached, faults or not.
    public var heights: Int
    /// What may go wrong.
    public var faults: [FaultKind]
    /// What byzantine replicas do.
    public var misbehaviours: [Misbehaviour]
    /// How many replicas are byzantine; more than a third is for the search for culprits.
    public var byzantineCount: Int
    public var signatures: SignatureKind
    public var planted: PlantedBug?
    /// How much each node's vote counts at first.
    public var powers: [UInt64]
    /// Whether institutions vote on each other's power as they go.
    public var changesValidators = false

    /// What institutions hand in.
    public var traffic = Traffic.all

    public enum Traffic: String, CaseIterable, Sendable {
        /// Entries of every kind, by the newest rules for them.
        case all
        /// Accesses alone, by the first rules: what went through a seed that found something
        /// before there were others, so that it goes on to be the same.
        case accesses
    }

    /// How many faults, and of how many kinds, there must be before they may stop; they go on after
    /// the last height until there are.
    public var faultsMin = 0
    public var faultKindsMin = 0

    /// How many nodes begin with the first version of the protocol; each is upgraded at a restart.
    public var olderCount = 0

    /// How many times as long as usual a block takes to get to a disk: what was decided on top of
    /// it stands in the log alone for so long.
    public var diskSlowness: Int64

    /// More are byzantine than may be: safety may fall, and then the evidence must do.
    public var mayFork: Bool { byzantineCount > SimulatedRegion.faultyMax(of: nodeCount) }

    public init(
        seed: UInt64, nodeCount: Int = 4, heights: Int = 40,
        faults: [FaultKind] = FaultKind.allCases,
        misbehaviours: [Misbehaviour] = Misbehaviour.allCases, byzantineCount: Int? = nil,
        signatures: SignatureKind = .mac, planted: PlantedBug? = nil
    ) {
        self.seed = seed
        self.nodeCount = nodeCount
        self.heights = heights
        self.faults = faults
        self.misbehaviours = misbehaviours
        self.signatures = signatures
        self.planted = planted
        self.byzantineCount =
            byzantineCount ?? SimulationPlan.byzantine(seed, nodeCount, misbehaviours)
        powers = Array(repeating: 1, count: nodeCount)
        // A quarter of all seeds have disks that lag blocks behind.
        var disks = SeededGenerator(seed: seed ^ 0xd15c)
        diskSlowness = disks.chance(25) ? 100 : 1
    }

    /// Plants a mistake; those that count votes count heads, so powers are equal then.
    public mutating func plant(_ bug: PlantedBug) {
        planted = bug
        powers = Array(repeating: 1, count: nodeCount)
        changesValidators = false
    }

    /// Half of all seeds have as many byzantine replicas as may be, the others fewer.
    private static func byzantine(
        _ seed: UInt64, _ nodeCount: Int, _ misbehaviours: [Misbehaviour]
    ) -> Int {
        guard !misbehaviours.isEmpty else { return 0 }
        var generator = SeededGenerator(seed: seed ^ 0xb12a)
        let most = SimulatedRegion.faultyMax(of: nodeCount)
        return generator.chance(50) ? most : generator.below(most + 1)
    }

    /// The plan of one seed of a campaign: four to seven nodes, every 100th with real signatures.
    ///
    /// A quarter have uneven powers, another quarter change them on the way. Of 200 heights each
    /// has at least ten faults of at least three kinds, and shorter ones have fewer in proportion.
    public static func campaign(
        seed: UInt64, nodes: ClosedRange<Int> = 4...7, heights: Int = 200
    ) -> SimulationPlan {
        var generator = SeededGenerator(seed: seed ^ 0xca3)
        var plan = SimulationPlan(
            seed: seed, nodeCount: nodes.lowerBound + generator.below(nodes.count),
            heights: heights, signatures: seed.isMultiple(of: 100) ? .real : .mac)
        plan.faultsMin = heights / 20
        plan.faultKindsMin = min(3, heights / 60)
        switch generator.below(4) {
        case 0:
            for index in plan.powers.indices { plan.powers[index] = 1 + generator.next() % 3 }
        case 1: plan.changesValidators = true
        default: break
        }
        // A quarter are upgraded node by node as they go.
        var versions = SeededGenerator(seed: seed ^ 0x01de)
        if versions.chance(25) { plan.olderCount = 1 + versions.below(plan.nodeCount) }
        return plan
    }

    /// The plan of one seed of the search for culprits: one byzantine replica more than may be.
    ///
    /// All of those say two things, on a bad network, and in half of the seeds with crashes and
    /// disks that fail. A tenth have up to 16 nodes.
    public static func culprits(seed: UInt64, heights: Int = 30) -> SimulationPlan {
        var generator = SeededGenerator(seed: seed ^ 0xc01)
        let hasBadDisks = generator.chance(50)
        let count = generator.chance(10) ? 8 + generator.below(9) : 4 + generator.below(4)
        return SimulationPlan(
            seed: seed, nodeCount: count, heights: heights,
            faults: FaultKind.allCases.filter { hasBadDisks || $0.family == .network },
            misbehaviours: [.equivocateProposals, .equivocateVotes],
            byzantineCount: SimulatedRegion.faultyMax(of: count) + 1)
    }
}
