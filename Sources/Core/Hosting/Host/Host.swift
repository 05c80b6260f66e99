public import Consensus
internal import Cryptography
public import Ledger
public import Primitives
public import Records

/// All that a node decides, as one value: consensus, execution, mempool and catching up.
///
/// Inputs go in, effects come out in the order in which they must be carried out, nothing else
/// happens. It holds the only copy of the ledger's state; its one owner calls ``start(now:)``
/// once, then ``step(_:now:)`` for each input.
public struct Host: Sendable {
    public let identity: InstitutionID
    /// The ledger after the last block that was applied.
    public internal(set) var state: LedgerState
    public internal(set) var replica: Replica
    public internal(set) var mempool: Mempool
    public internal(set) var sync: BlockSync
    /// Who votes at the height under way.
    public internal(set) var validators: ValidatorSet

    let signing: SigningBytes
    let authenticator: any Authenticator
    /// Who voted at the height before; nil where that is the genesis.
    var previousValidators: ValidatorSet
    /// The batches that wait, or that a block under way names.
    var bodies: [Digest: VerifiedBatch] = [:]
    /// Bodies that left the mempool, kept in case a block names them.
    var departing = DepartingBodies()
    /// Blocks of the height under way that were executed, by hash.
    var executed: [Digest: ExecutedBlock] = [:]
    /// Checks that wait for bodies.
    var waitingChecks: [WaitingCheck] = []
    /// A decision that waits for bodies.
    var waitingDecision: WaitingDecision?
    var loggedBodies: Set<Digest> = []
    /// Bodies that the log of an earlier life has for heights that have not begun yet.
    var loggedAhead: [(height: Height, bytes: [UInt8])] = []
    /// What is known against anybody and is not on the ledger yet.
    public internal(set) var evidence: EvidencePool
    /// Batches whose numbers are on the ledger, while what stands there is read.
    var comparisons: [Digest: VerifiedBatch] = [:]
    /// Claims of valid rounds whose proof this replica waits for.
    var demands: [LockDemand] = []
    /// Proofs of valid rounds that this replica claimed at heights it has left.
    var keptLocks: [ProofOfLock] = []
    /// The votes of the last heights that needed more than one round.
    var leftVotes: [(height: Height, votes: [Vote])] = []
    /// The milestone that this replica named last, as a learner.
    var attendedAt = Height.genesis
    /// What was heard since the return, where the disk was lost and it is not known yet what may
    /// be signed, or numbered.
    var returning: Returning?
    /// What connected peers understand.
    public internal(set) var words = PeerWords()
    /// Whether a node without a ledger is to begin with a snapshot.
    let joins: Bool
    /// The validators that it trusts then, where they are not those of the genesis.
    let joinTrust: ValidatorSet?
    /// How the state is fetched, while a node without a ledger joins by a snapshot.
    public internal(set) var joining: StateSync?
    /// What peers said meanwhile of where they stand.
    var heardWhileJoining: [(peer: InstitutionID, height: Height)] = []
    /// The snapshot whose state is being put together.
    var restoring: ProvedSnapshot?
    /// How much of what peers ask for they are answered.
    var answers = AnswerBudget()
    /// How much of what peers send was checked in vain.
    var vain = VainChecks()
    /// How far the own clock is from the others'.
    public internal(set) var clocks = ClockWatch()
    /// Two decided blocks of one height, where that was seen.
    var fork: Fork?
    /// How often in a row the status timer has found the ledger where it was.
    var quietTicks: UInt64 = 0
    var heightAtTick = Height.genesis

    var now = Timestamp(milliseconds: 0)
    var effects: [HostEffect] = []
    private var replicaEffects: [Effect] = []
    private var isSettling = false

    /// How often the peers are told where this replica stands, in milliseconds.
    public static let statusMilliseconds: UInt64 = 250
    /// After so many milliseconds without a block, batches that wait are sent to the peers again.
    public static let pushAgainMilliseconds: UInt64 = 1_000
    /// How long an answer to a request for a block may take, in milliseconds.
    public static let syncMilliseconds: UInt64 = 2_000
    /// How long blocks are tried for where no snapshot was to be had, in milliseconds, before
    /// snapshots are asked for again: the first blocks may be pruned everywhere.
    public static let joinAgainMilliseconds: UInt64 = 30_000

