internal import Consensus
internal import Cryptography
public import Ledger
public import Primitives
internal import Records

/// Checks proofs of a ledger whose heads are anchored in ledgers above it, offline.
///
/// Trusted are the genesis of each ledger, and a head of the topmost where there is one.
public struct TierAuditor: Sendable {
    /// The ledgers from the lowest up, with how their validators changed.
    private let tiers: [Tier]
    private let trusted: TrustedHead?

    /// What an auditor trusts of one ledger.
    public struct Tier: Sendable {
        public let genesis: Genesis
        public let chain: GovernanceChain

        public init(genesis: Genesis, chain: GovernanceChain = GovernanceChain(links: [])) {
            self.genesis = genesis
            self.chain = chain
        }
    }

    /// An auditor of these ledgers, lowest first; `trusted` is a head of the last one.
    public init(tiers: [Tier], trusted: TrustedHead? = nil) {
        self.tiers = tiers
        self.trusted = trusted
    }

    /// The auditor of the lowest ledger, who trusts the head that the steps lead to.
    ///
    /// - Throws: ``ProofFailure``, the first that is found from the top down.
    public func descend(
        _ steps: [AnchorStep]
    ) throws(ProofFailure) -> (auditor: Auditor, anchors: [ProvenAnchor]) {
        guard steps.count == tiers.count - 1 else {
            throw ProofFailure(
                .anchor,
                "the proof walks up \(steps.count) ledgers; a genesis is given for "
                    + "\(tiers.count - 1) above the first")
        }
        var anchors: [ProvenAnchor] = []
        var above = try auditor(of: tiers.count - 1, trusted)
        for index in steps.indices.reversed() {
            let below = try auditor(of: index, nil)
            let anchor = try TierAuditor.verify(
                steps[index], above: above, below: below, name: tiers[index + 1].genesis.name)
            anchors.append(anchor)
            above = try auditor(
                of: index, TrustedHead(anchor.anchored, consistency: steps[index].link))
        }
        return (above, anchors.reversed())
    }

    private func auditor(
        of tier: Int, _ trusted: TrustedHead?
    ) throws(ProofFailure) -> Auditor {
        try Auditor(
            genesis: tiers[tier].genesis, trusted: trusted, chain: tiers[tier].chain)
    }

    private static func verify(
        _ claimed: AnchorStep, above: Auditor, below: Auditor, name: String
    ) throws(ProofFailure) -> ProvenAnchor {
        let proven = try above.verify(claimed.anchor)
        guard case .anchor(let body) = proven.entry.body else {
            throw ProofFailure(
                .anchor, "leaf \(proven.leafIndex) of \(name) is of kind \(proven.entry.kind)")
        }
        let header = try step(.anchor) { () throws(LedgerError) in
            try BlockHeader.decode(body.header[...])
        }
        let commitProof = try step(.anchor) { () throws(CBORError) in
            try CommitProof.decode(body.commitProof[...]).claimed
        }
        // That the quorum below signed it is checked again here, by the genesis below.
        let signed = try below.signed(ClaimedHead(header: header, commitProof: commitProof))
        let key = StateKey.anchoredHead(below.ledger, header.height)
        try agree(
            .anchor, "the key in the map of \(name)", found: claimed.record.key,
            right: key.digest(in: above.ledger))
        try agree(
            .anchor, "the state root of \(name)", found: claimed.record.root,
            right: proven.head.header.stateRoot)
        let record = try step(.anchor) { () throws(LedgerError) in
            try AnchoredHead.decode(claimed.record.value)
        }
        try agree(.anchor, "the anchored head", found: record.hash, right: signed.hash)
        try agree(.anchor, "the anchor's leaf", found: proven.leafIndex, right: record.leaf)
        return ProvenAnchor(
            ledger: above.ledger, name: name, head: proven.head, leafIndex: record.leaf,
            anchored: header)
    }
}

/// A head that is proved to be anchored in the ledger above.
public struct ProvenAnchor: Sendable {
    /// The ledger above, and its name.
    public let ledger: LedgerID
    public let name: String
    /// The block above under which it was proved.
    public let head: ProvenHead
    /// Where the anchor stands in the ledger above.
    public let leafIndex: UInt64
    /// The head below.
    public let anchored: BlockHeader
}
