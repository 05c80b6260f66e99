internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives

/// What byzantine replicas say in place of what they should, and unasked.
extension Simulation {
    /// What a byzantine replica sends to one peer in place of a message.
    mutating func twisted(_ message: PeerMessage, from: Int, to: Int) -> [PeerMessage] {
        adversary.overhear(message)
        guard !nodes[to].isByzantine else { return [message] }
        let adversary = self.adversary
        let does = { (habit: Misbehaviour) in adversary.does(habit, from) }
        if does(.withhold), self.adversary.generator.chance(40) { return [] }
        switch message {
        case .proposal(let proposal) where does(.equivocateProposals):
            // The same two blocks to the same two halves, whatever is asked.
            let isOther = (to + Int(proposal.claimed.round.number)).isMultiple(of: 2)
            let twin = isOther ? twin(of: proposal.claimed, by: from) : nil
            return [twin.map { .proposal(Unverified($0)) } ?? message]
        case .vote(let vote) where does(.equivocateVotes):
            return [.vote(Unverified(pleasing(vote.claimed, by: from, to: to)))]
        case .status(let status) where does(.lieInSync):
            return [.status(boasting(status))]
        case .block(let block) where does(.lieInSync):
            return self.adversary.generator.chance(70) ? [.block(spoiled(block))] : [message]
        case .snapshot(let offer) where does(.lieInSync):
            return self.adversary.generator.chance(50) ? [.snapshot(spoiled(offer))] : [message]
        case .chunkLacking(let name) where does(.lieInSync):
            return [self.adversary.forged[name].map { .chunk(name, $0) } ?? message]
        case .chunk(let name, let bytes) where does(.lieInSync):
            guard self.adversary.generator.chance(50), !bytes.isEmpty else { return [message] }
            note("spoiled chunk")
            var other = bytes
            other[self.adversary.generator.below(other.count)] ^= 1
            return [.chunk(name, other)]
        case .batch where does(.garbage): return [message, garbage(message)].compactMap { $0 }
        default: return [message]
        }
    }

    private mutating func note(_ misdeed: String) {
        if let place = misdeedCounts.firstIndex(where: { $0.name == misdeed }) {
            misdeedCounts[place].count += 1
        } else {
            misdeedCounts.append((misdeed, 1))
        }
    }

    /// A snapshot that is not that of the block it names, or whose proved block has another state.
    private mutating func spoiled(_ offer: SnapshotOffer) -> SnapshotOffer {
        var bytes = offer.manifest
        if adversary.generator.chance(50) {
            note("spoiled snapshot")
            bytes[adversary.generator.below(bytes.count)] ^= 1
            return SnapshotOffer(manifest: bytes, proof: offer.proof)
        }
        note("forged state")
        // The manifest ends with the name of the last chunk.
        let chunk = Array(bytes.suffix(64)) + [UInt8(adversary.generator.below(256))]
        let name = SHA256.hash(chunk)
        adversary.forged[name] = chunk
        bytes.replaceSubrange((bytes.count - 32)..., with: name.bytes)
        return SnapshotOffer(manifest: bytes, proof: offer.proof)
    }

    /// Another block for the same height and round, valid in itself.
    private mutating func twin(of proposal: Proposal, by index: Int) -> Proposal? {
        guard proposal.validRound == nil, let state = nodes[index].host?.state,
            let block = try? Block.decode(proposal.block),
            block.header.height == state.head.height.next
        else { return nil }
        let time = Timestamp(milliseconds: block.header.time.milliseconds + 1)
        guard
            let executed = try? state.execute(
                [], at: block.header.height, time: time, proposer: nodes[index].id,
                commitProof: block.commitProof)
        else { return nil }
        note("twin proposal")
        let header = executed.header
        return region.sign(
            Proposal(
                height: proposal.height, round: proposal.round, validRound: nil,
                blockID: BlockID(hash: header.hash, treeRoot: header.treeRoot),
                block: executed.block.encode(), signature: proposal.signature), by: index)
    }

    /// The vote that does most harm: for what this very peer has been proposed.
    private mutating func pleasing(_ vote: Vote, by index: Int, to: Int) -> Vote {
        guard let standing = nodes[to].host?.replica.why() else { return vote }
        let block = adversary.generator.chance(75) ? standing.proposal : nil
        guard block != vote.block else { return vote }
        note("double vote")
        return region.sign(
            Vote(
                kind: vote.kind, height: vote.height, round: vote.round, voter: nodes[index].id,
                block: block, validRound: nil, signature: vote.signature), by: index)
    }

