internal import NIOCore
internal import Primitives
internal import Synchronization

/// One connection that carries frames: TLS between nodes, a Unix socket for control.
///
/// Usable from any thread. Frames that come in are handed over on the connection's event loop, so
/// what takes them must not block. Frames that go out wait in a bounded queue.
final class Connection: Sendable {
    /// What the connection's owner does with what comes in.
    struct Handlers: Sendable {
        var message: @Sendable (InboundMessage) -> Void = { _ in }
        var request: @Sendable (InboundMessage, Responder) -> Void = { _, responder in
            responder.refuse("requests are not taken on this connection")
        }
        /// The other side's hello; throws to refuse it.
        var hello: @Sendable (ArraySlice<UInt8>) throws(TransportError) -> Void = {
            (_) throws(TransportError) in throw .malformed("an unexpected hello")
        }
        /// Called once, with the reason where there is one.
        var closed: @Sendable (TransportError?) -> Void = { _ in }
    }

    /// The answers to one request: any number of partial ones, then the last or why there is none.
    typealias Answer = @Sendable (Result<ArraySlice<UInt8>, TransportError>, _ isLast: Bool) -> Void

    private struct State {
        var queue: OutboundQueue
        var isDraining = false
        var isClosed = false
        var isRevoked = false
        var failure: TransportError?
        var nextRequest: UInt64 = 1
        var waiting: [UInt64: Answer] = [:]
        /// The other side's requests that have no answer yet.
        var open: Set<UInt64> = []
        var unreadBytes = 0
        var isPaused = false
    }

    let channel: any Channel
    let remote: String
    private let handlers: Handlers
    private let unreadBytesMax: Int
    private let openRequestsMax: Int
    private let state: Mutex<State>

    init(
        channel: any Channel, handlers: Handlers,
        limits: OutboundQueue.Limits = OutboundQueue.Limits(), unreadBytesMax: Int = 64 << 20,
        openRequestsMax: Int = 4_096
    ) {
        self.channel = channel
        self.handlers = handlers
        self.unreadBytesMax = unreadBytesMax
        self.openRequestsMax = openRequestsMax
        remote = channel.remoteAddress?.description ?? "a local client"
        state = Mutex(State(queue: OutboundQueue(limits: limits)))
    }

    /// Queues a frame and has it written.
    ///
    /// - Throws: where it is too long, the connection closed, or the queue full.
    func send(_ frame: ByteBuffer, _ urgency: Urgency) throws(TransportError) {
        if try enqueue(frame, urgency) { channel.eventLoop.execute { self.drain() } }
    }

    /// Queues a frame; says whether the caller must see to it that ``drain()`` is called.
    ///
    /// - Throws: where it is too long, the connection closed, or the queue full.
    func enqueue(_ frame: ByteBuffer, _ urgency: Urgency) throws(TransportError) -> Bool {
        // The other side would close the connection on it.
        let byteCount = frame.readableBytes - 4
        guard byteCount <= Frame.frameBytesMax else {
            throw .frameTooLong(byteCount: byteCount, limit: Frame.frameBytesMax)
        }
        let outcome: Result<Bool, TransportError> = state.withLock { state in
            guard !state.isClosed else { return .failure(state.failure ?? .closed(detail: "")) }
            guard state.queue.enqueue(frame, urgency) else { return .failure(.queueFull) }
            defer { state.isDraining = true }
            return .success(!state.isDraining)
        }
        return try outcome.get()
    }

    /// Asks, and calls `answer` with each partial answer and with the last.
    func request(_ body: [UInt8], _ urgency: Urgency, _ answer: @escaping Answer) {
        let id = state.withLock { state in
            let id = state.nextRequest
            state.nextRequest += 1
            if !state.isClosed { state.waiting[id] = answer }
            return id
        }
        do throws(TransportError) {
            try send(Frame.encode(.request, id: id, body), urgency)
        } catch {
            settle(id)
            answer(.failure(error), true)
        }
    }

    /// Ends the connection after what was queued; `reason` is what its owner is told.
    func close(_ reason: TransportError? = nil) {
        let isClosed = state.withLock { state in
            if state.failure == nil { state.failure = reason }
            return state.isClosed
        }
        guard !isClosed else { return }
        channel.eventLoop.execute {
            self.drain()
            self.channel.close(promise: nil)
        }
    }

    /// Ends the connection with a peer that misbehaved: what it has sent before counts no more.
    func revoke() {
        state.withLock { $0.isRevoked = true }
        close(.refused("the peer misbehaved"))
    }

    fileprivate var isRevoked: Bool { state.withLock { $0.isRevoked } }

