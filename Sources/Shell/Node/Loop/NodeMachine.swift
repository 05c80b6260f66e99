internal import Consensus
internal import Cryptography
internal import Dispatch
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Proofs
internal import Records
internal import Storage
internal import Transport

/// The one owner of a node's host and of all that it makes durable.
///
/// It lives on one thread, takes one input after the other, and carries out every effect of one
/// before it takes the next. Whatever cannot be made durable ends it.
final class NodeMachine {
    let setup: NodeSetup
    let membership: Membership
    let logger: Logger
    let inbox: Inbox<LoopInput>
    let link: any Link
    let dropPeer: @Sendable (InstitutionID) -> Void
    let connectedPeers: @Sendable () -> [InstitutionID]
    /// Held for as long as the machine lives, with the locks among them.
    let parts: NodeParts
    let observer: @Sendable (CommittedBlock) -> Void
    /// Told of every new head: the desk and whoever reads.
    let headMoved: @Sendable (Height) -> Void
    /// Reads what was committed before, for whoever watches.
    let history: @Sendable (_ from: Height, _ through: Height, Responder) -> Void
    /// Answers, from what is on the disk, a question that came to the loop.
    let readStored: @Sendable (ControlRequest, Responder) -> Void
    /// Told of who takes part now, before the block that says so is shown to anybody.
    let membersChanged: @Sendable (CharterTimeline) -> Void
    /// Told that no peer takes the TLS key that is shown.
    let identityRefused: @Sendable () -> Void
    private let rescue: IdentityRescue
    /// The charter that was handed on last, and from when on the ledger is stopped by it.
    private var handedOn: (charter: Charter, stoppedFrom: Height?, proposalCount: Int)?
    /// Locks of keys that came while the node ran.
    private var furtherLocks: [KeyLock] = []

    var host: Host
    var log: ReplicaLog
    var evidence: EvidenceLog
    var outboxes: Outboxes
    var timers = TimerQueue<LoopTimer>()
    private var turns = PeerTurns()
    var waiters = CommitWaiters()
    /// Deletes old entries, where the operator wants that.
    let retention: RetentionKeeper?
    let snapshots: SnapshotFolder
    let server: PeerServer
    /// A snapshot whose chunks are all here, until its state is put together.
    var complete: ProvedSnapshot?
    /// What the host had asked to be read, until the effects of the step are carried out.
    var read: [HostInput] = []
    /// Where outboxes that have lost rows open, until they have been told.
    var outboxesOpenAt: Height?
    var submitters: [UInt64: Submitter] = [:]
    var nextToken: UInt64 = 1
    /// Who waits for the number of an entry that is not synced yet, by stream and number.
    var unacknowledged: [StreamID: [UInt64: [Acknowledgement]]] = [:]
    /// Drafts that were numbered since the last sync.
    var numbered: [Digest: (stream: StreamID, number: UInt64)] = [:]
    var deskHeight = Height.genesis
    var rulesHeight = Height.genesis
    /// The clock of the timers, in nanoseconds; a test puts one of its own in.
    var uptime: () -> UInt64 = { SystemClock.uptime }
    let startedAt = SystemClock.uptime
    private(set) var ending: NodeError??

    let metrics: NodeMetrics
    /// What is told to a tracer; nil where the program has installed none.
    var traces: NodeTraces?
    let writer: BlockWriter
    /// The last block that is on the disk.
    var written: Height
    /// Its time, once one was written since the start.
    var writtenTime: Timestamp?
    /// Blocks that are decided and being written, in their order.
    var unwritten: [Unwritten] = []
    /// Answers about a head that is not on the disk yet, in the order of their heights.
    var held: [Held] = []

    /// The most answers that wait for the disk, those to the operator left out.
    static let heldCountMax = 1_024

    struct Unwritten {
        let height: Height
        /// The next number of each own stream after the block.
        let nextNumbers: [UInt64]
    }

    struct Held {
        let height: Height
        let answer: () -> Void
    }

    /// Who handed in a batch.
    enum Submitter {
        case operated(Responder, waits: Bool, StreamKey, last: UInt64, expiry: Height)
        /// The outbox of a stream, with the batch's first number.
        case outbox(StreamID, first: UInt64)
    }

