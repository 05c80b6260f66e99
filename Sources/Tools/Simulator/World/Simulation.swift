internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives

/// A whole network in one value and one thread: real hosts and outboxes on one simulated clock,
/// network and set of disks, all of which can fail; everything follows from one seed.
public struct Simulation {
    public let plan: SimulationPlan
    let region: SimulatedRegion
    var generator: SeededGenerator
    var nodes: [SimulatedNode] = []
    /// The replicas that are not byzantine.
    let honest: [Int]
    var network: SimulatedNetwork
    var queue = EventQueue<Event>()
    var now = SimulatedRegion.start.milliseconds + 1_000
    var trace = Trace()
    var checker: Checker
    var clients: [SimulatedClient]
    var adversary: Adversary
    var planted: PlantedParts
    /// What was sent of late, for the network to deliver again.
    var sentOfLate: [(from: Int, to: Int, message: PeerMessage)] = []
    var faultCounts: [(name: String, count: Int)] = []
    var misdeedCounts: [(name: String, count: Int)] = []
    var isStormy = true
    var clientsAreBusy = true
    var recoveryMilliseconds: Int64 = 0
    var violations: [Violation] = []
    var convicted: [String] = []
    /// By height, from the first: what honest replicas have cast.
    var models: [VoteModel<BlockID>] = []
    /// Where the ledger forked, which only more than f byzantine replicas bring about.
    var forkedAt: Height?
    var named: [String] = []
    /// Whether somebody honest no longer had the votes of that height in memory.
    var hasForgotten = false
    var votesCast: [(proposal: Digest, node: Int)] = []
    /// The greatest power that each may have by now.
    var powersHigh: [UInt64] = []
    /// How often a node began with a snapshot.
    var snapshotCount = 0
    var upgradeCount = 0
    var findingCount = 0
    /// A line for each thing that a reader of a failure would like to know, where asked for.
    public var log: [String]?

    enum Event {
        case input(Int, life: Int, HostInput)
        case outbox(Int, life: Int, OutboxInput)
        case rowWritten(Int, life: Int, OutboxRow)
        /// The oldest block that is being written is on the disk.
        case written(Int, life: Int)
        case client(Int)
        case restart(Int)
        case nemesis
        case heal(Heal)
        case mischief(Int)
        case govern
    }

    public init(_ plan: SimulationPlan) throws {
        self.plan = plan
        region = try SimulatedRegion(
            powers: plan.powers, signatures: plan.signatures, traffic: plan.traffic)
        powersHigh = region.powers
        generator = SeededGenerator(seed: plan.seed)
        network = SimulatedNetwork(nodeCount: plan.nodeCount)
        checker = try Checker(region: region)
        clients = plan.powers.indices.map { [region] in
            SimulatedClient(region: region, index: $0, seed: plan.seed)
        }
        planted = PlantedParts(plan.planted, nodeCount: plan.nodeCount)
        let liars = Simulation.liars(plan, region, &generator)
        adversary = Adversary(
            seed: plan.seed, members: liars, misbehaviours: plan.misbehaviours,
            areUnited: plan.mayFork)
        honest = region.names.indices.filter { !liars.contains($0) }
        for (index, id) in region.names.enumerated() {
            nodes.append(SimulatedNode(id: id, isByzantine: liars.contains(index)))
            if index < plan.olderCount { nodes[index].speaks = .first }
        }
        for index in nodes.indices {
            nodes[index].clockOffset = generator.between(-15, 15)
            boot(index)
            queue.add(.client(index), at: now + Int64(index) * 7)
        }
        for liar in liars { queue.add(.mischief(liar), at: now + 20) }
        if !plan.faults.isEmpty { queue.add(.nemesis, at: now + 100) }
        if governs { queue.add(.govern, at: now + 300) }
    }

    /// Who is byzantine: as many as planned, and, unless it is planned so, less than a third of the
    /// power.
    private static func liars(
        _ plan: SimulationPlan, _ region: SimulatedRegion, _ generator: inout SeededGenerator
    ) -> [Int] {
        let all = Array(0..<plan.nodeCount)
        if plan.mayFork || Set(region.powers).count == 1 {
            return generator.draw(plan.byzantineCount, of: all).sorted()
        }
        var liars: [Int] = []
        var power: UInt64 = 0
        for index in generator.draw(all.count, of: all) where liars.count < plan.byzantineCount {
            guard power + region.powers[index] <= region.faultyPowerMax else { continue }
            power += region.powers[index]
            liars.append(index)
        }
        return liars.sorted()
    }

    /// The honest replica's height that is greatest, on disks.
    var heightMax: Int { honest.map { nodes[$0].disk.height }.max() ?? 0 }

    /// Runs the whole plan: storm, recovery, the rest of the heights, and the last comparison.
    public mutating func run() -> SimulationReport {
        let goal = plan.heights
        run(for: plan.mayFork ? 20_000 : 240_000) {
            $0.heightMax >= goal && $0.hasEnoughFaults || $0.forkedAt != nil
        }
        if plan.mayFork {
            // Nothing is promised but that those who did it are known; for a while nodes find out.
            run(for: 5_000) { _ in false }
        } else {
            calm()
            recover()
            if !run(for: 600_000, until: { $0.heightMax >= goal }), violations.isEmpty {
                violate(.liveness, "height \(goal) is not reached: \(standing)")
            }
            settle()
            if violations.isEmpty { checkAtTheEnd() }
        }
        let place = honest.map { nodes[$0].disk.height }.min() ?? 0
        return SimulationReport(
            plan: plan, violations: violations, height: place,
            entryCount: checker.entryCount, kinds: checker.kinds, unfitCount: checker.unfitCount,
            faults: faultCounts, misdeeds: misdeedCounts,
            convicted: convicted, evidenceCount: checker.evidenceCount, findingCount: findingCount,
            powerChangeCount: checker.reference.governance.powerChangeCount,
            snapshotCount: snapshotCount, upgradeCount: upgradeCount, forkedAt: forkedAt?.blocks,
            named: named, hasForgotten: hasForgotten,
            virtualMilliseconds: now - SimulatedRegion.start.milliseconds,
            eventCount: trace.count, recoveryMilliseconds: recoveryMilliseconds,
            digest: trace.digest.description)
    }

