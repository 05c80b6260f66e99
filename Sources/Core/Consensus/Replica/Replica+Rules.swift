internal import Primitives

/// The upon-rules of algorithm 1, arXiv:1807.04938; line numbers are the paper's.
///
/// Each looks whether its condition holds, acts if so, and says whether it did. They are tried in
/// turn until none holds, so the order in which messages arrive does not matter.
extension Replica {
    mutating func settle() {
        while state.step != .decided, !state.isHalted, actOnce() {}
    }

    private mutating func actOnce() -> Bool {
        if decide() || skipRounds() { return true }
        guard state.step != .resting else { return false }
        return proposeAsProposer() || prevoteOnNewProposal() || prevoteOnProvenProposal()
            || startPrevoteTimer() || actOnPolka() || precommitNil() || startPrecommitTimer()
            || askForMissingBlock()
    }

    /// Lines 49 to 54: a quorum of precommits of any round, and the block is here and valid.
    private mutating func decide() -> Bool {
        guard let decided = state.decided else { return false }
        guard let block = state.block(decided.block) else { return askForMissingBlock() }
        switch block.validity {
        case .notAsked: return askForCheck(of: block, round: decided.round)
        case .asked: return false
        case .invalid:
            state.isHalted = true
            effects.append(.halt(height: state.height, block: block.id))
            return true
        case .valid: break
        }
        let precommits = state[decided.round].precommits.votes(for: decided.block)
        let proof = CommitProof(
            height: state.height, round: decided.round, block: decided.block,
            precommits: precommits.map {
                CommitProof.Precommit(voter: $0.voter, signature: $0.signature)
            })
        let decision = Decision(
            height: state.height, round: decided.round, blockID: decided.block,
            block: block.bytes, proof: proof)
        state.decision = decision
        state.step = .decided
        effects.append(.commit(decision))
        return true
    }

    /// Lines 55 and 56: more than 1/3 of the power is in a later round.
    ///
    /// The paper asks for f + 1 messages of one round. Here those of that round or a later one
    /// count: an honest replica is among them too, and bounded buffers cannot hide it.
    private mutating func skipRounds() -> Bool {
        if let round = state.future.roundToSkipTo(in: state.validators), round > state.round {
            enter(round)
            return true
        }
        guard state.step == .resting else { return false }
        let first = state[.zero]
        let power = max(first.prevotes.power, first.precommits.power)
        guard state.validators.hasHonest(power) else { return false }
        enter(.zero)
        return true
    }

    /// Lines 14 to 19: the valid value, where there is one, else a new one from the host.
    private mutating func proposeAsProposer() -> Bool {
        guard state.step == .propose, state.proposer.id == identity, !isReplaying,
            state[state.round].proposal == nil, maySign(.propose)
        else { return false }
        if let valid = state.valid {
            guard let block = state.block(valid.block) else { return false }
            return send(block.id, block.bytes, time: block.time, validRound: valid.round)
        }
        guard !state[state.round].hasAskedForValue else { return false }
        state.update(state.round) { $0.hasAskedForValue = true }
        effects.append(.propose(height: state.height, round: state.round))
        return true
    }

    /// Lines 22 to 27: a proposal without a valid round.
    ///
    /// Its time must be timely: proposer-based timestamps add that to valid(v), and only here, for
    /// a block that a quorum prevoted once was timely then.
    private mutating func prevoteOnNewProposal() -> Bool {
        guard state.step == .propose, let received = state[state.round].proposal,
            received.proposal.validRound == nil
        else { return false }
        let block = received.proposal.blockID
        guard received.isTimely, state.locked == nil || state.locked?.block == block else {
            prevote(nil)
            return true
        }
        return prevoteIfValid(block, justifiedBy: nil)
    }

    /// Lines 28 to 33: a proposal with a valid round, and the quorum of prevotes that proves it.
    private mutating func prevoteOnProvenProposal() -> Bool {
        guard state.step == .propose, let received = state[state.round].proposal,
            let validRound = received.proposal.validRound, validRound < state.round
        else { return false }
        let block = received.proposal.blockID
        let power = state[validRound].prevotes.power(for: block)
        guard state.validators.isQuorum(power) else { return false }
        if let locked = state.locked, locked.round > validRound, locked.block != block {
            prevote(nil)
            return true
        }
        return prevoteIfValid(block, justifiedBy: validRound)
    }

    /// valid(v) of lines 23 and 29, which only the host can tell.
    private mutating func prevoteIfValid(_ id: BlockID, justifiedBy validRound: Round?) -> Bool {
        guard let block = state.block(id) else { return false }
        switch block.validity {
        case .notAsked: return askForCheck(of: block, round: state.round)
        case .asked: return false
        case .invalid: prevote(nil)
        case .valid:
            // The later of the proposal's valid round and the own lock on this block: so a
            // prevote always shows why an earlier precommit for another block did not forbid it.
            // A lock of this very round is no earlier one: a replica has it that comes back to
            // before a prevote that it had not signed.
            let lock = state.locked.flatMap {
                $0.block == id && $0.round < state.round ? $0.round : nil
            }
            prevote(id, validRound: [validRound, lock].compactMap { $0 }.max())
        }
        return true
    }

    /// Lines 34 and 35: prevotes of a quorum, for whatever.
    private mutating func startPrevoteTimer() -> Bool {
        let round = state[state.round]
        guard state.step == .prevote, !round.hasPrevoteTimer,
            state.validators.isQuorum(round.prevotes.power)
        else { return false }
        state.update(state.round) { $0.hasPrevoteTimer = true }
        startTimer(.prevote)
        return true
    }

    /// Lines 36 to 43: a quorum of prevotes for one block, which is here and valid.
    private mutating func actOnPolka() -> Bool {
        let round = state[state.round]
        guard state.step == .prevote || state.step == .precommit, !round.hasActedOnPolka,
            let id = round.prevotes.quorumBlock(in: state.validators),
            let block = state.block(id)
        else { return false }
        if block.validity == .notAsked { return askForCheck(of: block, round: state.round) }
        guard block.validity == .valid else { return false }
        state.update(state.round) { $0.hasActedOnPolka = true }
        let polka = SignedState.Polka(round: state.round, block: id)
        state.valid = polka
        if state.step == .prevote {
            state.locked = polka
            precommit(id)
        }
        return true
    }

    /// Lines 44 to 46: a quorum of prevotes against.
    private mutating func precommitNil() -> Bool {
        guard state.step == .prevote,
            state.validators.isQuorum(state[state.round].prevotes.power(for: nil))
        else { return false }
        precommit(nil)
        return true
    }

    /// Lines 47 and 48: precommits of a quorum, for whatever.
    private mutating func startPrecommitTimer() -> Bool {
        let round = state[state.round]
        guard !round.hasPrecommitTimer, state.validators.isQuorum(round.precommits.power) else {
            return false
        }
        state.update(state.round) { $0.hasPrecommitTimer = true }
        startTimer(.precommit)
        return true
    }

    private mutating func askForCheck(of block: KnownBlock, round: Round) -> Bool {
        _ = state.note(.asked, of: block.id)
        effects.append(
            .checkValue(
                CheckRequest(
                    height: state.height, round: round, blockID: block.id, block: block.bytes)))
        return true
    }

    /// A quorum can only have voted for a block that honest replicas hold.
    private mutating func askForMissingBlock() -> Bool {
        guard let missing = state.missing, state.askedFor != missing else { return false }
        state.askedFor = missing
        effects.append(
            .fetchBlock(height: state.height, round: missing.round, block: missing.block))
        return true
    }
}
