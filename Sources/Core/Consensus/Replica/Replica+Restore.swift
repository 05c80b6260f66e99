internal import Primitives

/// How a replica comes back from its disk.
extension Replica {
    /// Takes in one record of the log, as the input that it was.
    mutating func replay(_ record: LogRecord) {
        switch record {
        case .workArrived:
            if state.step == .resting { enter(.zero) }
        case .proposed(let proposal, let time, let isTimely):
            receive(Unverified(proposal), time: time, isTimely: isTimely)
        case .voted(let vote): receive(Unverified(vote))
        case .timedOut(let timer): timedOut(timer)
        case .valueChecked(let height, let block, let isValid):
            noteCheck(of: block, at: height, isValid: isValid)
        }
    }

    /// Takes a vote of its own that the log has for signed, where the last-signed state does not
    /// know it: a crash came between the two.
    ///
    /// It has left for nobody yet; but it stands in the log, is sent from there, and whatever else
    /// were signed in its place would stand beside it.
    ///
    /// - Returns: the state that must be on the disk before the vote leaves.
    mutating func takeUpLoggedVote() -> SignedState? {
        guard let index = state.ownIndex,
            lastSigned.map({ $0.height <= state.height }) ?? true
        else { return nil }
        let known = lastSigned.flatMap { $0.height == state.height ? $0 : nil }
        let own = state.rounds.flatMap { round in
            [round.prevotes.vote(of: index), round.precommits.vote(of: index)].compactMap { $0 }
        }
        var latest = known
        for vote in own {
            let lock =
                vote.kind == .precommit
                ? vote.block.map { SignedState.Polka(round: vote.round, block: $0) } : nil
            let signed = SignedState(
                signed: .vote(vote), locked: later(state.locked, later(lock, latest?.locked)),
                valid: later(state.valid, later(lock, latest?.valid)))
            if latest.map({ signed.isAbove($0) }) ?? true { latest = signed }
        }
        guard let latest, latest != known else { return nil }
        lastSigned = latest
        return latest
    }

    private func later(
        _ first: SignedState.Polka?, _ second: SignedState.Polka?
    ) -> SignedState.Polka? {
        guard let first, let second else { return first ?? second }
        return first.round < second.round ? second : first
    }

    /// Makes sure that nothing which the last-signed state remembers is forgotten.
    ///
    /// The log may have lost its end; the state may not. So the lock, the round and the vote that
    /// it holds win over what the replay came to.
    ///
    /// - Returns: the vote that it holds, where the log has lost it. The log needs it back: the
    ///   next thing that is signed takes its place in the state, and a vote that neither has could
    ///   never be said again, however long the others wait for it.
    mutating func layLastSignedOver() -> Vote? {
        guard let last = lastSigned, last.height == state.height, state.step != .decided else {
            return nil
        }
        if let locked = last.locked, state.locked.map({ $0.round < locked.round }) ?? true {
            state.locked = locked
        }
        if let valid = last.valid, state.valid.map({ $0.round < valid.round }) ?? true {
            state.valid = valid
        }
        if state.step == .resting || state.round < last.round { enter(last.round) }
        guard case .vote(let vote) = last.signed, let index = state.ownIndex else { return nil }
        let isLost = count(Verified(checked: vote), index: index)
        if vote.round == state.round {
            let step: HeightState.Step = vote.kind == .prevote ? .prevote : .precommit
            state.step = max(state.step, step)
        }
        return isLost ? vote : nil
    }

    /// Steps back before a vote that the log led to and that was never signed.
    ///
    /// What made this replica vote may have reached the disk, and the vote not. The rules then
    /// come to the vote again; a replica that waited for what it has not cast could wait for ever.
    mutating func stepBackToUnsigned() {
        guard let index = state.ownIndex else { return }
        if state.step == .precommit, maySign(.precommit),
            state[state.round].precommits.vote(of: index) == nil
        {
            state.step = .prevote
            state.update(state.round) { $0.hasActedOnPolka = false }
        }
        if state.step == .prevote, maySign(.prevote),
            state[state.round].prevotes.vote(of: index) == nil
        {
            state.step = .propose
        }
    }

    /// Says again, after a restart, what the world may not have heard and the host has forgotten.
    mutating func sendAgain() {
        guard state.step != .resting, state.step != .decided else { return }
        let round = state[state.round]
        switch state.step {
        case .propose: startTimer(.propose)
        case .prevote where round.hasPrevoteTimer: startTimer(.prevote)
        default: break
        }
        if round.hasPrecommitTimer { startTimer(.precommit) }
        for block in state.blocks where block.validity == .asked {
            effects.append(
                .checkValue(
                    CheckRequest(
                        height: state.height, round: block.round, blockID: block.id,
                        block: block.bytes)))
        }
        guard let index = state.ownIndex else { return }
        if state.proposer.id == identity, let own = round.proposal {
            effects.append(.broadcast(.proposal(own.proposal)))
        }
        for vote in [round.prevotes.vote(of: index), round.precommits.vote(of: index)] {
            if let vote { effects.append(.broadcast(.vote(vote))) }
        }
    }
}
