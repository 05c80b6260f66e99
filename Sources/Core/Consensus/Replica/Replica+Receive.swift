internal import Primitives

/// How messages come in: cheap checks first, signatures last, and only then the tallies.
extension Replica {
    /// How many rounds ahead a proposal is kept.
    private static let proposalRoundsAheadMax: UInt32 = 4

    mutating func receive(
        _ proposal: Unverified<Proposal>, time: Timestamp, receivedAt: Timestamp
    ) {
        let claimed = proposal.claimed
        if claimed.height == early.height {
            keepEarly(proposal, time: time, receivedAt: receivedAt)
            return
        }
        let isTimely = state.parameters.isTimely(
            time, receivedAt: receivedAt, round: claimed.round)
        receive(proposal, time: time, isTimely: isTimely)
    }

    /// The same, once the time has been judged; also what a logged proposal goes through.
    mutating func receive(_ proposal: Unverified<Proposal>, time: Timestamp, isTimely: Bool) {
        let claimed = proposal.claimed
        guard claimed.height == state.height, state.step != .decided, !state.isHalted,
            claimed.block.count <= Proposal.blockByteCountMax
        else { return }
        if claimed.round > state.round {
            let ahead = claimed.round.number - state.round.number
            guard ahead <= Replica.proposalRoundsAheadMax else { return }
        }
        let round = state[claimed.round]
        let isWanted = state.isWanted(claimed.blockID)
        if let known = round.proposal {
            if known.proposal.saysTheSame(as: claimed) { return }
            guard !round.hasConvictedProposer || isWanted else { return }
        } else if claimed.round < state.round {
            // A past round's proposal helps only where a quorum stands behind its block.
            guard isWanted else { return }
        }
        do throws(ConsensusError) {
            let proposal = try state.validators.verify(proposal, with: signing, by: authenticator)
            take(proposal, time: time, isTimely: isTimely, isWanted: isWanted)
        } catch {
            effects.append(.blame(error))
        }
    }

    private mutating func take(
        _ proposal: Verified<Proposal>, time: Timestamp, isTimely: Bool, isWanted: Bool
    ) {
        let message = proposal.message
        if let known = state[message.round].proposal?.proposal {
            if !state[message.round].hasConvictedProposer {
                state.update(message.round) { $0.hasConvictedProposer = true }
                let proposer = state.validators.proposer(
                    height: message.height, round: message.round)
                effects.append(.convict(.doubleProposal(proposer.id, known, message)))
            }
            guard isWanted, state.block(message.blockID) == nil else { return }
        } else {
            state.update(message.round) {
                $0.proposal = RoundState.Received(proposal: message, isTimely: isTimely)
            }
        }
        state.learn(message, time: time, validity: .notAsked)
        log(.proposed(message, blockTime: time, isTimely: isTimely))
        let proposer = state.validators.proposer(height: message.height, round: message.round)
        demand(.proposal(proposer.id, message))
        if state.step == .resting, message.round == .zero { enter(.zero) }
    }

    mutating func receive(_ vote: Unverified<Vote>) {
        let claimed = vote.claimed
        if claimed.height.next == state.height, claimed.height < state.height {
            receiveLate(vote)
            return
        }
        if claimed.height == early.height {
            keepEarly(vote)
            return
        }
        guard claimed.height == state.height, !state.isHalted else { return }
        guard let index = state.validators.index(of: claimed.voter) else {
            return effects.append(.blame(.notAValidator(claimed.voter)))
        }
        let isNews =
            claimed.round > state.round
            ? state.future.hasRoom(for: claimed, index: index)
            : state[claimed.round].tally(claimed.kind).hasRoom(
                for: claimed, index: index, in: state.validators)
        guard isNews, let vote = check(vote, by: state.validators) else { return }
        take(vote, index: index)
    }

    /// The vote, where its signature holds; whoever sent it is blamed where not.
    private mutating func check(
        _ vote: Unverified<Vote>, by validators: ValidatorSet
    ) -> Verified<Vote>? {
        do throws(ConsensusError) {
            return try validators.verify(vote, with: signing, by: authenticator)
        } catch {
            effects.append(.blame(error))
            return nil
        }
    }

    /// Counts a vote, or keeps it for its round.
    mutating func take(_ vote: Verified<Vote>, index: Int) {
        if vote.message.round > state.round {
            guard state.future.add(vote, index: index) else { return }
            log(.voted(vote.message))
            return
        }
        guard count(vote, index: index) else { return }
        log(.voted(vote.message))
    }

    /// Adds a vote to its round's tally; returns whether that was news.
    @discardableResult
    mutating func count(_ vote: Verified<Vote>, index: Int) -> Bool {
        let message = vote.message
        let validators = state.validators
        let outcome = state.update(message.round) { $0.add(vote, index: index, in: validators) }
        switch outcome {
        case .ignored: return false
        case .counted: break
        case .contradicts(let first): effects.append(.convict(.doubleVote(first, message)))
        }
        convictOfBrokenLock(message, index: index)
        demand(.vote(message))
        if message.kind == .precommit, state.decided == nil,
            let block = state[message.round].precommits.quorumBlock(in: state.validators)
        {
            state.decided = SignedState.Polka(round: message.round, block: block)
        }
        return true
    }

    /// Looks for a lock that the voter ignored: see ``Evidence/brokenLock(precommit:prevote:)``.
    private mutating func convictOfBrokenLock(_ vote: Vote, index: Int) {
        guard vote.block != nil else { return }
        for round in state.rounds {
            let other =
                vote.kind == .prevote
                ? round.precommits.vote(of: index) : round.prevotes.vote(of: index)
            guard let other, let found = Evidence(vote, beside: other) else { continue }
            effects.append(.convict(found))
        }
    }

    /// A precommit for the block below: not needed, but it makes the next block's proof fuller.
    private mutating func receiveLate(_ vote: Unverified<Vote>) {
        guard let previous, previous.height == vote.claimed.height,
            let index = previous.validators.index(of: vote.claimed.voter),
            previous.isWelcome(vote.claimed, index: index),
            let vote = check(vote, by: previous.validators)
        else { return }
        self.previous?.add(vote, index: index)
    }

    /// Of the next height's validators nothing is known yet, so that nobody is blamed here.
    private mutating func keepEarly(_ vote: Unverified<Vote>) {
        guard let index = state.validators.index(of: vote.claimed.voter),
            early.hasRoom(for: vote.claimed, index: index)
        else { return }
        do throws(ConsensusError) {
            early.add(
                try state.validators.verify(vote, with: signing, by: authenticator), index: index)
        } catch {
            effects.append(.doubt(error))
        }
    }

    private mutating func keepEarly(
        _ proposal: Unverified<Proposal>, time: Timestamp, receivedAt: Timestamp
    ) {
        guard early.proposal == nil, proposal.claimed.round == .zero,
            proposal.claimed.block.count <= Proposal.blockByteCountMax
        else { return }
        do throws(ConsensusError) {
            let proposal = try state.validators.verify(proposal, with: signing, by: authenticator)
            early.proposal = (proposal, time, receivedAt)
        } catch {
            effects.append(.doubt(error))
        }
    }
}
