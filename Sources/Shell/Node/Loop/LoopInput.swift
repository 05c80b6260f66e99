internal import Hosting
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Transport

/// What waits for the node's loop.
enum LoopInput: Sendable {
    /// A peer's message; the second value keeps it counted against the peer until it is done.
    case received(PeerMessage, from: InstitutionID, InboundMessage)
    /// A peer sent what is no message; that is counted against it until it is done, too.
    case malformed(from: InstitutionID, reason: String, InboundMessage)
    /// A peer sent a message of a kind that this version does not know.
    case unknown(kind: UInt64, from: InstitutionID, InboundMessage)
    /// A peer is there, and speaks this version of the protocol with this node.
    case connected(InstitutionID, speaks: ProtocolVersion)
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
    /// What the host had asked to be read.
    case read(HostInput)
    case deskStands(at: Height, rules: Height)
    /// A block that was being written is on the disk, or cannot be put there.
    case blockWritten
    case stop(NodeError?)
}

/// A question about the state after the last block; `answer` is called on the loop's thread.
struct StateQuestion: Sendable {
    /// Which keys are meant, by the state that is asked.
    let keys: @Sendable (LedgerState) -> [StateKey]
    let answer: @Sendable (StateAnswer) -> Void

    init(keys: [StateKey], answer: @escaping @Sendable (StateAnswer) -> Void) {
        self.keys = { _ in keys }
        self.answer = answer
    }

    /// A question about whose keys an archive names: every institution as it is, in the order of
    /// their ids, and what changed their submit keys before.
    init(ofSubmitKeys answer: @escaping @Sendable (StateAnswer) -> Void) {
        keys = { state in
            state.institutions.map { .institution($0.id) }
                + state.governance.proposals.filter { !$0.givenKeys.isEmpty }
                .map { .proposal($0.id) }
        }
        self.answer = answer
    }
}

/// What the state map says of some keys, under the state root of the block at `height`.
struct StateAnswer: Sendable {
    let height: Height
    /// In the order of the keys.
    let items: [Item]
    /// Every set of validators that there was, by the first height at which it votes.
    let validators: [ChainBuilder.Change]

    /// What it says of one key.
    struct Item: Sendable {
        let proof: MapProof?
        /// Where the key is absent: the leaf of the key before it.
        let absence: MapProof?
        let head: TermHead?
    }
}
