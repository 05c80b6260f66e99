internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Proofs
internal import Records
internal import Sealing
internal import Storage
internal import Supervision
internal import Transport

/// The thread that the desk lives on: feeds it blocks, submissions, requests and answers.
///
/// Submissions that wait are prepared together, so that they share the waits for the disk.
final class DeskWorker {
    enum Input: Sendable {
        /// The message is counted against its sender until the submission is prepared.
        case submitted(Submission, StreamID, InboundMessage, Responder)
        case headMoved(Height)
        case charters(CharterTimeline)
        case sealKeys([SealSecretKey])
        case asked([UInt8], by: InstitutionID, InboundMessage, Responder)
        case control([UInt8], Responder)
        /// The answer to a query, to be held until the access is written down.
        case queried(Query, AccessHeader.Purpose, [UInt8], Responder)
        case connected(InstitutionID)
        case disconnected(InstitutionID)
        case answered(Result<ArraySlice<UInt8>, TransportError>, by: InstitutionID)
        /// What a job gave to be done elsewhere is done.
        case worked
    }

    private let desk: any Desk
    private let inbox: Inbox<Input>
    private let loop: Inbox<LoopInput>
    private let store: BlockStore
    private let link: any Link
    private let logger: Logger
    /// The stream that this institution's own findings go to.
    private let ownStream: StreamID?
    private var head = Height.genesis
    /// The heights that the loop was told last.
    private var told: (Height, rules: Height)?
    private var connected: Set<InstitutionID> = []
    private var underWay: Set<InstitutionID> = []
    private let jobs: DeskJobs
    /// How often rules that lag could have gone on.
    private var turn: UInt64 = 0
    /// Who is told of spans; nil where the program has installed no tracer.
    private let spans: SpanTeller?
    /// Since when a peer has been asked, where that is told.
    private var askedAt: [InstitutionID: Moment] = [:]

    /// Blocks that are fed before the inbox is looked at again.
    private static let blocksAtATime = 16
    /// How many times blocks are fed before rules that lag go on, where more blocks wait.
    private static let turnsOfBlocks: UInt64 = 4
    /// How often peers are asked again, in nanoseconds.
    private static let interval: UInt64 = 1_000_000_000
    /// How long a peer may take to answer, in seconds.
    private static let answerSeconds = 30

    init(
        desk: any Desk, inbox: Inbox<Input>, loop: Inbox<LoopInput>, store: BlockStore,
        link: any Link, logger: Logger, ownStream: StreamID?, spans: SpanTeller? = nil
    ) {
        self.desk = desk
        self.inbox = inbox
        self.loop = loop
        self.store = store
        self.link = link
        self.logger = logger
        self.ownStream = ownStream
        self.spans = spans
        jobs = DeskJobs { inbox.post(.worked) }
    }

    /// Runs until its inbox is closed, or the desk cannot go on.
    func run() -> NodeError? {
        defer { jobs.close() }
        tellHeights()
        var nextRound = SystemClock.uptime
        while !inbox.isClosed {
            let hasMore = desk.height < head || desk.areRulesBehind
            let deadline = hasMore ? SystemClock.uptime : nextRound
            let inputs = inbox.take(until: deadline)
            // What is prepared goes by the members that are known by then.
            for case .charters(let charters) in inputs { desk.follow(charters) }
            prepare(inputs)
            for input in inputs { take(input) }
            do {
                let fed = try feed()
                try goOn()
                // A delivery moves the rules, too.
                tellHeights()
                if fed || SystemClock.uptime >= nextRound {
                    ask()
                    nextRound = SystemClock.uptime + DeskWorker.interval
                }
            } catch {
                return .halted(reason: "the supervision desk cannot go on: \(error)")
            }
        }
        return nil
    }

    private func take(_ input: Input) {
        switch input {
        case .submitted: break
        case .headMoved(let height): head = max(head, height)
        case .charters: break
        case .sealKeys(let keys): desk.hold(keys)
        case .asked(let request, let peer, _, let responder):
            reply(to: responder) { try desk.answer(request, from: peer) }
        case .control(let request, let responder):
            control(request, responder)
        case .worked: jobs.goOn()
        case .queried(let query, let purpose, let answer, let responder):
            reply(to: responder) {
                DeskReply(answer, first: desk.traces(ofAsking: query, purpose))
            }
        case .connected(let peer):
            connected.insert(peer)
            ask(peer)
        case .disconnected(let peer):
            connected.remove(peer)
            underWay.remove(peer)
        case .answered(let result, let peer):
            underWay.remove(peer)
            if let start = askedAt.removeValue(forKey: peer) {
                spans?.delivered(to: peer, from: start, to: .now)
            }
            settle(result, peer)
        }
    }

    /// Answers the operator, at once or when it is done.
    private func control(_ request: [UInt8], _ responder: Responder) {
        do {
            if let job = try desk.job(for: request) { return jobs.add(job, responder) }
        } catch {
            return responder.refuse("\(error)")
        }
        reply(to: responder) { try desk.control(request) }
    }

