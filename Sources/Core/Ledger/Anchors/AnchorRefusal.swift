public import Consensus
public import Primitives

/// Why an anchor has no effect.
///
/// It is ordered like any other entry, since its number is taken, and may have come too late. Nodes
/// ask before they take a submission.
public enum AnchorRefusal: Error, Equatable, Sendable {
    /// Header, commit proof or link are not in their format.
    case malformed(String)
    /// Governance has not registered the ledger.
    case notRegistered(LedgerID)
    /// The header is of another ledger than the entry says.
    case wrongLedger(found: LedgerID, right: LedgerID)
    /// An anchor has shown that the ledger has two pasts.
    case forked(LedgerID, leaf: UInt64)
    /// A change of validators that those before do not vouch for.
    case link(String)
    /// The head is not signed by more than 2/3 of the power.
    case commitProof(ConsensusError)
    /// The signatures are of another block than the header.
    case wrongBlock(signed: Digest, header: Digest)
    case anchoredAlready(leaf: UInt64)
    case notNewer(height: Height, newest: Height)
    /// The head's tree does not follow from the tree that was anchored before.
    case consistency(String)
}

extension AnchorRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let problem): "the anchor is malformed: \(problem)"
        case .notRegistered(let ledger):
            "ledger \(ledger) is not registered here; governance registers ledgers"
        case .wrongLedger(let found, let right):
            "the head is of ledger \(found); the entry says \(right)"
        case .forked(let ledger, let leaf):
            "ledger \(ledger) has two pasts, as leaf \(leaf) shows; no more heads are taken"
        case .link(let problem): problem
        case .commitProof(let error): "the head is not signed by its quorum: \(error)"
        case .wrongBlock(let signed, let header):
            "the signatures are of block \(signed); the header's hash is \(header)"
        case .anchoredAlready(let leaf): "the head is anchored already, at leaf \(leaf)"
        case .notNewer(let height, let newest):
            "the head is of height \(height); one of height \(newest) is anchored"
        case .consistency(let problem):
            "the head's tree does not follow from the one anchored before: \(problem)"
        }
    }
}
