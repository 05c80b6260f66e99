public import Consensus
internal import Cryptography
public import Ledger
public import Primitives

/// Checks proofs offline: trusts the genesis that it is given, a head if one is, and nobody else.
///
/// Who votes changes by governance: a proof under later validators needs the ``GovernanceChain``
/// that leads to them from those of genesis.
public struct Auditor: Sendable {
    public let ledger: LedgerID
    let genesis: Genesis
    /// The epochs of pseudonyms, which the genesis fixes for ever.
    let epochs: Epochs
    private let trust: ValidatorTrust
    let signatures: any SignatureCheck
    private var trusted: TrustedHead?

    /// An auditor who trusts these, and follows how the validators changed.
    ///
    /// `signatures` says which signatures of validators and of batches are sound; a simulation may
    /// have others than a network.
    ///
    /// - Throws: ``ProofFailure`` where a link of the chain does not hold.
    public init(
        genesis: Genesis, trusted: TrustedHead? = nil,
        chain: GovernanceChain = GovernanceChain(links: []),
        signatures: any SignatureCheck = KeyCheck()
    ) throws(ProofFailure) {
        self.signatures = signatures
        ledger = genesis.ledger
        self.genesis = genesis
        epochs = Epochs(genesis.parameters)
        self.trusted = trusted
        var trust = ValidatorTrust(
            ledger: genesis.ledger, genesis: genesis.charter.validators, by: signatures)
        try trust.follow(chain)
        self.trust = trust
    }

    /// The same auditor, who trusts this head instead.
    public func trusting(_ head: TrustedHead) -> Auditor {
        var auditor = self
        auditor.trusted = head
        return auditor
    }

    /// The hash of the trusted head, where it is of this height.
    func trustedHash(at height: Height) -> Digest? {
        trusted.flatMap { $0.header.height == height ? $0.header.hash : nil }
    }

    /// Who voted at a height, as far as the chain that was followed tells.
    func validators(at height: Height) -> ValidatorSet { trust.validators(at: height) }

    /// The head, once it is signed, and linked with the trusted head where there is one.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func prove(_ claimed: ClaimedHead) throws(ProofFailure) -> ProvenHead {
        let (header, hash, signers) = try signed(claimed)
        let validators = trust.validators(at: header.height)
        let power = signers.compactMap { validators.index(of: $0) }
            .reduce(0) { $0 + validators.validators[$1].power }
        return ProvenHead(
            header: header, hash: hash, signers: signers, power: power,
            totalPower: validators.totalPower, anchor: try anchor(of: header, hash))
    }

    /// The header, once the ledger, the quorum's signatures and what they cover have been checked.
    func signed(
        _ claimed: ClaimedHead
    ) throws(ProofFailure) -> (header: BlockHeader, hash: Digest, signers: [InstitutionID]) {
        let header = claimed.header
        try agree(.ledger, "the header's ledger", found: header.ledger, right: ledger)
        let validators = trust.validators(at: claimed.commitProof.height)
        let proof = try step(.commitProof) { () throws(ConsensusError) in
            try validators.verify(
                Unverified(claimed.commitProof), with: SigningBytes(ledger: ledger),
                by: signatures
            ).message
        }
        let hash = header.hash
        try agree(.header, "the header's hash", found: hash, right: proof.block.hash)
        try agree(
            .header, "the header's tree root", found: header.treeRoot,
            right: proof.block.treeRoot)
        try agree(.header, "the header's height", found: header.height, right: proof.height)
        return (header, hash, proof.precommits.map(\.voter))
    }

    /// What a chain of headers that has come to this one rests on; nil where that is as before.
    ///
    /// The hash of the trusted head fixes every header before it.
    func anchorOfChain(
        _ header: BlockHeader, _ hash: Digest
    ) throws(ProofFailure) -> ProvenHead.Anchor? {
        guard let head = trusted?.header, header.height == head.height else { return nil }
        return try anchor(of: header, hash)
    }

    /// Links a header with the trusted head, where there is one.
    private func anchor(
        of header: BlockHeader, _ hash: Digest
    ) throws(ProofFailure) -> ProvenHead.Anchor {
        guard let trusted else { return .genesisOnly }
        let head = trusted.header
        try agree(.trustedHead, "the trusted head's ledger", found: head.ledger, right: ledger)
        if header.height == head.height {
            try agree(.trustedHead, "the header's hash", found: hash, right: head.hash)
            return .trustedHead(head.height)
        }
        let isBelow = header.height < head.height
        guard let consistency = trusted.consistency else {
            // A newer header that nothing links stands on its signatures alone.
            guard isBelow else { return .genesisOnly }
            throw ProofFailure(
                .trustedHead,
                "the header is of height \(header.height), below the trusted head of "
                    + "\(head.height), and no consistency proof links them")
        }
        let (first, second) = isBelow ? (header, head) : (head, header)
        try agree(
            .trustedHead, "the consistency proof's first size", found: consistency.firstSize,
            right: first.treeSize)
        try agree(
            .trustedHead, "the consistency proof's second size", found: consistency.secondSize,
            right: second.treeSize)
        if first.treeSize > 0 {
            try step(.trustedHead) { () throws(CryptographyError) in
                try consistency.verify(firstRoot: first.treeRoot, secondRoot: second.treeRoot)
            }
        }
        return isBelow ? .tree(ofTrustedHead: head.height) : .after(trustedHead: head.height)
    }
}
