import Consensus
import Hosting
import Ledger
import Primitives
import Records
import TestSupport

/// Four nodes on one clock, one network and four disks, all of which can fail; from one seed.
struct HostWorld {
    /// Breaks one durable step of one node: the n-th write is lost, or kept and nothing after it.
    struct Break: Sendable {
        enum Mode: Sendable { case writeLost, writeKept }

        let node: Int
        let step: Int
        let mode: Mode
    }

    /// Ends one node's process at one effect, durable or not, before it or right after.
    ///
    /// What was not synced by then is lost, or kept.
    struct EffectBreak: Sendable {
        enum Moment: Sendable, CaseIterable { case before, after }

        let node: Int
        let effect: Int
        let moment: Moment
        let keepsUnsynced: Bool
    }

    enum Event {
        case input(Int, life: Int, HostInput)
        case outbox(Int, life: Int, OutboxInput)
        case client(Int)
        case restart(Int)
        /// The oldest block that is being written is on the disk.
        case written(Int, life: Int)
    }

    struct Node {
        let name: String
        var disk = Disk()
        var host: Host?
        var outbox: Outbox?
        var life = 0
        var durableSteps = 0
        /// What its consensus key follows from, where that is not its name.
        var consensusKey: String?
        var hasLostDisk = false
        /// What a submitter was promised, by number.
        var acknowledged: [(number: UInt64, entry: [UInt8])] = []
        var handedIn: [UInt64: [UInt8]] = [:]

        var id: InstitutionID { Region.id(name) }
    }

    let region: Region
    var generator: SplitMix
    var nodes: [Node] = []
    var queue = EventQueue<Event>()
    var now = Region.start.milliseconds + 1_000
    var planned: Break?
    var plannedEffect: EffectBreak?
    /// What the effects of the node that breaks at one were, in order, as far as it came.
    var effectKinds: [String] = []
    var dropPercent = 0
    /// Nodes that hear and say nothing.
    var cutOff: Set<Int> = []
    /// How long a node stays down after a break.
    var outageMilliseconds: Int64 = 700
    /// The longest that a block takes to get to the disk, beside what goes on.
    var blockWriteMilliseconds: Int64 = 12
    var clientsAreBusy = true
    /// Batches reach only those who ask for them.
    var losesPushedBatches = false
    var problems: [String] = []
    var drops: [String] = []
    var convictions: [EvidenceBody] = []
    /// Lets a test hold back or change what is sent.
    var tamper: (@Sendable (PeerMessage, Int, Int) -> PeerMessage?)?

    init(seed: UInt64 = 1, region: Region? = nil) throws {
        self.region = try region ?? Region()
        generator = SplitMix(seed: seed)
        for name in Region.names { nodes.append(Node(name: name)) }
        for index in nodes.indices {
            boot(index)
            queue.add(.client(index), at: now + Int64(index) * 7)
        }
    }

    /// A batch must fit a block.
    static var outboxLimits: Outbox.Limits {
        var limits = Outbox.Limits()
        limits.batchEntryCountMax = 32
        return limits
    }

    var heights: [Int] { nodes.map(\.disk.commits.count) }

