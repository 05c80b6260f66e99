internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records

/// What is demanded of every step, of every block, and at the end.
extension Simulation {
    /// After every step: the head in memory is the one on the disk, or on its way there.
    mutating func checkAfterStep(of index: Int) {
        guard !nodes[index].isByzantine, let (head, voted) = nodes[index].standing() else { return }
        guard nodes[index].taken == head, voted == head.next else {
            return violate(
                .heads,
                "\(nodes[index].id) stands at \(head), votes on \(voted), "
                    + "has \(nodes[index].taken) written or under way")
        }
    }

    /// After every block of every node.
    mutating func noteCommit(_ block: CommittedBlock, at index: Int) {
        let height = Int(block.height.blocks)
        trace.note(6, now, index, block.height.blocks)
        trace.note(block.executed.block.hash)
        if log != nil {
            let count = block.executed.batches.count
            say(
                "\(nodes[index].id) commits \(height), round \(block.proof.round), \(count) batches"
            )
        }
        if !nodes[index].isByzantine {
            let isNew = height > checker.chain.count
            if checker.isForked { return }
            let isFounded = nodes[index].disk.base > 0
            if let (kind, text) = checker.add(block, afterSnapshot: isFounded) {
                return violate(kind, "\(nodes[index].id): \(text)")
            }
            checkDecision(block.proof, by: index)
            nodes[index].desk?.take(block)
            if isNew { checkEntries(of: block) }
            guard height.isMultiple(of: 20) else { return }
            compare(index)
            if isNew, let difference = checker.differenceFromModel() {
                violate(.recomputation, difference)
            }
        }
    }

    /// When a block of a node is durable.
    mutating func noteWritten(_ block: CommittedBlock, at index: Int) {
        let height = Int(block.height.blocks)
        nodes[index].durableHeight = height
        if nodes[index].disk.height != height {
            violate(.heads, "\(nodes[index].id) writes block \(height) out of turn")
        }
        if SnapshotSchedule.isDue(at: block.height) {
            do {
                try nodes[index].disk.cutSnapshot(region.genesis)
            } catch {
                // A disk that lies has no snapshot; that it lies is found where it is read.
                say("\(nodes[index].id) cuts no snapshot: \(error)")
            }
        }
        endDisability(of: index)
    }

    /// A node whose disk was lost is whole again when it may sign.
    private mutating func endDisability(of index: Int) {
        let height = Height(UInt64(nodes[index].disk.height))
        if nodes[index].isDisabled, let signsFrom = nodes[index].disk.comeback?.signsFrom,
            height >= signsFrom, !nodes[index].isDiskBad
        {
            nodes[index].isDisabled = false
        }
    }

    /// What honest submitters handed in is what stands, in their own numbers.
    private mutating func checkEntries(of block: CommittedBlock) {
        for batch in block.executed.batches {
            guard let issuer = region.index(of: batch.header.issuer),
                !nodes[issuer].isByzantine
            else { continue }
            for (offset, bytes) in batch.entryBytes.enumerated() {
                if case .evidence(let body) = batch.entries[offset].body { checkEvidence(body) }
                let number = batch.entries[offset].number
                guard let handedIn = nodes[issuer].handedIn[number] else { continue }
                if handedIn != Array(bytes) {
                    violate(
                        .acknowledged, "entry \(number) of \(nodes[issuer].id) was changed")
                }
            }
        }
    }

    /// What stands on the ledger convicts nobody who is honest.
    private mutating func checkEvidence(_ body: EvidenceBody) {
        guard body.kind.convicts, let about = region.index(of: body.about),
            !nodes[about].isByzantine
        else { return }
        violate(.evidence, "the ledger convicts \(body.about), honest, of \(body.kind)")
    }

    /// One node's state, index and proofs against what the checker computes from the blocks.
    private mutating func compare(_ index: Int) {
        guard let state = nodes[index].host?.state,
            state.head.height == checker.reference.head.height
        else { return }
        if state.stateRoot != checker.reference.stateRoot || state.head != checker.reference.head {
            violate(.recomputation, "\(nodes[index].id) has another state at \(state.head.height)")
        }
        if let difference = state.difference(from: checker.model) {
            violate(.recomputation, "\(nodes[index].id): \(difference)")
        }
        compareFindings(of: index)
        checkProofs(of: index)
    }

    /// What a node finds in what it may open is what all find who may open the same.
    private mutating func compareFindings(of index: Int) {
        let meant = checker.desks[index % 2]
        guard nodes[index].taken == meant.height else { return }
        if nodes[index].desk == nil { nodes[index].desk = try? reopenedDesk(of: index) }
        guard let desk = nodes[index].desk else { return }
        guard desk.height == meant.height else {
            return violate(
                .findings, "\(nodes[index].id)'s desk has read \(desk.height) of \(meant.height)")
        }
        let (found, wanted) = (desk.findings, meant.findings)
        findingCount = max(findingCount, wanted.count)
        if found != wanted {
            violate(
                .findings, "\(nodes[index].id) finds \(found) and not \(wanted) by \(desk.height)")
        }
    }