    private mutating func boasting(_ status: ReplicaStatus) -> ReplicaStatus {
        let lead = UInt64(adversary.generator.below(2_000))
        return ReplicaStatus(
            height: Height(status.height.blocks + lead), round: status.round,
            hasProposal: true, prevotes: [], precommits: [0xff], missing: status.missing)
    }

    private mutating func spoiled(_ block: SyncedBlock) -> SyncedBlock {
        note("sync lie")
        let proof = block.proof.claimed
        var bytes = block.block
        var precommits = proof.precommits
        var batches = block.batches
        switch adversary.generator.below(4) {
        case 0: bytes[adversary.generator.below(bytes.count)] ^= 1
        case 1: precommits.removeLast(max(1, precommits.count / 2))
        case 2: batches.reverse()
        default: if let twin = emptied(block) { bytes = twin }
        }
        return SyncedBlock(
            height: block.height, block: bytes,
            proof: Unverified(
                CommitProof(
                    height: proof.height, round: proof.round, block: proof.block,
                    precommits: precommits)), batches: batches)
    }

    /// The block with another state root: well formed, and not the one that was decided.
    private func emptied(_ synced: SyncedBlock) -> [UInt8]? {
        guard let block = try? Block.decode(synced.block) else { return nil }
        let header = block.header
        return Block(
            header: BlockHeader(
                ledger: header.ledger, height: header.height, time: header.time,
                proposer: header.proposer, previous: header.previous,
                batchesRoot: header.batchesRoot, treeSize: header.treeSize,
                treeRoot: header.treeRoot, stateRoot: header.previous,
                nextValidators: header.nextValidators, active: header.active,
                previousCommit: header.previousCommit), batches: block.batches,
            commitProof: block.commitProof
        ).encode()
    }

    /// Bytes near a message; nil where they are none that can be read.
    private mutating func garbage(_ message: PeerMessage) -> PeerMessage? {
        note("garbage")
        var bytes = message.encoded
        for _ in 0...adversary.generator.below(4) {
            bytes[adversary.generator.below(bytes.count)] = UInt8(adversary.generator.below(256))
        }
        if adversary.generator.chance(30) {
            bytes = Array(bytes.prefix(adversary.generator.below(bytes.count)))
        }
        return try? PeerMessage.decode(bytes[...])
    }

    /// What a byzantine replica does of itself, now and then.
    mutating func doMischief(as index: Int) {
        queue.add(.mischief(index), at: now + 25 + Int64(adversary.generator.below(50)))
        guard nodes[index].isUp, let target = adversary.generator.pick(honest) else {
            return
        }
        if adversary.does(.forgeTime, index), isStormy, adversary.generator.chance(10) {
            nodes[index].clockOffset = adversary.generator.between(-100_000, 100_000)
            note("clock")
        }
        if adversary.does(.amnesia, index), isStormy, adversary.generator.chance(3) {
            note("amnesia")
            nodes[index].disk.forgetWhatWasSigned()
            return crash(index, outage: 20)
        }
        if adversary.does(.replayOld, index),
            let old = adversary.generator.pick(adversary.overheard)
        {
            note("replay")
            post(old, from: index, to: target)
        }
        if adversary.does(.garbage, index),
            let old = adversary.generator.pick(adversary.overheard), let odd = garbage(old)
        {
            post(odd, from: index, to: target)
        }
        if adversary.does(.equivocateVotes, index) { push(target, as: index) }
    }

    /// Votes both ways for whatever the target is about to decide, to make it decide alone.
    private mutating func push(_ target: Int, as index: Int) {
        guard let standing = nodes[target].host?.replica.why(), let block = standing.proposal
        else { return }
        for kind in Vote.Kind.allCases {
            let vote = Vote(
                kind: kind, height: standing.height, round: standing.round,
                voter: nodes[index].id, block: block, validRound: nil,
                signature: SimulatedRegion.noSignature)
            note("push")
            post(.vote(Unverified(region.sign(vote, by: index))), from: index, to: target)
        }
    }
}
