internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Primitives
internal import Synchronization

/// Takes connections from the peers that the book knows, and hands over what they say.
///
/// A peer that connects again takes the place of its older connection.
final class Listener: Sendable {
    private struct State {
        var channel: (any Channel)?
        var connections: [InstitutionID: Accepted] = [:]
        var probation = Probation()
        var isStopped = false
    }

    /// A connection on which hellos were exchanged, and the pin that it was let in by.
    private struct Accepted {
        let connection: Connection
        let pin: Digest
    }

    private let hello: Hello
    private let tls: CurrentTLS
    private let book: PeerBook
    private let inbox: Network.Inbox
    private let report: @Sendable (NetworkEvent) -> Void
    /// For those whose hello has not come.
    private let door: Doorkeeper
    private let state = Mutex(State())

    init(
        hello: Hello, tls: CurrentTLS, book: PeerBook, inbox: Network.Inbox,
        door: Doorkeeper = Doorkeeper(most: Doorkeeper.descriptors(oneIn: 8), mostOfAddress: 64),
        report: @escaping @Sendable (NetworkEvent) -> Void
    ) {
        self.door = door
        self.hello = hello
        self.tls = tls
        self.book = book
        self.inbox = inbox
        self.report = report
    }

    /// Listens, and returns the port: the one asked for, or the one given where that was 0.
    func start(
        host: String, port: Int, group: any EventLoopGroup
    ) async throws(TransportError) -> Int {
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .childChannelOption(Patience.userTimeout, value: Patience.userTimeoutValue)
                .childChannelInitializer { channel in self.prepare(channel) }
                .bind(host: host, port: port).get()
            state.withLock { $0.channel = channel }
            return channel.localAddress?.port ?? port
        } catch {
            throw TransportError(listening: error, on: "\(host):\(port)")
        }
    }

    func stop() async {
        let (channel, connections) = state.withLock { state in
            state.isStopped = true
            return (state.channel, state.connections.values.map(\.connection))
        }
        for connection in connections { connection.close() }
        try? await channel?.close()
    }

    func drop(_ peer: InstitutionID) {
        let connection = state.withLock { state in
            let accepted = state.connections.removeValue(forKey: peer)
            // Once a connection, however much on it was wrong.
            if accepted != nil { state.probation.noteDrop(of: peer, at: Listener.seconds) }
            return accepted?.connection
        }
        connection?.revoke()
    }

    /// A clock that never goes back.
    private static var seconds: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000_000 }

    private func checkProbation(of peer: InstitutionID) throws(TransportError) {
        let wait = state.withLock { $0.probation.wait(of: peer, at: Listener.seconds) }
        guard let wait else { return }
        throw .refused("\(peer) has misbehaved again and again; it is let in in \(wait) s")
    }

    /// Ends the connections whose keys the book gives to nobody any more, or to somebody else.
    func recheck() {
        let gone = state.withLock { state in
            state.connections.filter { book.institution(with: $0.value.pin) != $0.key }.values
        }
        for accepted in gone { accepted.connection.close(.unknownPin(found: accepted.pin)) }
    }

    private func prepare(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let visit = door.admit(channel) else {
            return channel.eventLoop.makeFailedFuture(
                TransportError.closed(detail: "too many connections without a hello"))
        }
        let caller = Caller(visit)
        let connection = Connection(channel: channel, handlers: handlers(for: caller))
        caller.connection.withLock { $0 = WeakConnection(connection) }
        return channel.eventLoop.makeCompletedFuture {
            let handler = self.tls.tls.serverHandler(
                { (pin) throws(TransportError) in
                    guard let institution = self.book.institution(with: pin) else {
                        throw .unknownPin(found: pin)
                    }
                    try self.checkProbation(of: institution)
                    caller.known.withLock { $0 = Caller.Known(institution, pin) }
                }, refused: { caller.refusal.put($0) })
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.pipeline.syncOperations.addHandler(FrameHandler(connection))
            Patience.expectHello(on: connection) { caller.greeted != nil }
        }
    }

    private func handlers(for caller: Caller) -> Connection.Handlers {
        Connection.Handlers(
            message: { [inbox] message in
                guard let institution = caller.greeted else { return caller.hangUp() }
                inbox.message(institution, message)
            },
            request: { [inbox] message, responder in
                guard let institution = caller.greeted else { return caller.hangUp() }
                inbox.request(institution, message, responder)
            },
            hello: { [weak self] (body) throws(TransportError) in
                try self?.greeted(body, caller)
            },
            closed: { [weak self] reason in self?.ended(caller, reason) })
    }

    private func greeted(_ body: ArraySlice<UInt8>, _ caller: Caller) throws(TransportError) {
        guard let known = caller.known.withLock({ $0 }),
            let connection = caller.connection.withLock({ $0 })?.connection
        else { throw .noCertificate(detail: "no identity at the hello") }
        // The answer goes out first, so that a caller of another ledger learns which one this is;
        // one of the first version is answered in words that it knows.
        let other = Result { () throws(TransportError) in try Hello(body) }
        let isFirst = (try? other.get())?.speaks.upperBound == .first
        let answer = isFirst ? hello.through(.first) : hello
        try connection.send(Frame.encode(.hello, answer.encoded), .urgent)
        _ = try hello.agree(with: try other.get())
        caller.isGreeted.withLock { $0 = true }
        caller.visit.end()
        let older = state.withLock { state in
            let older = state.connections[known.institution]
            state.connections[known.institution] = Accepted(
                connection: connection, pin: known.pin)
            return older
        }
        older?.connection.close(.closed(detail: "the peer connected again"))
        report(.accepted(known.institution))
        // The book may have changed between the handshake and the hello.
        recheck()
    }

    private func ended(_ caller: Caller, _ reason: TransportError?) {
        let connection = caller.connection.withLock { $0 }?.connection
        let institution = caller.known.withLock { $0?.institution }
        let isStopped = state.withLock { state in
            if let institution, let connection,
                state.connections[institution]?.connection === connection
            {
                state.connections[institution] = nil
            }
            return state.isStopped
        }
        guard !isStopped, caller.greeted == nil else { return }
        let why = caller.refusal.taken ?? reason ?? .closed(detail: "before the hello")
        report(.refused(remote: connection?.remote ?? "", why))
    }
}

/// What is known of whoever is on an accepted connection.
private final class Caller: Sendable {
    struct Known {
        let institution: InstitutionID
        let pin: Digest

        init(_ institution: InstitutionID, _ pin: Digest) {
            self.institution = institution
            self.pin = pin
        }
    }

    let visit: Doorkeeper.Visit
    /// Whose key it showed.
    let known = Mutex<Known?>(nil)
    let isGreeted = Mutex(false)
    let connection = Mutex<WeakConnection?>(nil)
    let refusal = RefusalBox()

    init(_ visit: Doorkeeper.Visit) {
        self.visit = visit
    }

    /// The institution, once hellos have been exchanged.
    var greeted: InstitutionID? {
        isGreeted.withLock { $0 } ? known.withLock { $0?.institution } : nil
    }

    func hangUp() {
        connection.withLock { $0 }?.connection?.close(.malformed("no hello came first"))
    }
}

/// A connection that its own handlers may point at without keeping it.
private struct WeakConnection: Sendable {
    private(set) weak var connection: Connection?

    init(_ connection: Connection) {
        self.connection = connection
    }
}

extension TransportError {
    init(listening error: any Error, on address: String) {
        switch error {
        case let error as IOError where error.errnoCode == 98: self = .addressInUse(address)
        case let error as IOError: self = .address(address, detail: error.description)
        default: self = .address(address, detail: String(describing: error))
        }
    }
}
