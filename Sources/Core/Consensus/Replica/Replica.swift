public import Primitives

/// One seat in the consensus, as a value: inputs go in, effects come out, nothing else happens.
///
/// Tendermint, algorithm 1 of arXiv:1807.04938, whole: rounds, locks, valid values and proofs of
/// lock, with proposer-based timestamps. What a block means is the host's business. The upon-rules
/// stand in `Replica+Rules.swift`, each beside the lines that it carries out.
///
/// Give it to one owner; call ``resume()`` once, then ``step(_:)`` for each input, and carry out
/// the effects as ``Effect`` demands.
public struct Replica: Sendable {
    public let identity: InstitutionID
    let signing: SigningBytes
    let authenticator: any Authenticator
    /// Below this height nothing is signed.
    public private(set) var signsFrom: Height

    var state: HeightState
    var previous: PreviousHeight?
    var early: EarlyMessages
    /// The commit proof that the host gave with the height.
    var givenCommit: CommitProof?
    var lastSigned: SignedState?
    /// What the log holds of this height, to be fed again, and of those above: the blocks below
    /// them may not have reached the disk when they did.
    private var restored: [LogRecord]
    /// True while the log is fed again: nothing is signed, and nothing leaves.
    var isReplaying = false
    /// What the step under way has asked for so far.
    var effects: [Effect] = []

    /// A replica that begins at a height, with what an earlier life of it left behind.
    ///
    /// - Parameters:
    ///   - identity: whose seat it is; one without power follows without voting.
    ///   - ledger: which ledger; stands in everything that is signed.
    ///   - authenticator: makes this replica's signatures and checks all.
    ///   - start: the height after the last applied block.
    ///   - signed: the last-signed state, where there is one.
    ///   - log: the records on the disk; those of heights below are left out.
    ///   - signsFrom: the first height at which it may sign. A replica that lost its disk is no
    ///     new replica: it keeps silent until two heights above the highest one that more than
    ///     2/3 of the power reported on its return.
    public init(
        identity: InstitutionID, ledger: LedgerID, authenticator: any Authenticator,
        start: HeightStart, signed: SignedState? = nil, log: [LogRecord] = [],
        signsFrom: Height = .genesis
    ) {
        self.identity = identity
        self.signing = SigningBytes(ledger: ledger)
        self.authenticator = authenticator
        self.signsFrom = signsFrom
        self.state = HeightState(start, identity: identity, by: authenticator)
        self.givenCommit = start.previousCommit
        self.early = EarlyMessages(
            height: start.height.next, validatorCount: start.validators.count)
        self.lastSigned = signed
        self.restored = log.filter { $0.height >= start.height }
    }

    /// The first thing to call: feeds the log again with signing off, and goes on from there.
    public mutating func resume() -> [Effect] {
        effects = []
        feedAgain()
        settle()
        return takeEffects()
    }

    /// Comes back to where an earlier life of this replica was at the present height, and says
    /// again what it said.
    private mutating func feedAgain() {
        isReplaying = true
        for record in restored where record.height == state.height {
            replay(record)
            settle()
        }
        restored.removeAll { $0.height <= state.height }
        let unknown = takeUpLoggedVote()
        let lost = layLastSignedOver()
        isReplaying = false
        stepBackToUnsigned()
        effects.removeAll { effect in
            switch effect {
            case .commit, .convict, .demandLock, .blame, .doubt, .halt: false
            default: true
            }
        }
        if let lost { log(.voted(lost)) }
        if let unknown { effects.append(.persist(unknown)) }
        sendAgain()
    }

    /// Takes one input, and answers with what is to be done, in order.
    public mutating func step(_ input: Input) -> [Effect] {
        effects = []
        switch input {
        case .heightStarted(let start): begin(start)
        case .workArrived(let height): wake(at: height)
        case .proposed(let proposal, let time, let receivedAt):
            receive(proposal, time: time, receivedAt: receivedAt)
        case .voted(let vote): receive(vote)
        case .timedOut(let timer): timedOut(timer)
        case .valueBuilt(let value): propose(value)
        case .valueChecked(let height, let block, let isValid):
            noteCheck(of: block, at: height, isValid: isValid)
        }
        settle()
        return takeEffects()
    }

    /// Signs nothing below a height from now on; before, nothing may have been signed here at all.
    public mutating func keepSilent(below height: Height) {
        signsFrom = height
    }

    /// Why the previous block stands, with the precommits that came after the decision.
    ///
    /// A block that is built now carries this. Nil at height 1.
    public var previousCommit: CommitProof? {
        previous?.commitProof ?? givenCommit
    }

    /// The votes of a proof for the previous block that have not been checked here already.
    ///
    /// - Returns: nil where the whole proof is to be checked: its block was not decided here, or
    ///   its voters lack power.
    public func uncheckedVotes(ofPrevious proof: CommitProof) -> [Unverified<Vote>]? {
        previous?.uncheckedVotes(of: proof)
    }

    /// The height under way.
    public var height: Height { state.height }

    /// The height that this replica signed something at last; nil where it never did.
    public var lastSignedHeight: Height? { lastSigned?.height }

    private mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    private mutating func begin(_ start: HeightStart) {
        guard start.height > state.height else { return }
        previous = start.height == state.height.next ? PreviousHeight(state) : nil
        if let given = start.previousCommit, given.block != previous?.decided.block {
            previous = nil
        }
        givenCommit = start.previousCommit
        let waiting = early
        let isSameSet = start.validators == state.validators
        state = HeightState(start, identity: identity, by: authenticator)
        early = EarlyMessages(height: start.height.next, validatorCount: start.validators.count)
        let isKnown = restored.contains { $0.height == start.height }
        if isKnown || lastSigned?.height == start.height {
            // A crash took the block below away after something at this height was signed: what
            // the log has of it stands, or a second thing would be signed beside it.
            feedAgain()
        } else {
            restored.removeAll { $0.height <= start.height }
        }
        guard waiting.height == start.height else { return }
        if let proposal = waiting.proposal {
            receive(
                Unverified(proposal.message.message), time: proposal.time,
                receivedAt: proposal.receivedAt)
        }
        for vote in waiting.votes.verified {
            if isSameSet, let index = state.validators.index(of: vote.message.voter) {
                take(vote, index: index)
            } else {
                receive(Unverified(vote.message))
            }
        }
        // What waited was checked against other validators: whoever sent it is not to blame.
        effects.removeAll { effect in if case .blame = effect { true } else { false } }
    }

    private mutating func wake(at height: Height) {
        guard height == state.height, state.step == .resting else { return }
        log(.workArrived(height))
        enter(.zero)
    }
}