    /// Writes until the channel has enough to do; on the event loop only.
    func drain() {
        var wrote = false
        while channel.isWritable {
            guard
                let frame = state.withLock({ state -> ByteBuffer? in
                    let frame = state.queue.next()
                    if frame == nil { state.isDraining = false }
                    return frame
                })
            else { break }
            channel.write(frame, promise: nil)
            wrote = true
        }
        if wrote { channel.flush() }
    }

    func received(_ bytes: [UInt8]) throws(TransportError) {
        let frame = try Frame(bytes)
        switch frame.kind {
        case .hello: try handlers.hello(frame.body)
        case .message: handlers.message(inbound(frame.body))
        case .request:
            let responder = Responder(connection: self, id: frame.id)
            guard try open(frame.id) else {
                return responder.refuse(
                    Responder.busyPrefix + "\(openRequestsMax) requests of this connection have "
                        + "no answer yet")
            }
            handlers.request(inbound(frame.body), responder)
        case .response: settle(frame.id)?(.success(frame.body), true)
        case .event:
            let answer = state.withLock { $0.waiting[frame.id] }
            answer?(.success(frame.body), false)
        case .refusal:
            let text = String(decoding: frame.body.prefix(4096), as: UTF8.self)
            guard frame.id != 0 else { throw .refused(text) }
            settle(frame.id)?(.failure(.refused(text)), true)
        }
    }

    /// Takes note of a request of the other side; false where it has too many under way.
    private func open(_ id: UInt64) throws(TransportError) -> Bool {
        let (isNew, hasRoom) = state.withLock { state in
            guard state.open.count < openRequestsMax else { return (true, false) }
            return (state.open.insert(id).inserted, true)
        }
        guard isNew else { throw .malformed("a second request \(id) before the first's answer") }
        return hasRoom
    }

    /// A request of the other side has its answer.
    func answered(_ id: UInt64) {
        state.withLock { _ = $0.open.remove(id) }
    }

    func noteClosed(_ reason: TransportError?) {
        let (failure, waiting) = state.withLock { state in
            guard !state.isClosed else { return (nil as TransportError??, [] as [Answer]) }
            state.isClosed = true
            state.failure = state.failure ?? reason
            let waiting = Array(state.waiting.values)
            state.waiting.removeAll()
            return (.some(state.failure), waiting)
        }
        guard let failure else { return }
        for answer in waiting { answer(.failure(failure ?? .closed(detail: "")), true) }
        handlers.closed(failure)
    }

    @discardableResult
    private func settle(_ id: UInt64) -> Answer? {
        state.withLock { $0.waiting.removeValue(forKey: id) }
    }

    /// Counts the bytes as unread, and stops reading from the peer where there are too many.
    private func inbound(_ body: ArraySlice<UInt8>) -> InboundMessage {
        let pause = state.withLock { state in
            state.unreadBytes += InboundMessage.cost(of: body)
            guard state.unreadBytes > unreadBytesMax, !state.isPaused else { return false }
            state.isPaused = true
            return true
        }
        if pause { setReading(false) }
        return InboundMessage(body: body, connection: self)
    }

    /// Counts the bytes as done with, and reads on where reading had stopped.
    fileprivate func release(_ byteCount: Int) {
        let resume = state.withLock { state in
            state.unreadBytes -= byteCount
            guard state.isPaused, !state.isClosed, state.unreadBytes <= unreadBytesMax / 2
            else { return false }
            state.isPaused = false
            return true
        }
        if resume { setReading(true) }
    }

    private func setReading(_ isOn: Bool) {
        channel.setOption(.autoRead, value: isOn).whenComplete { _ in
            if isOn { self.channel.read() }
        }
    }
}

/// Bytes that came in, which count against their sender until the last user lets go of them.
public final class InboundMessage: Sendable {
    public let body: ArraySlice<UInt8>
    private let connection: Connection?

    /// What a message counts for until it is done: its bytes, and what it takes to keep even an
    /// empty one.
    fileprivate static func cost(of body: ArraySlice<UInt8>) -> Int { body.count + 256 }

    /// Whether its sender was dropped since, so that it is not to be looked at.
    public var isRevoked: Bool { connection?.isRevoked ?? false }

    init(body: ArraySlice<UInt8>, connection: Connection?) {
        self.body = body
        self.connection = connection
    }

    /// A message that came from no connection: for simulations and tests.
    public init(_ body: ArraySlice<UInt8>) {
        self.body = body
        connection = nil
    }

    deinit {
        connection?.release(InboundMessage.cost(of: body))
    }
}