    /// A host that goes on from what its disk holds.
    ///
    /// - Parameters:
    ///   - identity: whose node it is.
    ///   - state: the ledger after the last block on the disk.
    ///   - headCommit: the commit proof of that block; nil at genesis.
    ///   - authenticator: makes this replica's signatures and checks all.
    ///   - signed: the last-signed state, where there is one.
    ///   - log: the records on the disk, in order.
    ///   - signsFrom: the first height at which the replica may sign.
    ///   - limits: how much may wait in the mempool.
    ///   - kept: what ``HostEffect/keep(_:)`` asked to keep, in order.
    ///   - joins: whether a node without a ledger begins with a snapshot of its peers, if it can.
    ///   - joinTrust: whom it goes by then, where nearly all validators have changed since the
    ///     genesis: a set that a chain of changes was found to lead to.
    ///   - heldChunks: the names of chunks that an earlier life kept.
    ///   - hasLostDisk: whether the replica may have signed what it does not know of any more: it
    ///     keeps silent until ``HostEffect/signFrom(_:)`` says otherwise.
    /// - Throws: ``ConsensusError`` where the ledger's institutions cannot vote.
    public init(
        identity: InstitutionID, state: LedgerState, headCommit: CommitProof?,
        authenticator: any Authenticator, signed: SignedState? = nil, log: [HostRecord] = [],
        signsFrom: Height = .genesis, limits: Mempool.Limits = Mempool.Limits(),
        kept: [EvidenceBody] = [], joins: Bool = false, joinTrust: ValidatorSet? = nil,
        heldChunks: [Digest] = [], hasLostDisk: Bool = false
    ) throws(ConsensusError) {
        self.identity = identity
        self.authenticator = authenticator
        self.joins = joins
        self.joinTrust = joinTrust
        validators = state.validators(at: state.head.height.next)
        previousValidators = state.validators(at: state.head.height)
        signing = SigningBytes(ledger: state.ledger)
        let height = state.head.height
        let records = log.compactMap { record -> LogRecord? in
            guard case .replica(let record) = record else { return nil }
            return record
        }
        replica = Replica(
            identity: identity, ledger: state.ledger, authenticator: authenticator,
            start: HeightStart(
                height: height.next, validators: validators,
                parameters: ReplicaParameters(state.parameters), previousCommit: headCommit),
            signed: signed, log: records,
            signsFrom: hasLostDisk ? Height(.max) : signsFrom)
        mempool = Mempool(height: height, limits: limits)
        sync = BlockSync(
            height: height, validators: validators, signing: signing, check: authenticator,
            identity: identity)
        loggedAhead = log.compactMap { record in
            guard case .batch(let height, let bytes) = record else { return nil }
            return (height, bytes)
        }
        if joins, height == .genesis {
            joining = StateSync(
                ledger: state.ledger, trusted: joinTrust ?? validators, signing: signing,
                check: authenticator, held: heldChunks)
        }
        self.state = state
        self.state.signatureCheck = authenticator
        evidence = EvidencePool()
        returning = hasLostDisk ? Returning(isSilent: true) : nil
        recallBodies()
        recall(kept)
    }

    /// The first thing to call.
    public mutating func start(now: Timestamp) -> [HostEffect] {
        self.now = now
        effects = []
        enqueue(replica.resume())
        startHeartbeat()
        if let joining { carryOut(joining.start()) }
        effects.append(.startTimer(.status, milliseconds: Host.statusMilliseconds))
        return takeEffects()
    }

    /// Takes one input, and answers with what is to be done, in order.
    ///
    /// `now` is the local clock when the input came in.
    public mutating func step(_ input: HostInput, now: Timestamp) -> [HostEffect] {
        self.now = now
        effects = []
        switch input {
        case .received(let message, let peer): receive(message, from: peer)
        case .submitted(let bytes, let token): submit(bytes, token: token)
        case .timedOut(let timer): timedOut(timer)
        case .receivedUnknown(let kind, let peer): ignore(kind: kind, from: peer)
        case .connected(let peer, let version):
            words.noteConnected(peer, version)
            effects.append(.send(.status(replica.status), to: peer))
            if joining != nil { sendIfKnown(.snapshotWanted, to: peer) }
        case .disconnected(let peer):
            words.noteDisconnected(peer)
            answers.forget(peer)
            vain.forget(peer)
            carryOut(sync.step(.left(peer)))
            join(.left(peer))
        case .snapshotRestored(let state): adopt(state)
        case .snapshotUnusable(let reason): join(.unusable(reason: reason))
        case .chunksLost(let names): join(.lost(names))
        case .batchesRead(let stored, let digest): compare(stored, against: digest)
        case .lockRecalled(let proof, let question): answer(question, with: proof)
        case .numbersLost(let expiryHeights): askForExpiry(expiryHeights)
        }
        return takeEffects()
    }

