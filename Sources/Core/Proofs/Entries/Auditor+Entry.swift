internal import Cryptography
public import Ledger
public import Primitives
public import Records

/// An entry that is proved to stand in the ledger, and all that its proof shows.
public struct ProvenEntry: Sendable {
    public let entry: Entry
    public let leafIndex: UInt64
    public let leafHash: Digest
    /// The block under which it was proved: its own or a later one.
    public let head: ProvenHead
    /// The issuer as the state map has it.
    public let issuer: Institution
    /// The header of the batch that the issuer signed.
    public let batch: BatchHeader
    /// What was checked, in this order.
    public let steps: [ProofStep]
}

extension Auditor {
    /// The entry of a proof file, once every step has been checked.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ bytes: [UInt8]) throws(ProofFailure) -> ProvenEntry {
        try verify(try ProofFile.decode(bytes))
    }

    /// The entry of a proof file, once every step has been checked.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ file: ProofFile) throws(ProofFailure) -> ProvenEntry {
        try agree(.ledger, "the proof's ledger", found: file.ledger, right: ledger)
        let head = try prove(file.head)
        let leafHash = SHA256.leaf(file.entry)
        try step(.ledgerTree) { () throws(CryptographyError) in
            try InclusionProof(
                leafIndex: file.leafIndex, treeSize: head.header.treeSize, path: file.ledgerPath
            ).verify(leafHash: leafHash, root: head.header.treeRoot)
        }
        let (signed, batch) = try batchHeader(of: file)
        try step(.batchTree) { () throws(CryptographyError) in
            try InclusionProof(
                leafIndex: file.batchPosition, treeSize: UInt64(batch.count),
                path: file.batchPath
            ).verify(leafHash: leafHash, root: batch.root)
        }
        let issuer = try issuer(batch.issuer, under: head.header, file.issuer)
        guard let key = issuer.submitKey(batch.stream) else {
            throw ProofFailure(.issuer, "\(batch.issuer) has no stream \(batch.stream)")
        }
        _ = try step(.batchSignature) { () throws(CryptographyError) in
            try signed.verified(by: key, as: .batch)
        }
        let entry = try step(.number) { () throws(EntryError) in
            try Entry.decode(file.entry).carried(
                by: batch.issuer, batch.stream, number: batch.firstNumber + file.batchPosition)
        }
        try checkNumber(of: entry, at: file.batchPosition, in: batch)
        return ProvenEntry(
            entry: entry, leafIndex: file.leafIndex, leafHash: leafHash, head: head,
            issuer: issuer, batch: batch,
            steps: [
                .form, .ledger, .commitProof, .header, .trustedHead, .ledgerTree, .batchTree,
                .issuer, .batchSignature, .number,
            ].filter { $0 != .trustedHead || head.anchor != .genesisOnly })
    }

    private func batchHeader(
        of file: ProofFile
    ) throws(ProofFailure) -> (UnverifiedSign1, BatchHeader) {
        let signed = try step(.batchTree) { () throws(CryptographyError) in
            try UnverifiedSign1(decoding: file.signedHeader)
        }
        guard let payload = signed.payload else {
            throw ProofFailure(.batchTree, "the signed batch header has no payload")
        }
        let batch = try step(.batchTree) { () throws(LedgerError) in
            try BatchHeader.decode(payload)
        }
        try agree(.ledger, "the batch's ledger", found: batch.ledger, right: ledger)
        return (signed, batch)
    }

    private func issuer(
        _ id: InstitutionID, under header: BlockHeader, _ proof: MapProof
    ) throws(ProofFailure) -> Institution {
        try agree(
            .issuer, "the key in the map", found: proof.key,
            right: StateKey.institution(id).digest(in: ledger))
        try agree(.issuer, "the state root", found: proof.root, right: header.stateRoot)
        let institution = try step(.issuer) { () throws(LedgerError) in
            try Institution.decode(proof.value)
        }
        try agree(.issuer, "the institution under the key", found: institution.id, right: id)
        return institution
    }

    /// Void entries skip numbers, so a number is at least that of the position.
    private func checkNumber(
        of entry: Entry, at position: UInt64, in batch: BatchHeader
    ) throws(ProofFailure) {
        try agree(.number, "the entry's issuer", found: entry.issuer, right: batch.issuer)
        try agree(.number, "the entry's stream", found: entry.stream, right: batch.stream)
        let least = batch.firstNumber + position
        guard position == 0 ? entry.number == least : entry.number >= least else {
            throw ProofFailure(
                .number, "the entry's number is \(entry.number); its place gives \(least)")
        }
    }
}