    /// Runs for so long, or until the condition holds; says whether it came to hold.
    @discardableResult
    mutating func run(for milliseconds: Int64, until isDone: (borrowing Simulation) -> Bool) -> Bool
    {
        let end = now + milliseconds
        while now < end {
            if !violations.isEmpty { return false }
            if isDone(self) { return true }
            guard let (time, event) = queue.removeFirst() else { return false }
            now = max(now, time)
            handle(event)
            if forkedAt == nil, checker.isForked {
                forkedAt = checker.forkHeight
                audit(checker.forkHeight)
            }
        }
        return isDone(self)
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .input(let index, let life, let input):
            guard nodes[index].life == life, nodes[index].isUp else { return }
            if nodes[index].pausedUntil > now {
                return queue.add(event, at: nodes[index].pausedUntil)
            }
            step(index, input)
        case .outbox(let index, let life, let input):
            guard nodes[index].life == life, nodes[index].outbox != nil else { return }
            stepOutbox(index, input)
        case .rowWritten(let index, let life, let row):
            if nodes[index].life == life { nodes[index].disk.add(row) }
        case .written(let index, let life):
            if nodes[index].life == life { writeBlock(index) }
        case .client(let index):
            queue.add(.client(index), at: now + 30 + Int64(generator.below(60)))
            if clientsAreBusy { submitEntry(at: index) }
        case .restart(let index): boot(index)
        case .nemesis: strike()
        case .heal(let heal): carryOut(heal)
        case .mischief(let index): doMischief(as: index)
        case .govern: govern()
        }
    }

    /// Ends all faults: links are mended, disks have room, clocks are right, processes are up.
    mutating func calm() {
        isStormy = false
        network.clear()
        for index in nodes.indices {
            nodes[index].pausedUntil = 0
            nodes[index].diskIsFull = false
            nodes[index].nextStep = nil
            nodes[index].clockDrift = 0
            nodes[index].clockOffset = generator.between(-15, 15)
            if !nodes[index].isUp { boot(index) }
        }
        for index in nodes.indices { reconnect(index) }
        say("faults stop at height \(heightMax)")
    }

    private var hasEnoughFaults: Bool {
        faultCounts.count >= plan.faultKindsMin
            && faultCounts.reduce(0) { $0 + $1.count } >= plan.faultsMin
    }

    /// Demands that the ledger goes on soon after faults have stopped: that a block is decided that
    /// was not.
    mutating func recover() {
        guard violations.isEmpty else { return }
        let parameters = region.genesis.parameters
        let rounds = Int64(checker.reference.validators(at: .genesis).totalPower + 2) / 3
        let bound = rounds * 3 * Int64(parameters.timeoutCapMilliseconds) + 2_000
        let decided = checker.chain.count
        let began = now
        let isBack = run(for: bound) { $0.checker.chain.count > decided }
        recoveryMilliseconds = now - began
        if !isBack, violations.isEmpty {
            violate(.liveness, "nothing committed \(bound) ms after faults stopped: \(standing)")
        }
    }

    /// Lets submitters stop, and everything that was promised come to its end.
    mutating func settle() {
        guard violations.isEmpty else { return }
        clientsAreBusy = false
        if log != nil { say("submitters stop:\n  \(standing)") }
        let isSettled = run(for: 120_000) { world in
            let heights = world.honest.map { world.nodes[$0].disk.height }
            // Nor is a block decided that no disk has yet.
            return heights.allSatisfy { $0 == world.checker.chain.count }
                && world.honest.allSatisfy { index in
                    world.nodes[index].isUp
                        && (world.nodes[index].outbox?.waitingCount ?? 0) == 0
                }
        }
        if !isSettled, violations.isEmpty {
            violate(.liveness, "not all came to the same end: \(standing)")
        }
    }

    var standing: String {
        nodes.indices.map { index in
            let node = nodes[index]
            let why = node.host.map { "\($0.replica.why())" } ?? "down"
            return "\(node.id)\(node.isByzantine ? " (byzantine)" : ""): \(why); "
                + "outbox: \(node.outbox.map { "\($0.standing)" } ?? "none")"
        }.joined(separator: "\n  ")
    }

    mutating func violate(_ kind: Violation.Kind, _ text: String) {
        if plan.mayFork, kind != .evidence, kind != .culprits {
            return say("beyond what is promised: \(kind.rawValue): \(text)")
        }
        let elapsed = now - SimulatedRegion.start.milliseconds
        violations.append(Violation(kind: kind, milliseconds: elapsed, text: text))
        say("VIOLATION \(kind.rawValue): \(text)")
    }

    mutating func say(_ text: String) {
        guard log != nil else { return }
        log?.append("\(now - SimulatedRegion.start.milliseconds) \(text)")
    }
}