    /// Says something to the replica, and carries out what it wants after all it wanted before.
    ///
    /// Where it comes from a `peer`, that is dropped where the replica finds it forged.
    mutating func tell(_ input: Input, from peer: InstitutionID? = nil) {
        let new = replica.step(input)
        if let peer {
            for effect in new {
                switch effect {
                case .blame(let error):
                    effects.append(.drop(peer, reason: "a forged message: \(error)"))
                case .doubt: noteVain(peer)
                default: break
                }
            }
        }
        enqueue(new)
    }

    private mutating func takeEffects() -> [HostEffect] {
        defer { effects = [] }
        return effects
    }

    /// Carries out the replica's effects in the order in which they were asked for.
    ///
    /// Carrying one out may step the replica again: what that asks for comes last.
    private mutating func enqueue(_ new: [Effect]) {
        replicaEffects += new
        guard !isSettling else { return }
        isSettling = true
        var index = 0
        while index < replicaEffects.count {
            carryOut(replicaEffects[index])
            index += 1
        }
        replicaEffects.removeAll(keepingCapacity: true)
        isSettling = false
    }

    private mutating func carryOut(_ effect: Effect) {
        switch effect {
        case .appendLog(let record): effects.append(.appendLog(.replica(record)))
        case .persist(let state): effects.append(.persist(state))
        case .broadcast(let message): effects.append(.broadcast(PeerMessage(message)))
        case .startTimer(let timer, let milliseconds):
            effects.append(.startTimer(.replica(timer), milliseconds: milliseconds))
        case .propose(let height, let round): build(height: height, round: round)
        case .checkValue(let request): check(request)
        case .fetchBlock: effects.append(.broadcast(.status(replica.status)))
        case .commit(let decision): commit(decision)
        case .convict(let evidence): learn(EvidenceBody(evidence), from: nil)
        case .blame, .doubt: break
        case .demandLock(let claim): demands.append(LockDemand(claim: claim))
        case .halt(let height, let block):
            effects.append(
                .halt(
                    reason: "block \(block) at height \(height) was decided by more than 2/3 of "
                        + "the power, and this node's own execution finds it invalid"))
        }
    }

    private mutating func timedOut(_ timer: HostTimer) {
        switch timer {
        case .replica(let timer): tell(.timedOut(timer))
        case .sync(let height, let attempt):
            carryOut(sync.step(.timedOut(height, attempt: attempt)))
        case .join: joinAgain()
        case .chunk(let name, let attempt): join(.timedOut(name, attempt: attempt))
        case .heartbeat(let height):
            if height == state.head.height.next { tell(.workArrived(height)) }
        case .status:
            answers.renew()
            vain.renew()
            renewComparisons()
            effects.append(.broadcast(.status(replica.status)))
            askForBodies()
            askForLocks()
            pushAgain()
            effects.append(.startTimer(.status, milliseconds: Host.statusMilliseconds))
        }
    }

    mutating func startHeartbeat() {
        let height = state.head.height.next
        effects.append(
            .startTimer(
                .heartbeat(height), milliseconds: state.parameters.heartbeatMilliseconds))
    }
}

extension PeerMessage {
    init(_ message: Message) {
        switch message {
        case .proposal(let proposal): self = .proposal(Unverified(proposal))
        case .vote(let vote): self = .vote(Unverified(vote))
        }
    }
}

extension ReplicaParameters {
    /// The part of the ledger's parameters that a replica lives by.
    public init(_ parameters: Parameters) {
        self.init(
            proposeTimeout: parameters.timeoutProposeMilliseconds,
            voteTimeout: parameters.timeoutVoteMilliseconds,
            timeoutGrowth: parameters.timeoutGrowthMilliseconds,
            timeoutCap: parameters.timeoutCapMilliseconds,
            clockPrecision: parameters.clockPrecisionMilliseconds,
            messageDelay: parameters.messageDelayMilliseconds)
    }
}
