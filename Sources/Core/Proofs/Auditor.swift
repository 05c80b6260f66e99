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

    /// Whether a chain of headers has come to the trusted head, which fixes every one before it.
    func isTrustedHead(
        _ header: BlockHeader, _ hash: Digest
    ) throws(ProofFailure) -> Bool {
        guard let head = trusted?.header, header.height == head.height else { return false }
        _ = try anchor(of: header, hash)
        return true
    }

    /// Links a header with the trusted head, where there is one.
    func anchor(
        of header: BlockHeader, _ hash: Digest
    ) throws(ProofFailure) -> ProvenHead.Anchor {
        try anchor(of: SignedTree(header, hash))
    }

    /// Links a tree that a quorum signed with the trusted head, where there is one.
    ///
    /// Whoever names a head wants no other past, though its keys be right: what is not linked with
    /// it is refused, and never falls back on genesis.
    func anchor(of tree: SignedTree) throws(ProofFailure) -> ProvenHead.Anchor {
        guard let trusted else { return .genesisOnly }
        let head = SignedTree(trusted.header, trusted.header.hash)
        try agree(
            .trustedHead, "the trusted head's ledger", found: trusted.header.ledger, right: ledger)
        if tree.height == head.height {
            try agree(.trustedHead, "the header's hash", found: tree.hash, right: head.hash)
            return .trustedHead(head.height)
        }
        let isBelow = tree.height < head.height
        let (first, second) = isBelow ? (tree, head) : (head, tree)
        guard first.size > 0 else {
            // Every tree goes on from the empty one.
            return isBelow ? .tree(ofTrustedHead: head.height) : .after(trustedHead: head.height)
        }
        let link = trusted.links.first {
            $0.firstSize == first.size && $0.secondSize == second.size
        }
        guard let link else {
            let sizes = trusted.links.map { "\($0.firstSize) and \($0.secondSize)" }
            throw ProofFailure(
                .trustedHead,
                "the header is of height \(tree.height), \(isBelow ? "below" : "above") the "
                    + "trusted head of \(head.height), and no consistency proof links their trees "
                    + "of \(first.size) and \(second.size) entries"
                    + (sizes.isEmpty ? "" : "; there is one of \(sizes.joined(separator: ", "))"),
                remedy: .link)
        }
        try step(.trustedHead) { () throws(CryptographyError) in
            try link.verify(firstRoot: first.root, secondRoot: second.root)
        }
        return isBelow ? .tree(ofTrustedHead: head.height) : .after(trustedHead: head.height)
    }
}

/// A ledger tree whose root a quorum signed with a block.
struct SignedTree {
    let height: Height
    /// The block's hash.
    let hash: Digest
    let size: UInt64
    let root: Digest

    init(height: Height, hash: Digest, size: UInt64, root: Digest) {
        self.height = height
        self.hash = hash
        self.size = size
        self.root = root
    }

    init(_ header: BlockHeader, _ hash: Digest) {
        self.init(
            height: header.height, hash: hash, size: header.treeSize, root: header.treeRoot)
    }
}