    /// Answers when what must stand in the outbox first stands there.
    private func reply(to responder: Responder, _ make: () throws -> DeskReply) {
        do {
            let reply = try make()
            guard !reply.first.isEmpty else { return responder.respond(reply.answer) }
            guard let ownStream else {
                return responder.refuse("no submit key is configured, so nothing can be anchored")
            }
            let held = HeldReply(reply.answer, to: responder, after: reply.first.count)
            let drafts = try desk.prepare(reply.first)
            loop.post(.prepared(drafts, ownStream, drafts.map { _ in .reply(held) }))
        } catch {
            responder.refuse("\(error)")
        }
    }

    /// Prepares all submissions at once; where one of them is no good, each by itself.
    private func prepare(_ inputs: [Input]) {
        var waiting: [StreamID: [(Submission, Responder)]] = [:]
        for case .submitted(let submission, let stream, _, let responder) in inputs {
            waiting[stream, default: []].append((submission, responder))
        }
        for (stream, items) in waiting.sorted(by: { $0.key < $1.key }) {
            if let drafts = try? desk.prepare(items.map(\.0)) {
                loop.post(.prepared(drafts, stream, items.map { .number($0.1) }))
                continue
            }
            for (submission, responder) in items {
                do {
                    loop.post(
                        .prepared(try desk.prepare([submission]), stream, [.number(responder)]))
                } catch {
                    responder.refuse("\(error)")
                }
            }
        }
    }

    /// Feeds the blocks that the desk has not seen, some at a time; says if there were any.
    private func feed() throws -> Bool {
        var fed = false
        let start = desk.readsBlocks ? store.base.height : head
        if desk.height < start { try desk.begin(after: start) }
        for _ in 0..<DeskWorker.blocksAtATime where desk.height < head {
            let block = try anchored(desk.height.next)
            let start = spans.map { _ in Moment.now }
            let submissions = try desk.committed(block, isLast: block.height == head)
            if let spans, let start {
                spans.judged(
                    block.header, from: start, to: .now, submissionCount: submissions.count)
            }
            fed = true
            try anchor(submissions)
        }
        return fed
    }

    /// Has rules that lag go on: between blocks now and then, and else whenever there is time.
    private func goOn() throws {
        guard desk.areRulesBehind else { return }
        turn += 1
        guard desk.height >= head || turn.isMultiple(of: DeskWorker.turnsOfBlocks) else { return }
        try anchor(try desk.goOn())
    }

    /// Hands in what the desk has to say.
    private func anchor(_ submissions: [Submission]) throws {
        guard !submissions.isEmpty else { return }
        guard let ownStream else {
            return logger.note(
                .warning, .notAnchored, "findings cannot be anchored: no submit key is configured")
        }
        let drafts = try desk.prepare(submissions)
        loop.post(.prepared(drafts, ownStream, drafts.map { _ in nil }))
    }

    /// Tells the loop how far the desk has come, where that has changed.
    private func tellHeights() {
        let now = (desk.height, desk.rulesHeight)
        if let told, told == now { return }
        told = now
        loop.post(.deskStands(at: now.0, rules: now.1))
    }

    private func anchored(_ height: Height) throws -> AnchoredBlock {
        guard let stored = try store.block(at: height) else {
            throw NodeError.damaged(what: "the data base", detail: "block \(height) is missing")
        }
        let header = try Block.decode(stored.block).header
        var entries: [ArraySlice<UInt8>] = []
        for bytes in try store.batches(at: height) {
            entries += try UnverifiedBatch(decoding: bytes).entries
        }
        return AnchoredBlock(
            header: header, firstLeaf: header.treeSize - UInt64(entries.count),
            entries: entries,
            unfit: try store.row(.unfit, at: height).map { try UnfitRow.decode($0).entries } ?? [])
    }

    private func ask() {
        for peer in connected.sorted() { ask(peer) }
    }

    /// Asks a peer what the desk wants of it, unless it has not answered the last question yet.
    private func ask(_ peer: InstitutionID) {
        guard !underWay.contains(peer) else { return }
        do {
            guard let request = try desk.outgoing(to: peer) else { return }
            underWay.insert(peer)
            if spans != nil { askedAt[peer] = .now }
            let inbox = inbox
            link.request(request, of: peer, seconds: DeskWorker.answerSeconds) { result in
                inbox.post(.answered(result, by: peer))
            }
        } catch {
            logger.note(
                .error, .peerUnanswering, "nothing can be asked of \(peer): \(error)",
                [.peer: peer, .reason: "\(error)"])
        }
    }

    private func settle(
        _ result: Result<ArraySlice<UInt8>, TransportError>, _ peer: InstitutionID
    ) {
        do {
            try desk.answered(Array(try result.get()), by: peer)
            ask(peer)
        } catch {
            logger.note(
                .warning, .peerUnanswering, "\(peer) did not answer as it should: \(error)",
                [.peer: peer, .reason: "\(error)"])
        }
    }
}
