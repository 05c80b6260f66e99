public import Consensus
public import Cryptography
internal import Ledger
public import Primitives

/// Expands a commit proof into the receipts of single validators (RFC 9942).
///
/// Each is what a submitter can take to any COSE library. None of them is finality: that is more
/// than 2/3 of the power on one block hash.
public enum Receipts {
    /// One receipt a validator for the leaf of `inclusion`, in the order of the commit proof.
    ///
    /// `keyID` gives the id of a validator's consensus key; a validator without one is left out.
    public static func expand(
        _ proof: CommitProof, ledger: LedgerID, inclusion: InclusionProof,
        keyID: (InstitutionID) -> KeyID?
    ) -> [(voter: InstitutionID, receipt: COSEReceipt)] {
        let claims = COSEHeader.Claims(
            issuer: "custos:\(ledger)", subject: "\(proof.height)/\(proof.round)")
        return proof.precommits.compactMap { precommit in
            guard let keyID = keyID(precommit.voter) else { return nil }
            let header = COSEHeader(
                receiptBy: keyID, claims: claims, blockHash: proof.block.hash)
            return (
                precommit.voter,
                COSEReceipt(header: header, proof: inclusion, signature: precommit.signature)
            )
        }
    }

    /// The receipts of the entry that a proof file proves.
    public static func expand(
        _ file: ProofFile, keyID: (InstitutionID) -> KeyID?
    ) -> [(voter: InstitutionID, receipt: COSEReceipt)] {
        let inclusion = InclusionProof(
            leafIndex: file.leafIndex, treeSize: file.head.header.treeSize,
            path: file.ledgerPath)
        return expand(
            file.head.commitProof, ledger: file.ledger, inclusion: inclusion, keyID: keyID)
    }
}