    /// Runs for so long, or until the condition holds; says whether it came to hold.
    @discardableResult
    mutating func run(for milliseconds: Int64, until isDone: (HostWorld) -> Bool) -> Bool {
        let end = now + milliseconds
        var steps = 0
        while now < end {
            if !problems.isEmpty { return false }
            steps += 1
            if steps.isMultiple(of: 8), isDone(self) { return true }
            guard let (time, event) = queue.removeFirst() else { return isDone(self) }
            now = time
            handle(event)
        }
        return isDone(self)
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .input(let index, let life, let input):
            guard nodes[index].life == life, nodes[index].host != nil else { return }
            step(index, input)
        case .outbox(let index, let life, let input):
            guard nodes[index].life == life, nodes[index].outbox != nil else { return }
            stepOutbox(index, input)
        case .client(let index):
            queue.add(.client(index), at: now + 40)
            if clientsAreBusy { submitEntry(at: index) }
        case .restart(let index): boot(index)
        case .written(let index, let life):
            guard nodes[index].life == life, nodes[index].host != nil else { return }
            _ = writeBlock(index)
        }
    }

    mutating func step(_ index: Int, _ input: HostInput) {
        let clock = Timestamp(milliseconds: now)
        guard let effects = nodes[index].host?.step(input, now: clock) else { return }
        carryOut(effects, at: index)
    }

    /// Starts a node from its disk, as a process does.
    mutating func boot(_ index: Int) {
        do {
            let disk = nodes[index].disk
            let state = try disk.state(region.genesis)
            let next = state.nextNumber(of: nodes[index].id, Region.stream) ?? 1
            nodes[index].outbox = try Outbox(
                restoring: disk.outboxRows, nextOnLedger: next, height: state.head.height,
                limits: HostWorld.outboxLimits, hasLostRows: disk.hasLostRows,
                opensAt: disk.numbersFrom)
            nodes[index].host = try region.host(
                nodes[index].name, state: state, headCommit: disk.commits.last?.proof,
                signed: disk.signed, log: disk.log, kept: disk.kept,
                consensusKey: nodes[index].consensusKey,
                signsFrom: disk.signsFrom,
                hasLostDisk: nodes[index].hasLostDisk && disk.signsFrom == nil)
        } catch {
            problems.append("\(nodes[index].name) does not start: \(error)")
            return
        }
        let clock = Timestamp(milliseconds: now)
        if let effects = nodes[index].host?.start(now: clock) { carryOut(effects, at: index) }
        if let effects = nodes[index].outbox?.start() { carryOut(effects, at: index) }
        for other in nodes.indices where other != index {
            schedule(index, .connected(nodes[other].id), in: 1)
        }
    }

    /// A node of an institution that joins later; it has no submitters.
    mutating func join(_ name: String) {
        nodes.append(Node(name: name))
        boot(nodes.count - 1)
    }

    /// Kills a node: what was not synced is gone, or some of it, or all is there, as is said.
    mutating func crash(_ index: Int, keepsUnsynced: Bool? = nil) {
        guard nodes[index].host != nil else { return }
        nodes[index].host = nil
        nodes[index].outbox = nil
        nodes[index].life += 1
        let unsynced = nodes[index].disk.unsyncedLog
        let drawn = Int.random(in: 0...unsynced.count, using: &generator)
        let kept = keepsUnsynced.map { $0 ? unsynced.count : 0 } ?? drawn
        nodes[index].disk.log += unsynced.prefix(kept)
        nodes[index].disk.unsyncedLog = []
        let blocks = nodes[index].disk.unsyncedCommits.map(\.block)
        let drawnBlocks = Int.random(in: 0...blocks.count, using: &generator)
        let written = keepsUnsynced.map { $0 ? blocks.count : 0 } ?? drawnBlocks
        nodes[index].disk.commits += blocks.prefix(written)
        nodes[index].disk.unsyncedCommits = []
        for other in nodes.indices where other != index {
            schedule(other, .disconnected(nodes[index].id), in: 1)
        }
    }

    /// Whether the plan breaks this durable step; if so the node is down, and the write of it is
    /// done only where the plan keeps it.
    mutating func breaks(_ index: Int, _ write: (inout Disk) -> Void) -> Bool {
        let step = nodes[index].durableSteps
        nodes[index].durableSteps += 1
        guard let planned, planned.node == index, planned.step == step else {
            write(&nodes[index].disk)
            return false
        }
        if planned.mode == .writeKept { write(&nodes[index].disk) }
        crash(index)
        queue.add(.restart(index), at: now + outageMilliseconds)
        return true
    }

    /// Makes a state durable, and first what it rests on; false where the node broke off.
    mutating func persist(_ state: SignedState, at index: Int) -> Bool {
        if state.restsOnLog, !writeBlocks(index) { return false }
        if state.restsOnLog || !nodes[index].disk.unsyncedCommits.isEmpty {
            let isBroken = breaks(index) { disk in
                disk.log += disk.unsyncedLog
                disk.unsyncedLog = []
            }
            if isBroken { return false }
        }
        return !breaks(index) { $0.signed = state }
    }

    /// Waits for all blocks that are being written; false where the node broke off.
    mutating func writeBlocks(_ index: Int) -> Bool {
        while !nodes[index].disk.unsyncedCommits.isEmpty {
            guard writeBlock(index) else { return false }
        }
        return true
    }

    /// The oldest block under way is on the disk; false where the node broke off.
    private mutating func writeBlock(_ index: Int) -> Bool {
        guard let (block, next) = nodes[index].disk.unsyncedCommits.first else { return true }
        let isBroken = breaks(index) { disk in
            disk.unsyncedCommits.removeFirst()
            disk.commits.append(block)
        }
        if isBroken { return false }
        nodes[index].disk.log.removeAll { $0.height <= block.height }
        nodes[index].disk.unsyncedLog.removeAll { $0.height <= block.height }
        noteCommit(block, nextNumber: next, at: index)
        return true
    }

    private mutating func noteCommit(
        _ block: CommittedBlock, nextNumber next: UInt64, at index: Int
    ) {
        let place = nodes[index].disk.commits.count - 1
        if block.height.blocks != UInt64(place + 1) {
            problems.append("\(nodes[index].name) committed \(block.height) out of turn")
        }
        for other in nodes where other.disk.commits.count > place {
            let theirs = other.disk.commits[place].executed.block.hash
            if theirs != block.executed.block.hash {
                problems.append("fork at \(block.height) between \(other.name) and \(index)")
            }
        }
        let life = nodes[index].life
        queue.add(
            .outbox(index, life: life, .committed(height: block.height, nextNumber: next)),
            at: now)
    }
}

extension HostRecord {
    var height: Height {
        switch self {
        case .replica(let record): record.height
        case .batch(let height, _): height
        }
    }
}
