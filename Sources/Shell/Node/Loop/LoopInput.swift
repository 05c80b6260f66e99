internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Transport

/// What waits for the node's loop.
enum LoopInput: Sendable {
    /// A peer's message; the second value keeps it counted against the peer until it is done.
    case received(PeerMessage, from: InstitutionID, InboundMessage)
    /// A peer sent what is no message.
    case malformed(from: InstitutionID, reason: String)
    case connected(InstitutionID)
    case disconnected(InstitutionID)
    /// A peer that was dialled in vain.
    case unreachable(InstitutionID)
    /// The operator's files were read again; these locks of keys are the loop's to hold.
    case reloaded([KeyLock])
    /// A request of the operator that concerns the loop; the message is counted until it is done.
    case control(ControlRequest, Responder, InboundMessage?)
    /// Drafts that the desk has prepared, each with who waits for its number.
    case prepared([DraftEntry], StreamID, [Acknowledgement?])
    /// Somebody who reads wants to know something of the state.
    case question(StateQuestion)
    case deskStands(at: Height)
    /// A block that was being written is on the disk, or cannot be put there.
    case blockWritten
    case stop(NodeError?)
}

/// A question about the state after the last block; `answer` is called on the loop's thread.
struct StateQuestion: Sendable {
    let keys: [StateKey]
    /// Whether all institutions are asked about, too.
    var ofInstitutions = false
    let answer: @Sendable (StateAnswer) -> Void

    init(keys: [StateKey], answer: @escaping @Sendable (StateAnswer) -> Void) {
        self.keys = keys
        self.answer = answer
    }

    /// A question about every institution, in the order of their ids.
    init(ofInstitutions: Bool, answer: @escaping @Sendable (StateAnswer) -> Void) {
        self.init(keys: [], answer: answer)
        self.ofInstitutions = ofInstitutions
    }
}

/// What the state map says of some keys, under the state root of the block at `height`.
struct StateAnswer: Sendable {
    let height: Height
    /// In the order of the keys.
    let items: [Item]

    /// What it says of one key.
    struct Item: Sendable {
        let proof: MapProof?
        /// Where the key is absent: the leaf of the key before it.
        let absence: MapProof?
        let head: TermHead?
    }
}
