internal import NIOCore
internal import NIOPosix
public import Primitives
internal import Synchronization

/// All connections of a node with its peers: one it listens on, and one it dials to each.
///
/// Everything is carried over mutual TLS 1.3 and trusted by pin. What comes in is handed to the
/// inbox on the network's one thread, which must not be blocked.
public final class Network: Link {
    /// Where what comes in goes; both are called on the network's thread.
    public struct Inbox: Sendable {
        public let message: @Sendable (InstitutionID, InboundMessage) -> Void
        public let request: @Sendable (InstitutionID, InboundMessage, Responder) -> Void

        public init(
            message: @escaping @Sendable (InstitutionID, InboundMessage) -> Void,
            request: @escaping @Sendable (InstitutionID, InboundMessage, Responder) -> Void
        ) {
            self.message = message
            self.request = request
        }
    }

    private let group: MultiThreadedEventLoopGroup
    private let listener: Listener
    private let tls: CurrentTLS
    private let book: PeerBook
    private let hello: Hello
    private let report: @Sendable (NetworkEvent) -> Void
    private let dialers = Mutex<[InstitutionID: Dialer]>([:])
    /// Connections with frames that nothing has been told to write yet.
    private let unflushed = Mutex<[Connection]>([])

    /// A network that is not yet listening; `report` is called on its thread.
    ///
    /// `newest` is the newest version of the protocol that is spoken, with all before it.
    public init(
        ledger: LedgerID, identity: TLSIdentity, book: PeerBook, inbox: Inbox,
        newest: ProtocolVersion = .newest,
        report: @escaping @Sendable (NetworkEvent) -> Void
    ) throws(TransportError) {
        tls = try CurrentTLS(identity)
        self.book = book
        hello = Hello(ledger: ledger, speaks: .first...newest)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.report = report
        listener = Listener(hello: hello, tls: tls, book: book, inbox: inbox, report: report)
    }

    /// Listens on the address and returns the port, which matters where 0 was asked for.
    ///
    /// - Throws: ``TransportError/addressInUse(_:)``, ``TransportError/address(_:detail:)``.
    public func listen(host: String, port: Int) async throws(TransportError) -> Int {
        try await listener.start(host: host, port: port, group: group)
    }

    /// Dials these peers and no others from now on; connections to those that stay are kept.
    public func connect(to peers: [Peer]) {
        let (old, new) = dialers.withLock { dialers in
            var kept: [InstitutionID: Dialer] = [:]
            var new: [Dialer] = []
            for peer in peers where kept[peer.institution] == nil {
                if let dialer = dialers[peer.institution], dialer.peer == peer {
                    kept[peer.institution] = dialer
                    continue
                }
                let dialer = Dialer(
                    peer: peer, hello: hello, tls: tls, book: book, group: group,
                    report: report)
                kept[peer.institution] = dialer
                new.append(dialer)
            }
            let old = dialers.values.filter { kept[$0.peer.institution] !== $0 }
            dialers = kept
            return (old, new)
        }
        for dialer in old { dialer.stop() }
        for dialer in new { dialer.start() }
    }

    /// Ends the connections whose keys the book does not bear out any more.
    ///
    /// To be called when the book was replaced; peers that stand in it with another key are
    /// dialled again.
    public func recheck() {
        for dialer in dialers.withLock({ Array($0.values) }) { dialer.recheck() }
        listener.recheck()
    }

    /// Shows this identity on every connection that is made from now on.
    public func show(_ identity: TLSIdentity) throws(TransportError) {
        try tls.replace(with: identity)
    }

    /// Ends the connections with a peer that misbehaves; it is dialled again, and may come back
    /// itself, though later and later where it goes on (``Probation``).
    public func drop(_ peer: InstitutionID) {
        connection(to: peer)?.close(.refused("the peer misbehaved"))
        listener.drop(peer)
    }

    /// The peers that messages go through to now, by institution id.
    public var connected: [InstitutionID] {
        dialers.withLock { dialers in
            dialers.filter { $0.value.connection != nil }.keys.sorted()
        }
    }

    public func stop() async {
        let old = dialers.withLock { dialers in
            defer { dialers = [:] }
            return Array(dialers.values)
        }
        for dialer in old { dialer.stop() }
        await listener.stop()
        try? await group.shutdownGracefully()
    }

    @discardableResult
    public func send(
        _ message: [UInt8], to peer: InstitutionID, _ urgency: Urgency
    ) -> Bool {
        guard let connection = connection(to: peer) else { return false }
        return queue(Frame.encode(.message, message), on: connection, urgency)
    }

    public func broadcast(_ message: [UInt8], _ urgency: Urgency) {
        let frame = Frame.encode(.message, message)
        let connections = dialers.withLock { $0.values.compactMap(\.connection) }
        for connection in connections { _ = queue(frame, on: connection, urgency) }
    }

    public func flush() {
        let connections = unflushed.withLock { connections in
            defer { connections.removeAll(keepingCapacity: true) }
            return connections
        }
        guard let first = connections.first else { return }
        // All connections are of the group's one event loop.
        first.channel.eventLoop.execute {
            for connection in connections { connection.drain() }
        }
    }

    private func queue(
        _ frame: ByteBuffer, on connection: Connection, _ urgency: Urgency
    ) -> Bool {
        do throws(TransportError) {
            if try connection.enqueue(frame, urgency) {
                unflushed.withLock { $0.append(connection) }
            }
            return true
        } catch {
            return false
        }
    }

    public func request(
        _ body: [UInt8], of peer: InstitutionID, seconds: Int,
        answer: @escaping @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void
    ) {
        guard let connection = connection(to: peer) else {
            return answer(.failure(.notConnected(peer)))
        }
        let once = Once(answer)
        let timer = connection.channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            once.settle(.failure(.timedOut(seconds: seconds)))
        }
        connection.request(body, .urgent) { result, isLast in
            guard isLast else { return }
            timer.cancel()
            once.settle(result)
        }
    }

    private func connection(to peer: InstitutionID) -> Connection? {
        dialers.withLock { $0[peer] }?.connection
    }
}

/// An answer that is given once, whoever comes first.
private final class Once: Sendable {
    typealias Answer = @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void

    private let answer: Mutex<Answer?>

    init(_ answer: @escaping Answer) {
        self.answer = Mutex(answer)
    }

    func settle(_ result: Result<ArraySlice<UInt8>, TransportError>) {
        let answer = answer.withLock { answer in
            defer { answer = nil }
            return answer
        }
        answer?(result)
    }
}