    enum LoopTimer {
        case host(HostTimer)
        case outbox(StreamID)
    }

    init(
        setup: NodeSetup, membership: Membership, parts: consuming NodeParts,
        inbox: Inbox<LoopInput>, link: any Link,
        dropPeer: @escaping @Sendable (InstitutionID) -> Void,
        connectedPeers: @escaping @Sendable () -> [InstitutionID], logger: Logger,
        observer: @escaping @Sendable (CommittedBlock) -> Void,
        headMoved: @escaping @Sendable (Height) -> Void,
        history: @escaping @Sendable (Height, Height, Responder) -> Void,
        readStored: @escaping @Sendable (ControlRequest, Responder) -> Void,
        membersChanged: @escaping @Sendable (CharterTimeline) -> Void = { _ in },
        identityRefused: @escaping @Sendable () -> Void = {}
    ) throws(NodeError) {
        self.setup = setup
        self.membership = membership
        self.membersChanged = membersChanged
        self.identityRefused = identityRefused
        rescue = IdentityRescue(peerCount: setup.peers.count)
        self.logger = logger
        self.inbox = inbox
        self.link = link
        self.dropPeer = dropPeer
        self.connectedPeers = connectedPeers
        self.observer = observer
        self.headMoved = headMoved
        self.history = history
        self.readStored = readStored
        metrics = NodeMetrics(data: setup.data)
        let restart = try Restart(parts.store, genesis: setup.genesis)
        let log = try ReplicaLog(parts.directory, head: restart.state.head.height)
        var kept: [EvidenceBody] = []
        do throws(StorageError) {
            snapshots = try SnapshotFolder(parts.directory)
            writer = BlockWriter(
                store: parts.store, index: parts.index, metrics: metrics,
                pruner: try StatePruner(store: parts.store, index: parts.index),
                cutter: SnapshotCutter(
                    store: parts.store, folder: snapshots, genesis: setup.genesis,
                    logger: logger))
        } catch {
            throw .storage(error)
        }
        evidence = try EvidenceLog.open(in: parts.directory) { kept.append($0) }
        server = PeerServer(parts, snapshots, link)
        let held = try NodeMachine.heldChunks(snapshots, restart)
        host = try NodeMachine.host(
            setup, restart, log, kept, ReturnFile(.signing, in: parts.directory), held: held)
        outboxes = try Outboxes(
            setup, directory: parts.directory, state: host.state, index: parts.index)
        self.log = log
        retention = setup.retention.map { policy in
            RetentionKeeper(
                policy, store: parts.store, index: parts.index, genesis: setup.genesis,
                logger: logger
            ) { inbox.post(.question($0)) }
        }
        written = restart.state.head.height
        self.parts = parts
    }

    var store: BlockStore { parts.store }
    var index: EntryIndex { parts.index }

    /// The chunks that an earlier life fetched; those of a ledger that has begun may go.
    private static func heldChunks(
        _ snapshots: SnapshotFolder, _ restart: Restart
    ) throws(NodeError) -> [Digest] {
        guard restart.state.head.height > .genesis else { return snapshots.joiningChunks() }
        do throws(StorageError) {
            try snapshots.endJoining()
        } catch {
            throw .storage(error)
        }
        return []
    }

    private static func host(
        _ setup: NodeSetup, _ restart: Restart, _ log: borrowing ReplicaLog,
        _ kept: [EvidenceBody], _ returned: ReturnFile, held: [Digest]
    ) throws(NodeError) -> Host {
        var signsFrom = setup.signsFrom ?? .genesis
        var hasLostDisk = false
        if returned.isThere {
            do throws(StorageError) {
                let told = try returned.height()
                hasLostDisk = told == nil
                signsFrom = max(signsFrom, told ?? .genesis)
            } catch {
                throw .storage(error)
            }
        }
        do throws(ConsensusError) {
            return try Host(
                identity: setup.institution, state: restart.state,
                headCommit: restart.headCommit, authenticator: setup.keyring,
                signed: log.lastSigned, log: log.records,
                signsFrom: signsFrom, kept: kept,
                joins: setup.joinsBySnapshot, joinTrust: setup.joinTrust,
                heldChunks: held, hasLostDisk: hasLostDisk)
        } catch {
            throw .damaged(what: "the ledger's list of institutions", detail: "\(error)")
        }
    }

