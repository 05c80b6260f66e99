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
    /// For the search for culprits: safety may fall, and then the evidence must do.
    public var mayFork = false

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
    public static func campaign(
        seed: UInt64, nodes: ClosedRange<Int> = 4...7, heights: Int = 200
    ) -> SimulationPlan {
        var generator = SeededGenerator(seed: seed ^ 0xca3)
        return SimulationPlan(
            seed: seed, nodeCount: nodes.lowerBound + generator.below(nodes.count),
            heights: heights, signatures: seed.isMultiple(of: 100) ? .real : .mac)
    }
}
