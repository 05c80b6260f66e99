internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Records
internal import Storage
internal import Synchronization
internal import Tracing
internal import Transport

/// How a node is put together.
extension Node {
    /// Who is told of spans: the file that the configuration names, or the tracer that the program
    /// has installed; nil where there is neither.
    static func spans(_ setup: NodeSetup, _ logger: Logger) throws(NodeError) -> SpanTeller? {
        guard let file = setup.traces else {
            return .installed(institution: setup.institution)
        }
        do throws(StorageError) {
            let tracer = try FileTracer(file, institution: setup.institution, logger: logger)
            return SpanTeller(tracer, institution: setup.institution)
        } catch {
            throw .storage(error)
        }
    }

    /// Opens everything on the disk, the key's lock first.
    static func open(_ setup: NodeSetup) throws(NodeError) -> NodeParts {
        let keyLocks = try setup.keyPaths.map { (path) throws(NodeError) in try KeyLock(path) }
        let directory = try Node.directory(setup)
        let store: BlockStore
        let index: EntryIndex
        do throws(StorageError) {
            store = try BlockStore(
                path: directory.path(of: "blocks"), residentBytesMax: setup.memory.blockBytes,
                trailPace: setup.trailPace)
        } catch {
            throw NodeError(error, of: .blocks)
        }
        do throws(StorageError) {
            index = try EntryIndex(
                path: directory.path(of: "index"), findsByLeafHash: setup.findsByLeafHash,
                residentBytesMax: setup.memory.indexBytes)
        } catch {
            throw NodeError(error, of: .index)
        }
        return NodeParts(
            directory: directory, keyLocks: keyLocks, store: store, index: index)
    }

    /// Opens the directory, and notes in it what of it has been lost.
    private static func directory(_ setup: NodeSetup) throws(NodeError) -> DataDirectory {
        do throws(StorageError) {
            let directory = try DataDirectory(setup.data, ledger: setup.genesis.ledger)
            try directory.takeFormat(ledger: setup.genesis.ledger)
            let lastSigned = directory.path(of: ReplicaLog.lastSignedName)
            // A voter's directory without the file has lost it: the replica keeps silent until
            // the network has told it from where on it contradicts nothing.
            if !SmallFile.exists(lastSigned) {
                if setup.keyring.hasVote {
                    try ReturnFile(.signing, in: directory).make()
                }
                try ReturnFile(.numbering, in: directory).make()
                try LastSignedFile.create(lastSigned)
            }
            if !Directory.exists(directory.path(of: OutboxLog.name)) {
                try ReturnFile(.numbering, in: directory).make()
            }
            return directory
        } catch {
            throw .storage(error)
        }
    }

    static func network(
        _ setup: NodeSetup, _ membership: Membership, _ loop: Inbox<LoopInput>,
        _ desk: Inbox<DeskWorker.Input>, _ logger: Logger
    ) throws(NodeError) -> Network {
        let inbox = Network.Inbox(
            message: { peer, message in
                do throws(PeerMessageFault) {
                    let decoded = try PeerMessage.decode(message.body, speaking: setup.speaks)
                    loop.post(.received(decoded, from: peer, message))
                } catch .unknown(let kind) {
                    loop.post(.unknown(kind: kind, from: peer, message))
                } catch {
                    loop.post(.malformed(from: peer, reason: "\(error)", message))
                }
            },
            request: { peer, message, responder in
                desk.post(.asked(Array(message.body), by: peer, message, responder))
            })
        do throws(TransportError) {
            return try Network(
                ledger: setup.genesis.ledger,
                identity: setup.keyring.identity(named: membership.member?.tlsPin),
                book: membership.book, inbox: inbox, newest: setup.speaks
            ) { event in
                report(event, loop, desk, logger)
            }
        } catch {
            throw .transport(error)
        }
    }

    private static func report(
        _ event: NetworkEvent, _ loop: Inbox<LoopInput>, _ desk: Inbox<DeskWorker.Input>,
        _ logger: Logger
    ) {
        switch event {
        case .connected(let peer, let version):
            logger.note(
                .info, .peerConnected, "connected to \(peer), version \(version) of the protocol",
                [.peer: peer, .version: version])
            loop.post(.connected(peer, speaks: version))
            desk.post(.connected(peer))
        case .disconnected(let peer, let reason):
            let why = reason.map { "\($0)" } ?? "it went away"
            logger.note(.info, .peerLost, "lost \(peer): \(why)", [.peer: peer, .reason: why])
            loop.post(.disconnected(peer))
            desk.post(.disconnected(peer))
        case .accepted(let peer):
            logger.note(.debug, .peerConnected, "\(peer) connected", [.peer: peer])
        case .refused(let remote, let error):
            logger.note(
                .warning, .peerRefused, "\(remote): \(error)",
                [.address: remote, .reason: "\(error)"])
        case .unreachable(let peer, let error):
            logger.note(
                .debug, .peerUnreachable, "\(peer): \(error)",
                [.peer: peer, .reason: "\(error)"])
            loop.post(.unreachable(peer))
        }
    }

    /// Hands a request of the operator to the thread that can answer it.
    static func route(
        _ message: InboundMessage, _ responder: Responder, _ loop: Inbox<LoopInput>,
        _ desk: Inbox<DeskWorker.Input>, _ reader: Inbox<Reader.Request>
    ) {
        let request: ControlRequest
        do throws(CBORError) {
            request = try ControlRequest.decode(message.body)
        } catch {
            return responder.refuse("no request that this node knows: \(error)")
        }
        route(request, message, responder, loop, desk, reader)
    }

    static func route(
        _ request: ControlRequest, _ message: InboundMessage, _ responder: Responder,
        _ loop: Inbox<LoopInput>, _ desk: Inbox<DeskWorker.Input>,
        _ reader: Inbox<Reader.Request>
    ) {
        switch request {
        case .status, .submitBatch, .waitForEntry, .watch, .governance, .validatorKeys,
            .stop:
            loop.post(.control(request, responder, message))
        case .submit(let stream, let bytes):
            do throws(SubmissionError) {
                desk.post(
                    .submitted(try Submission.decode(bytes), stream, message, responder))
            } catch {
                responder.refuse("\(error)")
            }
        case .submitMany(let stream, let submissions):
            let gathering = SubmissionGathering(submissions.count, responder)
            var inputs: [DeskWorker.Input] = []
            for (place, bytes) in submissions.enumerated() {
                let part = gathering.responder(at: place)
                do throws(SubmissionError) {
                    inputs.append(
                        .submitted(try Submission.decode(bytes), stream, message, part))
                } catch {
                    part.refuse("\(error)")
                }
            }
            desk.post(inputs)
        case .desk(let bytes): desk.post(.control(bytes, responder))
        default: reader.post(.control(request, responder))
        }
    }
}

/// How a node ended, for all who wait.
final class Ending: Sendable {
    private struct State {
        var ended: NodeError??
        var waiting: [CheckedContinuation<NodeError?, Never>] = []
    }

    private let state = Mutex(State())

    func end(_ error: NodeError?) {
        let waiting = state.withLock { state in
            state.ended = .some(error)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: error) }
    }

    func wait() async -> NodeError? {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if state.ended == nil { state.waiting.append(continuation) }
                return state.ended
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }
}
