internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives

/// How processes start, step and end.
extension Simulation {
    private static var outboxLimits: Outbox.Limits {
        var limits = Outbox.Limits()
        limits.batchEntryCountMax = 32
        limits.expiryHeights = 40
        return limits
    }

    mutating func step(_ index: Int, _ input: HostInput) {
        let clock = nodes[index].clock(at: now)
        guard let effects = nodes[index].step(input, now: clock) else { return }
        carryOut(effects, at: index)
        checkAfterStep(of: index)
        if case .received(let message, _) = input,
            let phantom = planted.phantom(
                after: message, at: index, validators: region.validators)
        {
            schedule(index, .received(.vote(Unverified(phantom)), from: phantom.voter), in: 0)
        }
    }

    /// Starts a node from its disk, as a process does.
    mutating func boot(_ index: Int) {
        guard !nodes[index].isUp else { return }
        if nodes[index].isDiskGone { return replaceDisk(of: index, because: "the disk is gone") }
        if planted.bug == .reuseANumber { nodes[index].disk.forgetOutboxRows(1) }
        do {
            let disk = nodes[index].disk
            try disk.scrub()
            let state = try disk.state(region.genesis)
            if disk.height < nodes[index].durableHeight {
                violate(
                    .durability,
                    "\(nodes[index].id) had block \(nodes[index].durableHeight) on its disk, and "
                        + "starts at \(disk.height)")
            }
            try openOutbox(index, state)
            nodes[index].begin(try host(index, state))
        } catch let error as OutboxError {
            return violate(.numbers, "\(nodes[index].id) opens no outbox: \(error)")
        } catch {
            return replaceDisk(of: index, because: "\(error)")
        }
        if nodes[index].life > 1, nodes[index].speaks < .newest {
            nodes[index].speaks = .newest
            upgradeCount += 1
        }
        if nodes[index].life > 0 {
            // Of the height under way, it may have heard votes before.
            nodes[index].remembersFrom = Height(UInt64(nodes[index].disk.height + 2))
        }
        trace.note(1, now, index)
        say("\(nodes[index].id) starts at height \(nodes[index].disk.height)")
        let clock = nodes[index].clock(at: now)
        if let effects = nodes[index].start(now: clock) { carryOut(effects, at: index) }
        if let effects = nodes[index].outbox?.start() { carryOut(effects, at: index) }
        reconnect(index)
    }

    private mutating func host(_ index: Int, _ state: LedgerState) throws -> Host {
        var headCommit: CommitProof?
        if nodes[index].disk.height > 0 {
            let height = Height(UInt64(nodes[index].disk.height))
            let proof = try nodes[index].disk.proof(at: height)
            if planted.bug == nil {
                _ = try state.validators(at: height).verify(
                    Unverified(proof), with: region.signing, by: region.authenticators[index])
            }
            headCommit = proof
        }
        return try Host(
            identity: nodes[index].id, state: state, headCommit: headCommit,
            authenticator: planted.authenticator(region.authenticators[index]),
            signed: try nodes[index].disk.signedState(),
            log: try nodes[index].disk.logRecords(),
            signsFrom: nodes[index].disk.comeback?.signsFrom ?? .genesis,
            joins: nodes[index].disk.comeback?.joins ?? false,
            heldChunks: Array(nodes[index].disk.incoming.keys),
            hasLostDisk: nodes[index].disk.comeback.map { $0.signsFrom == nil } ?? false)
    }

    private mutating func openOutbox(_ index: Int, _ state: LedgerState) throws {
        let comeback = nodes[index].disk.comeback
        nodes[index].outbox = nil
        nodes[index].outbox = try Outbox(
            restoring: try nodes[index].disk.outboxRows(),
            nextOnLedger: state.nextNumber(of: nodes[index].id, SimulatedRegion.stream) ?? 1,
            height: state.head.height, limits: Simulation.outboxLimits,
            hasLostRows: comeback?.isRenumbering ?? false, opensAt: comeback?.numbersFrom)
    }

    mutating func reconnect(_ index: Int) {
        for other in nodes.indices where other != index {
            schedule(index, connected(to: other, by: index), in: 1)
            schedule(other, connected(to: index, by: other), in: 1)
        }
    }

    /// A connection speaks the newest version that both ends do.
    func connected(to other: Int, by index: Int) -> HostInput {
        .connected(nodes[other].id, speaks: min(nodes[other].speaks, nodes[index].speaks))
    }

    mutating func schedule(_ index: Int, _ input: HostInput, in delay: Int64) {
        queue.add(.input(index, life: nodes[index].life, input), at: now + delay)
    }

    /// Kills a node: what was not synced is gone, or some of it; it comes back after a while.
    mutating func crash(_ index: Int, isTorn: Bool = false, outage: Int64) {
        guard nodes[index].isUp else { return }
        say("\(nodes[index].id) crashes")
        trace.note(2, now, index)
        nodes[index].end()
        nodes[index].life += 1
        nodes[index].pausedUntil = 0
        losePower(at: index)
        nodes[index].disk.losePower(keeping: &generator, isTorn: isTorn)
        planted.losePower(of: index, disk: &nodes[index].disk, &generator)
        for other in nodes.indices where other != index {
            schedule(other, .disconnected(nodes[index].id), in: 1)
        }
        queue.add(.restart(index), at: now + outage)
    }

    /// Of the blocks that are being written, the first few may have got there.
    private mutating func losePower(at index: Int) {
        let written = generator.below(nodes[index].unwritten.count + 1)
        // The first may be there already: its write was kept, and nothing after it.
        for (block, _) in nodes[index].unwritten.prefix(written)
        where block.height.blocks == UInt64(nodes[index].disk.height + 1) {
            nodes[index].disk.commit(block)
        }
        nodes[index].unwritten = []
    }

    /// What an operator does with a disk that is gone or damaged: an empty one.
    mutating func replaceDisk(of index: Int, because reason: String) {
        guard nodes[index].isDisabled || nodes[index].isByzantine else {
            return violate(
                .restart, "\(nodes[index].id) does not start, and its disk is sound: \(reason)")
        }
        say("\(nodes[index].id) gets a new disk: \(reason)")
        trace.note(3, now, index)
        nodes[index].disk = SimulatedDisk()
        nodes[index].disk.comeback = SimulatedDisk.Comeback()
        // Every other one comes back by a snapshot, if there is one.
        let joins = nodes[index].life.isMultiple(of: 2) || !hasAllBlocks(besides: index)
        nodes[index].disk.comeback?.joins = joins
        nodes[index].isDiskBad = false
        nodes[index].durableHeight = 0
        nodes[index].outbox = nil
        // What was acknowledged and never left this machine is lost with its disk.
        let next = checker.nextNumber(of: index)
        nodes[index].acknowledged.removeAll { $0.number >= next }
        nodes[index].handedIn = nodes[index].handedIn.filter { $0.key < next }
        nodes[index].isDiskGone = false
        boot(index)
    }

    /// Whether another honest node has the blocks that those lack who began with a snapshot: where
    /// none has, nobody can begin with the first block any more.
    private func hasAllBlocks(besides index: Int) -> Bool {
        let others = honest.filter { $0 != index }
        let start = others.map { nodes[$0].disk.base }.max() ?? 0
        return others.contains {
            nodes[$0].disk.base == 0 && nodes[$0].disk.height >= max(start, 1)
        }
    }
}
