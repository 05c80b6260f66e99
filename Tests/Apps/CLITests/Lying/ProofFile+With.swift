internal import Ledger
internal import Proofs

extension ProofFile {
    /// The file with something exchanged.
    func with(
        entry: [UInt8]? = nil, signedHeader: [UInt8]? = nil, head: ClaimedHead? = nil,
        leaf: UInt64? = nil
    ) -> ProofFile {
        ProofFile(
            ledger: ledger, entry: entry ?? self.entry,
            signedHeader: signedHeader ?? self.signedHeader, batchPosition: batchPosition,
            batchPath: batchPath, head: head ?? self.head, leafIndex: leaf ?? leafIndex,
            ledgerPath: ledgerPath, issuer: issuer)
    }

    func with(issuer another: MapProof) -> ProofFile {
        ProofFile(
            ledger: ledger, entry: entry, signedHeader: signedHeader,
            batchPosition: batchPosition, batchPath: batchPath, head: head,
            leafIndex: leafIndex, ledgerPath: ledgerPath, issuer: another)
    }
}
