public import Primitives

/// Which messages each connected peer understands, and which of theirs this version does not.
///
/// Two versions live in one network while it is upgraded: nobody is sent what it would hang up on,
/// and what is not understood is ignored and answered once.
public struct PeerWords: Sendable {
    private var peers: [InstitutionID: Words] = [:]

    private struct Words: Sendable {
        let speaks: ProtocolVersion
        /// The kinds that it says it does not know.
        var lacks: Set<UInt64> = []
        /// The kinds of its messages that this version does not know.
        var unknown: Set<UInt64> = []
    }

    /// How many kinds are remembered of a peer.
    private static let kindCountMax = 64

    mutating func noteConnected(_ peer: InstitutionID, _ version: ProtocolVersion) {
        peers[peer] = Words(speaks: version)
    }

    mutating func noteDisconnected(_ peer: InstitutionID) {
        peers[peer] = nil
    }

    mutating func noteLacking(_ kind: UInt64, at peer: InstitutionID) {
        guard let words = peers[peer], words.lacks.count < PeerWords.kindCountMax else { return }
        peers[peer]?.lacks.insert(kind)
    }

    /// Takes note of a message that this version does not know; says whether it is the first of
    /// its kind on this connection.
    mutating func noteUnknown(_ kind: UInt64, from peer: InstitutionID) -> Bool {
        guard let words = peers[peer], words.unknown.count < PeerWords.kindCountMax else {
            return false
        }
        return peers[peer]?.unknown.insert(kind).inserted ?? false
    }

    /// Whether a peer is connected and understands the message.
    func understands(_ message: PeerMessage, _ peer: InstitutionID) -> Bool {
        guard let words = peers[peer] else { return false }
        return words.speaks >= message.since && !words.lacks.contains(message.number)
    }

    /// The connected peers that understand the message, by id.
    func peers(for message: PeerMessage) -> [InstitutionID] {
        peers.keys.filter { understands(message, $0) }.sorted()
    }

    /// The version that is spoken with each connected peer, by id.
    public var versions: [(peer: InstitutionID, version: ProtocolVersion)] {
        peers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.speaks) }
    }
}
