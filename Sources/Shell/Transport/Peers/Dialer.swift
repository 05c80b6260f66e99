internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Primitives
internal import Synchronization

/// Keeps one connection to a peer: dials, says hello, and dials again when it ends.
///
/// This node's messages and requests to the peer go over it; the peer's come over the connection
/// that the peer dials. So there is never a question of which of two connections to keep.
final class Dialer: Sendable {
    private struct State {
        var backoff = Backoff()
        var connection: Connection?
        /// The pin of the key that the connection was made with.
        var pin: Digest?
        var isUp = false
        var isStopped = false
        /// The newest version that the next hello says; nil for the newest there is.
        var through: ProtocolVersion?
        /// Whether that hello is under way.
        var isTryingOlder = false
    }

    let peer: Peer
    private let hello: Hello
    private let tls: CurrentTLS
    private let book: PeerBook
    private let group: any EventLoopGroup
    private let report: @Sendable (NetworkEvent) -> Void
    private let state = Mutex(State())

    init(
        peer: Peer, hello: Hello, tls: CurrentTLS, book: PeerBook, group: any EventLoopGroup,
        report: @escaping @Sendable (NetworkEvent) -> Void
    ) {
        self.peer = peer
        self.hello = hello
        self.tls = tls
        self.book = book
        self.group = group
        self.report = report
    }

    /// The connection, while hellos have been exchanged on it.
    var connection: Connection? {
        state.withLock { $0.isUp ? $0.connection : nil }
    }

    func start() {
        guard !state.withLock({ $0.isStopped }) else { return }
        // Whom the ledger does not know yet, or any more, there is nothing to be said to.
        guard book.pin(of: peer.institution) != nil else { return retry(nil) }
        let box = RefusalBox()
        ClientBootstrap(group: group)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(Patience.userTimeout, value: Patience.userTimeoutValue)
            .connectTimeout(.seconds(3))
            .channelInitializer { channel in self.prepare(channel, box) }
            .connect(host: peer.host, port: peer.port)
            .whenFailure { error in self.retry(box.taken ?? TransportError(dialling: error)) }
    }

    func stop() {
        let connection = state.withLock { state in
            state.isStopped = true
            return state.connection
        }
        connection?.close()
    }

    /// Ends the connection where the book gives its key to the peer no longer.
    func recheck() {
        let (connection, pin) = state.withLock { ($0.connection, $0.pin) }
        guard let connection, let pin, book.institution(with: pin) != peer.institution else {
            return
        }
        connection.close(.unknownPin(found: pin))
    }

    private func prepare(_ channel: any Channel, _ box: RefusalBox) -> EventLoopFuture<Void> {
        let (peer, book) = (peer, book)
        let connection = Connection(
            channel: channel,
            handlers: Connection.Handlers(
                hello: { [weak self] (body) throws(TransportError) in
                    try self?.greeted(body)
                },
                closed: { [weak self] reason in self?.ended(box.taken ?? reason) }))
        return channel.eventLoop.makeCompletedFuture {
            guard !self.state.withLock({ $0.isStopped }) else {
                throw TransportError.closed(detail: "no longer dialled")
            }
            let handler = try self.tls.tls.clientHandler(
                { [weak self] (found) throws(TransportError) in
                    guard book.institution(with: found) == peer.institution else {
                        throw book.pin(of: peer.institution).map {
                            .wrongPin(peer.institution, expected: $0, found: found)
                        } ?? .unknownPin(found: found)
                    }
                    self?.state.withLock { $0.pin = found }
                }, refused: { box.put($0) })
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.pipeline.syncOperations.addHandler(FrameHandler(connection))
            self.state.withLock { $0.connection = connection }
            Patience.expectHello(on: connection) { [weak self, weak connection] in
                self?.connection === connection
            }
            try connection.send(Frame.encode(.hello, self.offered.encoded), .urgent)
        }
    }

    /// The hello for the peer, as far as it knows hellos.
    private var offered: Hello {
        state.withLock { $0.through }.map { hello.through($0) } ?? hello
    }

    private func greeted(_ body: ArraySlice<UInt8>) throws(TransportError) {
        let version = try hello.agree(with: try Hello(body))
        if version == .first, offered.speaks.upperBound > .first {
            // It hangs up on the hello that it got, and is dialled again with one that it knows.
            state.withLock { $0.through = version }
            throw .closed(detail: "the peer speaks version \(version) of the protocol")
        }
        let isNew = state.withLock { state in
            defer {
                state.isUp = true
                state.backoff.reset()
            }
            return !state.isUp
        }
        guard isNew else { throw .malformed("a second hello") }
        report(.connected(peer.institution, speaks: version))
    }

    private func ended(_ reason: TransportError?) {
        let (wasUp, isOlder) = state.withLock { state in
            let isOlder = state.through != nil && !state.isTryingOlder && !state.isStopped
            if isOlder { state.isTryingOlder = true }
            defer {
                state.isUp = false
                state.connection = nil
                state.pin = nil
            }
            return (state.isUp, isOlder)
        }
        if isOlder {
            start()
        } else if wasUp {
            report(.disconnected(peer.institution, reason))
            retry(nil)
        } else {
            retry(reason ?? .closed(detail: "before the hello"))
        }
    }

    private func retry(_ reason: TransportError?) {
        let wait = state.withLock { state in
            // When it comes back the peer may have been upgraded.
            state.through = nil
            state.isTryingOlder = false
            return state.isStopped ? nil : state.backoff.next()
        }
        guard let wait else { return }
        if let reason { report(.unreachable(peer.institution, reason)) }
        group.next().scheduleTask(in: .milliseconds(wait)) { [weak self] in self?.start() }
    }
}

/// Why the certificate check refused: TLS itself only says that it did.
final class RefusalBox: Sendable {
    private let refusal = Mutex<TransportError?>(nil)

    func put(_ error: TransportError) {
        refusal.withLock { $0 = error }
    }

    var taken: TransportError? { refusal.withLock { $0 } }
}

extension TransportError {
    init(dialling error: any Error) {
        if let error = error as? NIOConnectionError {
            let causes = error.connectionErrors.map { String(describing: $0.error) }
            self = .address(
                "\(error.host):\(error.port)",
                detail: causes.first ?? error.dnsAError.map { "\($0)" } ?? "no such host")
        } else {
            self = TransportError(error)
        }
    }
}