    /// A desk that has read the ledger again, from the disk; nil where that does not begin with the
    /// first block, or cannot be read.
    private func reopenedDesk(of index: Int) throws -> SimulatedDesk? {
        guard nodes[index].disk.base == 0 else { return nil }
        var desk = try SimulatedDesk(nodes[index].id, rules: region.rules)
        for height in 0..<nodes[index].disk.height {
            let height = Height(UInt64(height + 1))
            var batches: [(InstitutionID, [Entry], [Digest])] = []
            for (kind, bytes) in try nodes[index].disk.rows(at: height) where kind == .batch {
                let batch = try UnverifiedBatch(decoding: bytes)
                batches.append(
                    (
                        batch.header.issuer, try batch.readEntries(),
                        batch.entries.map { SHA256.leaf($0) }
                    ))
            }
            if planted.bug == .missABlock, height.blocks == UInt64(nodes[index].disk.height) {
                batches = []
            }
            desk.take(batches, at: try nodes[index].disk.block(at: height).header.time)
        }
        for (block, _) in nodes[index].unwritten { desk.take(block) }
        return desk
    }

    /// At the end: everything again, from the disks.
    mutating func checkAtTheEnd() {
        for index in honest {
            if let lost = lostEntry(of: index) {
                violate(
                    .acknowledged, "\(nodes[index].id)'s entry \(lost) was promised and is gone")
            }
            compare(index)
            do {
                let state = try nodes[index].disk.state(region.genesis, fromAllRows: true)
                if state.head != checker.reference.head
                    || state.stateRoot != checker.reference.stateRoot
                {
                    violate(.durability, "\(nodes[index].id)'s disk holds another state")
                }
            } catch {
                if !nodes[index].isDisabled {
                    violate(.durability, "\(nodes[index].id)'s disk cannot be read: \(error)")
                }
            }
        }
        if let difference = checker.differenceFromModel() {
            violate(.recomputation, difference)
        }
    }

    private func lostEntry(of index: Int) -> UInt64? {
        let standing = checker.entries[index]
        return nodes[index].acknowledged.first { number, entry in
            standing[number] != entry
        }?.number
    }

    /// No honest replica finds an honest one's block invalid.
    mutating func checkLogged(_ record: HostRecord, at index: Int) {
        guard !nodes[index].isByzantine,
            case .replica(.valueChecked(let height, let block, false)) = record,
            checker.proposed.contains(block.hash), !checker.isForked
        else { return }
        violate(
            .validity, "\(nodes[index].id) finds honest block \(block) at \(height) invalid")
    }

    /// What an honest replica says must follow from what it heard.
    ///
    /// Who precommitted a block has seen the quorum of prevotes that proves it, and may from then
    /// on propose at this height only with a round that proves the block. Who has not may build
    /// the very same block twice: its clock may stand behind the ledger's, with nothing new there.
    mutating func checkSent(_ message: PeerMessage, by index: Int) {
        let name = nodes[index].id
        switch message {
        case .vote(let vote):
            let claimed = vote.claimed
            guard claimed.kind == .precommit, claimed.voter == name, claimed.block != nil else {
                return
            }
            checker.precommitted[index] = (claimed.height, claimed.round)
        case .proposal(let proposal):
            let claimed = proposal.claimed
            checker.proposed.insert(claimed.blockID.hash)
            // Others' proposals are handed on too; a block names who proposed it first.
            guard let (height, round) = checker.precommitted[index], height == claimed.height,
                round < claimed.round, claimed.validRound == nil,
                (try? Block.decode(claimed.block))?.header.proposer == name
            else { return }
            violate(
                .validity,
                "\(name) proposes \(claimed.blockID) in \(claimed.round), after its precommit in "
                    + "\(round), without the round that proves it")
        default: break
        }
    }
}

extension Checker {
    /// The state map, computed word by word from keys and values, against the header's root.
    func differenceFromModel() -> String? {
        var keys: [StateKey] = [.parameters, .ledger]
        for name in region.names {
            keys += [.institution(name), .nextNumber(name, SimulatedRegion.stream)]
        }
        // What governance keeps, as far as it is there.
        let heights = (0...UInt64(chain.count + 1)).map { StateKey.validators(Height($0)) }
        let strangers: [StateKey] = [
            .statementIssuer(Stranger.name), .anchoredLedger(region.child.id),
        ]
        let known = self.keys.filter { !strangers.contains($0) }
        keys += ([.policy, .attendance, .standing] + heights + strangers + known).filter {
            reference.map.value(of: $0) != nil
        }
        keys += model.terms.map { .term($0.term) }
        var slots: [(slot: UInt64, key: StateKey, value: [UInt8])] = []
        for key in keys {
            guard let proof = reference.map.proof(of: key) else { return "\(key) is not there" }
            slots.append((proof.slot, key, proof.value))
        }
        slots.sort { $0.slot < $1.slot }
        var model = StateMapModel(ledger: region.genesis.ledger)
        for (index, item) in slots.enumerated() {
            guard item.slot == UInt64(index + 1) else { return "slot \(index + 1) is unaccounted" }
            model.set(item.key, item.value)
        }
        guard model.root == reference.stateRoot else {
            return "the state map's root is not that of its keys and values"
        }
        return nil
    }
}
