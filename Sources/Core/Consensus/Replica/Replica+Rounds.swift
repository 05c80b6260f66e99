internal import Primitives

/// How a replica moves through the steps of a height.
extension Replica {
    /// StartRound, lines 11 to 21.
    ///
    /// The proposing itself is a rule, tried like the others.
    mutating func enter(_ round: Round) {
        state.round = round
        state.step = .propose
        state.proposer = state.validators.proposer(height: state.height, round: round)
        for vote in state.future.removeVotes(upTo: round) {
            guard let index = state.validators.index(of: vote.message.voter) else { continue }
            count(vote, index: index)
        }
        // The proposer waits too: its host may be slow to build a block.
        startTimer(.propose)
    }

    func timerDuration(_ step: Timer.Step) -> UInt64 {
        state.parameters.timeoutMilliseconds(step, round: state.round)
    }

    mutating func startTimer(_ step: Timer.Step) {
        effects.append(
            .startTimer(
                Timer(height: state.height, round: state.round, step: step),
                milliseconds: timerDuration(step)))
    }

    /// OnTimeoutPropose, OnTimeoutPrevote, OnTimeoutPrecommit: lines 57 to 67.
    mutating func timedOut(_ timer: Timer) {
        guard timer.height == state.height, timer.round == state.round, !state.isHalted else {
            return
        }
        switch (timer.step, state.step) {
        case (.propose, .propose):
            log(.timedOut(timer))
            prevote(nil)
        case (.prevote, .prevote):
            log(.timedOut(timer))
            precommit(nil)
        case (.precommit, .propose), (.precommit, .prevote), (.precommit, .precommit):
            guard timer.round.number < .max else { return }
            log(.timedOut(timer))
            enter(timer.round.next)
        default: break
        }
    }

    mutating func noteCheck(of block: BlockID, at height: Height, isValid: Bool) {
        guard height == state.height, state.note(isValid ? .valid : .invalid, of: block) else {
            return
        }
        log(.valueChecked(height: height, block: block, isValid: isValid))
    }

    mutating func prevote(_ block: BlockID?, validRound: Round? = nil) {
        state.step = .prevote
        cast(
            VoteClaim(
                kind: .prevote, height: state.height, round: state.round, block: block,
                validRound: validRound))
    }

    mutating func precommit(_ block: BlockID?) {
        state.step = .precommit
        cast(
            VoteClaim(
                kind: .precommit, height: state.height, round: state.round, block: block,
                validRound: nil))
    }

    mutating func log(_ record: LogRecord) {
        guard !isReplaying else { return }
        effects.append(.appendLog(record))
    }
}
