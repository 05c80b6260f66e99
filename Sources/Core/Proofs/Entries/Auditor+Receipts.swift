internal import Consensus
public import Cryptography
internal import Ledger
public import Primitives

/// The receipts of more than 2/3 of the power for one leaf in one block.
public struct ProvenReceipts: Sendable {
    public let height: Height
    /// The hash of the block whose tree root was signed.
    public let block: Digest
    public let treeRoot: Digest
    public let leafIndex: UInt64
    public let treeSize: UInt64
    /// Who signed, by id.
    public let signers: [InstitutionID]
    /// The power of those who signed, and of all validators.
    public let power: UInt64
    public let totalPower: UInt64
    /// What the trust in the block rests on.
    public let anchor: ProvenHead.Anchor
}

extension Auditor {
    /// The receipts of an entry that a proof file proves, one for each validator that signed.
    public func receipts(of file: ProofFile) -> [(voter: InstitutionID, receipt: COSEReceipt)] {
        let set = validators(at: file.head.header.height)
        return Receipts.expand(file) { voter in
            set.index(of: voter).map { set.validators[$0].key.keyID }
        }
    }

    /// Checks receipts of one leaf by themselves, without header or proof file: each is by another
    /// validator of the block that all of them name, and together they are a quorum's.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(
        _ receipts: [COSEReceipt], of leafHash: Digest
    ) throws(ProofFailure) -> ProvenReceipts {
        guard let first = receipts.first, let block = first.header.blockHash else {
            throw ProofFailure(.commitProof, "there is no receipt")
        }
        let height = try first.height(in: ledger)
        let set = validators(at: height)
        var signers: [InstitutionID: UInt64] = [:]
        var root: Digest?
        for receipt in receipts {
            guard receipt.header.blockHash == block else {
                throw ProofFailure(.header, "two receipts name different blocks")
            }
            try agree(
                .header, "the height that a receipt names",
                found: try receipt.height(in: ledger), right: height)
            let validator = set.validators.first { $0.key.keyID == receipt.header.keyID }
            guard let validator else {
                throw ProofFailure(
                    .commitProof, "a receipt is by no validator of block \(height)")
            }
            guard signers.updateValue(validator.power, forKey: validator.id) == nil else {
                throw ProofFailure(.commitProof, "two receipts are by \(validator.id)")
            }
            let signed = try step(.ledgerTree) { () throws(CryptographyError) in
                try receipt.verify(leafHash: leafHash, by: validator.key)
            }
            try agree(.header, "a receipt's tree root", found: signed, right: root ?? signed)
            root = signed
        }
        let power = signers.values.reduce(0, +)
        guard let root, set.isQuorum(power) else {
            throw ProofFailure(
                .commitProof,
                "receipts of \(power) out of \(set.totalPower) votes are no finality")
        }
        let anchor = try anchor(
            of: SignedTree(
                height: height, hash: block, size: first.proof.treeSize, root: root))
        return ProvenReceipts(
            height: height, block: block, treeRoot: root, leafIndex: first.proof.leafIndex,
            treeSize: first.proof.treeSize, signers: signers.keys.sorted(), power: power,
            totalPower: set.totalPower, anchor: anchor)
    }
}

extension COSEReceipt {
    /// The height of the block whose tree root is signed: the receipt's subject is `HEIGHT/ROUND`.
    ///
    /// - Throws: ``ProofFailure`` where it is no receipt, or one of another ledger.
    public func height(in ledger: LedgerID) throws(ProofFailure) -> Height {
        guard header.isOfReceipt, let claims = header.claims else {
            throw ProofFailure(.form, "a message is no receipt")
        }
        try agree(
            .ledger, "a receipt's issuer", found: claims.issuer, right: "custos:\(ledger)")
        let parts = claims.subject.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let height = UInt64(parts[0]) else {
            throw ProofFailure(.form, "a receipt's subject is \(claims.subject)")
        }
        return Height(height)
    }
}
