public import Primitives

/// Why bytes did not travel, or who was refused.
public enum TransportError: Error, Equatable, Sendable {
    /// Another program listens on the address.
    case addressInUse(String)
    /// The address cannot be listened on or dialled.
    case address(String, detail: String)
    /// The key of whoever called is none of the peers'.
    case unknownPin(found: Digest)
    /// Another key than the peer's answered at the peer's address.
    case wrongPin(InstitutionID, expected: Digest, found: Digest)
    /// The other side showed no certificate, or one that cannot be read.
    case noCertificate(detail: String)
    /// TLS could not be agreed on; both sides must speak TLS 1.3.
    case handshake(detail: String)
    /// The other side belongs to another ledger.
    case otherLedger(found: LedgerID, expected: LedgerID)
    /// The other side speaks no version of the protocol that this one does.
    case version(
        found: ClosedRange<ProtocolVersion>, supported: ClosedRange<ProtocolVersion>)
    /// A frame is longer than its limit.
    case frameTooLong(byteCount: Int, limit: Int)
    /// The bytes are no frames of this protocol.
    case malformed(String)
    /// The other side refused, with its reason.
    case refused(String)
    /// There is no connection to the peer now.
    case notConnected(InstitutionID)
    /// The bytes that wait for the peer have reached their limit.
    case queueFull
    /// No answer came in time.
    case timedOut(seconds: Int)
    /// The connection ended; the reason stands in `detail`, if there is one.
    case closed(detail: String)
    /// A key or certificate file is not what it should be.
    case identity(String)
}

extension TransportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .addressInUse(let address):
            "\(address) is in use by another program; stop it, or set another listen address"
        case .address(let address, let detail):
            "cannot use the address \(address): \(detail)"
        case .unknownPin(let found):
            "refused a caller whose TLS key has pin \(found): no institution of the ledger has it"
        case .wrongPin(let peer, let expected, let found):
            "whoever answers at \(peer)'s address has the TLS pin \(found), not \(expected)"
        case .noCertificate(let detail):
            "the other side showed no usable certificate (\(detail))"
        case .handshake(let detail):
            "no TLS 1.3 connection could be made (\(detail))"
        case .otherLedger(let found, let expected):
            "the other side belongs to ledger \(found), this node to \(expected)"
        case .version(let found, let supported):
            "the other side speaks the versions \(found.lowerBound) to \(found.upperBound) of the "
                + "protocol, this build \(supported.lowerBound) to \(supported.upperBound)"
        case .frameTooLong(let byteCount, let limit):
            "a frame of \(byteCount) bytes; at most \(limit) are allowed"
        case .malformed(let detail):
            "the bytes are no frames of this protocol (\(detail))"
        case .refused(let reason):
            "refused: \(reason)"
        case .notConnected(let peer):
            "there is no connection to \(peer) now"
        case .queueFull:
            "too many bytes wait for the peer already"
        case .timedOut(let seconds):
            "no answer within \(seconds) s"
        case .closed(let detail):
            detail.isEmpty ? "the connection ended" : "the connection ended (\(detail))"
        case .identity(let detail):
            detail
        }
    }
}
