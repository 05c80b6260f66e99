internal import Consensus
internal import Ledger
internal import Primitives

/// What peers say.
extension Host {
    mutating func receive(_ message: PeerMessage, from peer: InstitutionID) {
        switch message {
        case .proposal(let proposal): receive(proposal, from: peer)
        case .vote(let vote): receive(vote, from: peer)
        case .status(let status): receive(status, from: peer)
        case .batch(let bytes): receiveBatch(bytes, from: peer)
        case .batchesWanted(let digests):
            guard mayAsk(peer, byteCount: 32 * digests.count) else { return }
            for digest in digests {
                guard let batch = bodies[digest] else { continue }
                guard answer(peer, .batch(batch.bytes), byteCount: batch.bytes.count) else {
                    return
                }
            }
        case .blockWanted(let height):
            guard mayAsk(peer) else { return }
            if height > .genesis, height <= state.head.height {
                effects.append(.serveBlock(height, to: peer))
            } else {
                effects.append(.send(.blockLacking(height), to: peer))
            }
        case .block(let block): carryOut(sync.step(.received(peer, block)))
        case .evidence(let body): learn(body, from: peer)
        case .lockWanted(let height, let round, let block):
            proveLock(height, round, block, to: peer)
        case .lock(let proof): receive(proof, from: peer)
        case .votesWanted(let height): giveVotes(of: height, to: peer)
        case .blockLacking(let height): carryOut(sync.step(.lacking(peer, height)))
        case .snapshotWanted:
            if mayAsk(peer) { effects.append(.serveSnapshot(to: peer)) }
        case .snapshot(let offer): join(.offered(peer, offer))
        case .chunkWanted(let name):
            if mayAsk(peer) { effects.append(.serveChunk(name, to: peer)) }
        case .chunk(let name, let bytes): join(.received(peer, name, chunk: bytes))
        case .chunkLacking(let name): join(.lacking(peer, name))
        case .unsupported(let kind): noteUnsupported(kind: kind, by: peer)
        }
    }

    private mutating func receive(_ vote: Unverified<Vote>, from peer: InstitutionID) {
        guard vote.claimed.height != replica.height.next || !vain.isSpent(peer) else { return }
        tell(.voted(vote), from: peer)
        addToFork(vote, from: peer)
    }

    /// Makes sure that the bytes of a proposal are the block that it names.
    private mutating func receive(_ proposal: Unverified<Proposal>, from peer: InstitutionID) {
        let claimed = proposal.claimed
        // What the replica would not look at is not worth the hashing.
        let isEarly = claimed.height == replica.height.next
        guard isEarly ? !vain.isSpent(peer) : claimed.height == replica.height,
            !replica.holds(claimed)
        else { return }
        let block: Block
        do throws(LedgerError) {
            block = try Block.decode(claimed.block)
        } catch {
            effects.append(.drop(peer, reason: "a proposal that is no block: \(error)"))
            return
        }
        // The signature covers the header alone: whoever hands the proposal on could change the
        // rest, and the block that a quorum decides would be invalid here.
        guard block.hash == claimed.blockID.hash, block.header.height == claimed.height,
            block.header.treeRoot == claimed.blockID.treeRoot,
            block.header.batchesRoot == Block.batchesRoot(block.batches),
            block.header.previousCommit == Block.commitDigest(block.commitProof)
        else {
            effects.append(.drop(peer, reason: "a proposal that is not the block it names"))
            return
        }
        tell(.proposed(proposal, blockTime: block.header.time, receivedAt: now), from: peer)
        if replica.holds(claimed) { noteClock(of: block.header, claimed, from: peer) }
    }

    /// A new block, straight from the validator whose turn it is and whose signature has been
    /// checked, shows that one's clock.
    private mutating func noteClock(
        of header: BlockHeader, _ proposal: Proposal, from peer: InstitutionID
    ) {
        guard header.proposer == peer, proposal.validRound == nil,
            validators.proposer(height: proposal.height, round: proposal.round).id == peer
        else { return }
        let ahead = now.milliseconds - header.time.milliseconds
        let limit = state.parameters.clockPrecisionMilliseconds
        if let text = clocks.note(peer, ahead: ahead, limit: limit) {
            effects.append(.report(text))
        }
    }

    private mutating func receive(_ status: ReplicaStatus, from peer: InstitutionID) {
        if let fault = replica.fault(in: status) {
            return effects.append(.drop(peer, reason: fault))
        }
        if mayAsk(peer) {
            for message in replica.messages(for: status) {
                guard answer(peer, PeerMessage(message), byteCount: message.byteCount) else {
                    break
                }
            }
        }
        guard status.height > .genesis else { return }
        noteReport(status, from: peer)
        let decided = Height(status.height.blocks - 1)
        guard joining == nil else {
            heardWhileJoining.removeAll { $0.peer == peer }
            return heardWhileJoining.append((peer, decided))
        }
        carryOut(sync.step(.reported(peer, decided)))
    }
}
