internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives

/// How blocks are built, checked and applied.
extension Host {
    /// Builds and executes the next block, for the replica to propose.
    mutating func build(height: Height, round: Round) {
        guard height == state.head.height.next else { return }
        let reaped = mempool.reap(
            entryCountMax: Int(clamping: state.parameters.blockEntryCountMax),
            byteCountMax: Int(clamping: state.parameters.blockByteCountMax),
            nextOnLedger: nextOnLedger)
        let time = Timestamp(
            milliseconds: max(now.milliseconds, state.head.time.milliseconds + 1))
        do throws(BlockRefusal) {
            let proposal = try state.propose(
                reaped.compactMap { bodies[$0] }, time: time, proposer: identity,
                commitProof: replica.previousCommit?.encoded)
            for (digest, refusal) in proposal.refused where !refusal.isTemporary {
                mempool.discard(digest)
                depart([digest])
            }
            let block = proposal.executed.block
            keep(proposal.executed)
            tell(
                .valueBuilt(
                    BuiltValue(
                        height: height, round: round, blockID: BlockID(block.header),
                        block: block.encode(), time: time)))
        } catch {
            effects.append(.report("no block can be built at height \(height): \(error)"))
        }
    }

    /// Checks a block that somebody proposed, as soon as all its bodies are here.
    mutating func check(_ request: CheckRequest) {
        let block: Block
        do throws(LedgerError) {
            block = try Block.decode(request.block)
        } catch {
            return refuse(request, "\(error)")
        }
        if let reason = objection(to: block, round: request.round) {
            return refuse(request, reason)
        }
        let waiting = WaitingCheck(request: request, block: block, bodies: bodies)
        guard !waiting.missing.isEmpty else { return execute(block, for: request) }
        guard !waiting.isTooLarge(for: state.parameters) else { return refuseAsTooLarge(request) }
        waitingChecks.append(waiting)
        let proposer = validators.proposer(height: request.height, round: request.round)
        // More than one message may ask for would be no message.
        var rest = waiting.missing[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(PeerMessage.wantedCountMax))
            effects.append(.send(.batchesWanted(part), to: proposer.id))
            rest = rest.dropFirst(part.count)
        }
    }

    private mutating func refuseAsTooLarge(_ request: CheckRequest) {
        refuse(request, "its batches hold more than a block may")
    }

    /// Applies what more than 2/3 of the power decided.
    mutating func commit(_ decision: Decision) {
        guard decision.height == state.head.height.next else { return }
        if let executed = executed[decision.blockID.hash] {
            return apply(executed, proof: decision.proof)
        }
        guard let block = try? Block.decode(decision.block) else {
            return effects.append(.halt(reason: "a decided block is malformed"))
        }
        let batches = block.batches.compactMap { bodies[$0] }
        guard batches.count == block.batches.count else {
            let missing = block.batches.filter { bodies[$0] == nil }
            waitingDecision = WaitingDecision(decision: decision, block: block, missing: missing)
            return askForBodies()
        }
        do throws(BlockRefusal) {
            apply(try state.check(block, with: batches), proof: decision.proof)
        } catch {
            effects.append(
                .halt(reason: "decided block \(decision.blockID) does not execute: \(error)"))
        }
    }

    /// Puts a decided block in, has it written, and begins the next height.
    mutating func apply(_ executed: ExecutedBlock, proof: CommitProof) {
        let height = executed.header.height
        endJoining()
        let institutions = state.institutions
        let rows = state.apply(executed)
        effects.append(
            .commit(
                CommittedBlock(
                    executed: executed, proof: proof, rows: rows,
                    stateRowsFrom: state.stateRowsNeededFrom)))
        keepLocks()
        keepVotes()
        previousValidators = validators
        validators = state.validators(at: height.next)
        if validators != previousValidators {
            let set = validators
            clocks.keep { set.index(of: $0) != nil }
        }
        leaveHeight(executed)
        if state.institutions != institutions { dropUnfit() }
        recallBodies()
        tell(
            .heightStarted(
                HeightStart(
                    height: height.next, validators: validators,
                    parameters: ReplicaParameters(state.parameters), previousCommit: proof)))
        // What the replica heard early may have decided the next height within that very call.
        carryOut(sync.step(.applied(state.head.height, validators)))
        startHeartbeat()
        anchorWhatIsDue()
        answerOnLedger(executed)
        attend()
        endReturn()
        reportGovernance(executed)
        wake()
    }

    /// Takes up the bodies that the log has for the height that begins.
    ///
    /// The replica takes up what it has signed and heard there at the same time: a vote for a
    /// block whose bodies nobody has any more would decide what nobody can execute.
    mutating func recallBodies() {
        let height = state.head.height.next
        for body in loggedAhead where body.height == height {
            guard let batch = try? UnverifiedBatch(decoding: body.bytes).verify(against: state)
            else { continue }
            bodies[batch.digest] = batch
            depart([batch.digest])
        }
        loggedAhead.removeAll { $0.height <= height }
    }

    /// Whether a check or a decision waits for this body.
    func isAwaited(_ digest: Digest) -> Bool {
        if bodies[digest] != nil { return false }
        return waitingChecks.contains { $0.missing.contains(digest) }
            || waitingDecision?.missing.contains(digest) == true
    }

    /// Goes on with whatever waited for a body that came.
    ///
    /// What else is missing is not looked for again: a block may name tens of thousands.
    mutating func goOnWaiting(for batch: VerifiedBatch) {
        let checks = waitingChecks
        waitingChecks = []
        // One of them may have had the height decided.
        for var check in checks where check.request.height == state.head.height.next {
            check.take(batch)
            if check.isTooLarge(for: state.parameters) {
                refuseAsTooLarge(check.request)
            } else if check.missing.isEmpty {
                execute(check.block, for: check.request)
            } else {
                waitingChecks.append(check)
            }
        }
        waitingDecision?.missing.removeAll { $0 == batch.digest }
        if let waiting = waitingDecision, waiting.missing.isEmpty {
            waitingDecision = nil
            commit(waiting.decision)
        }
    }

    /// Asks all peers for the bodies that are still missing.
    mutating func askForBodies() {
        let missing = waitingChecks.flatMap(\.missing) + (waitingDecision?.missing ?? [])
        guard !missing.isEmpty else { return }
        effects.append(
            .broadcast(.batchesWanted(Array(missing.prefix(PeerMessage.wantedCountMax)))))
    }

    private mutating func execute(_ block: Block, for request: CheckRequest) {
        do throws(BlockRefusal) {
            keep(try state.check(block, with: block.batches.compactMap { bodies[$0] }))
            tell(
                .valueChecked(
                    height: request.height, block: request.blockID, isValid: true))
        } catch {
            refuse(request, "\(error)")
        }
    }

    private mutating func refuse(_ request: CheckRequest, _ reason: String) {
        effects.append(
            .report("block \(request.blockID) at height \(request.height) is invalid: \(reason)"))
        tell(.valueChecked(height: request.height, block: request.blockID, isValid: false))
    }

    /// Remembers a block that this replica may vote for, with its bodies in the log.
    private mutating func keep(_ block: ExecutedBlock) {
        executed[block.block.hash] = block
        for batch in block.batches where loggedBodies.insert(batch.digest).inserted {
            effects.append(
                .appendLog(.batch(height: block.header.height, bytes: batch.bytes)))
        }
    }

    /// What speaks against a block before it is executed.
    private mutating func objection(to block: Block, round: Round) -> String? {
        let header = block.header
        guard header.height == state.head.height.next else { return "another height" }
        let lastRound = min(round.number, 1_024)
        guard
            (0...lastRound).reversed().contains(where: {
                validators.proposer(height: header.height, round: Round($0)).id == header.proposer
            })
        else { return "\(header.proposer) was not to propose in any round so far" }
        guard let bytes = block.commitProof else { return nil }
        do throws(CBORError) {
            let proof = try CommitProof.decode(bytes[...])
            let claimed = proof.claimed
            guard claimed.height == state.head.height, claimed.block.hash == state.head.hash,
                claimed.block.treeRoot == state.head.tree.root
            else {
                noteFork(proof)
                return "its commit proof is of another block"
            }
            do throws(ConsensusError) {
                // What this replica has counted itself needs no second look.
                if let votes = replica.uncheckedVotes(ofPrevious: claimed) {
                    for vote in votes {
                        _ = try previousValidators.verify(vote, with: signing, by: authenticator)
                    }
                } else {
                    _ = try previousValidators.verify(proof, with: signing, by: authenticator)
                }
            } catch {
                return "its commit proof does not hold: \(error)"
            }
        } catch {
            return "its commit proof is malformed: \(error)"
        }
        return nil
    }

    private mutating func leaveHeight(_ block: ExecutedBlock) {
        // The last batch of a stream says where the stream stands.
        var advanced: [(stream: StreamKey, next: UInt64)] = []
        var seen: Set<StreamKey> = []
        for batch in block.batches.reversed() {
            let stream = StreamKey(issuer: batch.header.issuer, stream: batch.header.stream)
            if seen.insert(stream).inserted { advanced.append((stream, batch.nextNumber)) }
            bodies[batch.digest] = nil
        }
        advanced.reverse()
        for digest in mempool.committed(height: block.header.height, advanced: advanced) {
            bodies[digest] = nil
        }
        for digest in departing.digests where !mempool.contains(digest) { bodies[digest] = nil }
        departing = DepartingBodies()
        executed = [:]
        waitingChecks = []
        waitingDecision = nil
        loggedBodies = []
    }
}

extension BlockID {
    init(_ header: BlockHeader) {
        self.init(hash: header.hash, treeRoot: header.treeRoot)
    }
}