    /// Runs until it is told to stop, or must; the thread is its own.
    func run() -> NodeError? {
        let inbox = inbox
        writer.start { inbox.post(.blockWritten) }
        retention?.start()
        server.start { result in
            switch result {
            case .success(let input): inbox.post(.read(input))
            case .failure(let error): inbox.post(.stop(.storage(error)))
            }
        }
        do throws(NodeError) {
            try begin()
            while ending == nil {
                let came = inbox.take(until: turns.isEmpty ? timers.nextDeadline : 0)
                metrics.noteInbox(came.count)
                for input in turns.turn(came) {
                    if !input.isRevoked { try take(input) }
                    if ending != nil { break }
                    try fireTimers()
                }
                try fireTimers()
                link.flush()
                try syncOutboxes()
                link.flush()
            }
        } catch {
            ending = .some(error)
        }
        inbox.close()
        retention?.stop()
        server.stop()
        // What is decided is written, whatever ended the loop.
        writer.stop()
        try? takeWritten()
        try? log.settle()
        waiters.refuseAll("the node stops")
        return ending ?? nil
    }

    /// What comes before the first input.
    func begin() throws(NodeError) {
        noteCuts()
        handOnCharter()
        for (stream, reason) in outboxes.closed {
            logger.note(
                .error, .streamClosed, "stream \(stream) takes no entries for now: \(reason)",
                [.stream: stream, .reason: "\(reason)"])
        }
        try fillIndex()
        try carryOut(host.start(now: SystemClock.now))
        try carryOut(outboxes.start())
        headMoved(host.state.head.height)
    }

    /// Tells of ends of logs that a crash had torn, and that are cut off now.
    private func noteCuts() {
        let cuts = [
            (Repair.Part.log, log.cutBytes), (.outbox, outboxes.cutBytes),
            (.evidence, evidence.cutBytes),
        ]
        for (part, byteCount) in cuts where byteCount > 0 {
            metrics.noteCut(part, byteCount)
            let words =
                "the last \(byteCount) bytes of the \(part.rawValue) were torn by a crash before "
                + "they were synced, and are cut off; nothing in them was acknowledged or sent"
            logger.note(
                .warning, .logCut, "\(words)", [.part: part.rawValue, .bytes: byteCount])
        }
    }

    func stop(_ reason: NodeError?) {
        if ending == nil { ending = .some(reason) }
    }

    private func take(_ input: LoopInput) throws(NodeError) {
        switch input {
        case .received(let message, let peer, _):
            try step(.received(message, from: peer))
        case .malformed(let peer, let reason, _):
            logger.note(
                .warning, .peerDropped, "\(peer) sent what is no message: \(reason)",
                [.peer: peer, .reason: reason])
            metrics.noteDrop()
            dropPeer(peer)
        case .unknown(let kind, let peer, _):
            metrics.noteUnknown()
            try step(.receivedUnknown(kind: kind, from: peer))
        case .connected(let peer, let version):
            rescue.noteConnected()
            try step(.connected(peer, speaks: version))
        case .disconnected(let peer): try step(.disconnected(peer))
        case .unreachable:
            if connectedPeers().isEmpty, rescue.noteUnreachable() { identityRefused() }
        case .reloaded(let locks):
            furtherLocks += locks
            outboxes.noteKeysChanged()
            handOnCharter(isForced: true)
        case .control(let request, let responder, _): try answer(request, responder)
        case .prepared(let drafts, let stream, let waiting):
            try number(drafts, stream, waiting)
        case .question(let question): answer(question)
        case .read(let input): try step(input)
        case .blockWritten: try settleBlocks()
        case .deskStands(let height, let rules):
            deskHeight = height
            rulesHeight = rules
            noteRetention()
        case .stop(let reason): stop(reason)
        }
    }

    /// Who took part and which rules were in force at each height so far.
    var charters: CharterTimeline { CharterTimeline(setup.genesis, host.state.governance) }

