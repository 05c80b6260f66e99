internal import Primitives

/// How hosts of two versions get along.
extension Host {
    /// Sends a message to every connected peer that understands it.
    mutating func sendToAll(_ message: PeerMessage) {
        for peer in words.peers(for: message) { effects.append(.send(message, to: peer)) }
    }

    /// Sends a message to a peer, if that understands it.
    mutating func sendIfKnown(_ message: PeerMessage, to peer: InstitutionID) {
        if words.understands(message, peer) { effects.append(.send(message, to: peer)) }
    }

    /// A message of a kind that a later version brought: ignored, and answered the first time.
    mutating func ignore(kind: UInt64, from peer: InstitutionID) {
        guard words.noteUnknown(kind, from: peer) else { return }
        sendIfKnown(.unsupported(kind: kind), to: peer)
        effects.append(
            .report(
                "\(peer) sends messages of kind \(kind), which this version does not know; they "
                    + "are ignored: upgrade this node"))
    }

    /// A peer has ignored a message of this kind: it is sent none any more.
    mutating func noteUnsupported(kind: UInt64, by peer: InstitutionID) {
        words.noteLacking(kind, at: peer)
        // Whoever cannot answer about snapshots is no source of one.
        join(.left(peer))
    }
}
