public import Primitives

/// How a node speaks to the others: the seam at which a simulator takes the network's place.
///
/// What is queued leaves with the next ``flush()``, so that many messages share one wake-up of the
/// network's thread and one write.
public protocol Link: Sendable {
    /// Queues a message for a peer; what finds no connection or no room is dropped, and false.
    @discardableResult
    func send(_ message: [UInt8], to peer: InstitutionID, _ urgency: Urgency) -> Bool

    /// Queues a message for every peer, encoded once.
    func broadcast(_ message: [UInt8], _ urgency: Urgency)

    /// Lets go what was queued.
    func flush()

    /// Asks a peer; `answer` is called once, on any thread.
    func request(
        _ body: [UInt8], of peer: InstitutionID, seconds: Int,
        answer: @escaping @Sendable (Result<ArraySlice<UInt8>, TransportError>) -> Void)
}

/// Who another node is, and where it listens; the key it must show stands in the book.
public struct Peer: Hashable, Sendable {
    public let institution: InstitutionID
    public let host: String
    public let port: Int

    public init(institution: InstitutionID, host: String, port: Int) {
        self.institution = institution
        self.host = host
        self.port = port
    }
}

/// What happened on the network that an operator or the node's loop wants to know.
public enum NetworkEvent: Equatable, Sendable {
    /// Messages to the peer go through from now on, in this version of the protocol.
    case connected(InstitutionID, speaks: ProtocolVersion = .newest)
    /// Messages to the peer are dropped from now on.
    case disconnected(InstitutionID, TransportError?)
    /// The peer can be heard.
    case accepted(InstitutionID)
    /// Somebody who called was turned away, or left.
    case refused(remote: String, TransportError)
    /// The peer could not be reached; it is tried again.
    case unreachable(InstitutionID, TransportError)
}