    /// Tells everybody who lives by it, where who takes part has changed.
    func handOnCharter(isForced: Bool = false) {
        let stoppedFrom = host.state.governance.standing.stoppedFrom
        let charter = host.state.charter
        let proposalCount = host.state.governance.proposals.count
        if let handedOn, handedOn.charter == charter, handedOn.stoppedFrom == stoppedFrom,
            handedOn.proposalCount == proposalCount, !isForced
        {
            return
        }
        let (before, after) = (
            handedOn?.charter.institution(setup.institution),
            charter.institution(setup.institution)
        )
        if before != after || isForced || handedOn == nil {
            outboxes.noteKeysChanged()
            for line in setup.keyring.wants(after) {
                logger.note(.warning, .keysWanted, "\(line)")
            }
        }
        handedOn = (charter, stoppedFrom, proposalCount)
        membersChanged(charters)
    }

    func step(_ input: HostInput) throws(NodeError) {
        traces?.note(input, next: host.state.head.height.next)
        let start = SystemClock.uptime
        let effects = host.step(input, now: SystemClock.now)
        metrics.record(.decide, nanoseconds: SystemClock.uptime - start)
        try carryOut(effects)
    }

    private func fireTimers() throws(NodeError) {
        let now = uptime()
        while let timer = timers.popDue(at: now) {
            try fire(timer)
        }
    }

    func fire(_ timer: LoopTimer) throws(NodeError) {
        switch timer {
        case .host(let timer):
            if case .status = timer { logger.trace("\(host.replica.why())") }
            try step(.timedOut(timer))
        case .outbox(let stream): try carryOut(outboxes.timerFired(stream))
        }
    }

    /// Brings the entry index up to the head, since it is not synced, and may lag after a crash;
    /// and reads what the next trails are made of.
    private func fillIndex() throws(NodeError) {
        do {
            try store.recallTrails(host.state)
            var height = max(try index.height(), store.base.height)
            while height < host.state.head.height {
                height = height.next
                guard let bytes = try store.row(.tree, at: height) else {
                    try index.pass(height)
                    continue
                }
                let tree = try TreeRow.decode(bytes)
                guard let block = try store.namedBlock(at: height) else {
                    // LevelDB tells more where it is its checksum that is wrong.
                    _ = try store.block(at: height)
                    throw NodeError.damaged(
                        what: "block \(height)", detail: "it is not what its commit proof names")
                }
                let isPruned = height < store.entriesFrom
                let headers = try (isPruned ? [] : store.batches(at: height)).map { batch in
                    try UnverifiedBatch(decoding: batch).header
                }
                let end = tree.firstLeaf + UInt64(tree.leafCount)
                let indexed = IndexedBlock(
                    height: height, time: block.header.time, firstLeaf: tree.firstLeaf,
                    count: UInt64(tree.leafCount),
                    batches: zip(block.batches, headers).map { digest, header in
                        IndexedBlock.Batch(digest: digest, count: UInt32(header.count))
                    })
                try index.add(
                    indexed, headers: headers,
                    leafHashes: (tree.firstLeaf..<end).compactMap { tree.leafHash(at: $0) })
            }
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as NodeError {
            throw error
        } catch {
            throw .damaged(what: "a block on the disk", detail: "\(error)")
        }
    }

    private func answer(_ question: StateQuestion) {
        let state = host.state
        let items = question.keys(state).map { key in
            var head: TermHead?
            if case .term(let term) = key { head = state.map.head(of: term) }
            return StateAnswer.Item(
                proof: state.map.proof(of: key), absence: state.map.absence(of: key), head: head)
        }
        let changes = state.governance.sets.map {
            ChainBuilder.Change(from: $0.from, validators: $0.validators.encoded)
        }
        let answer = StateAnswer(
            height: state.head.height, items: items, validators: changes)
        answerWhenWritten { question.answer(answer) }
    }
}

/// What a node has open on its disk.
struct NodeParts: ~Copyable {
    let directory: DataDirectory
    let keyLocks: [KeyLock]
    let store: BlockStore
    let index: EntryIndex
}
