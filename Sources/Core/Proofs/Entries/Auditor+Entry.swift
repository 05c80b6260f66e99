internal import Consensus
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
    public let standing: Standing
    /// What was checked, in this order.
    public let steps: [ProofStep]

    /// Whether the entry's number is known to be right.
    ///
    /// A statement's bytes do not say it, and void entries before it in its batch skip numbers: of
    /// one that is not the first, the place shows only that its number is at least so high.
    public var isNumberShown: Bool {
        entry.kind != .statement || entry.number == batch.firstNumber
    }

    /// Whether an entry has the effect that entries of its kind have.
    public enum Standing: Hashable, Sendable {
        /// It has, or is of those that always have.
        case effective
        /// It stands on the ledger and changes nothing.
        case unfit(Unfitness)
        /// It may have none, and the proof does not say.
        case notShown
    }
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
            try signed.verified(by: key, as: .batch, check: signatures.isValid)
        }
        let entry = try step(.number) { () throws(EntryError) in
            try Entry.decode(file.entry).carried(
                by: batch.issuer, batch.stream, number: batch.firstNumber + file.batchPosition)
        }
        try checkNumber(of: entry, at: file.batchPosition, in: batch)
        let standing = try standing(of: entry, file, under: head.header)
        return ProvenEntry(
            entry: entry, leafIndex: file.leafIndex, leafHash: leafHash, head: head,
            issuer: issuer, batch: batch, standing: standing,
            steps: [
                .form, .ledger, .commitProof, .header, .trustedHead, .ledgerTree, .batchTree,
                .issuer, .batchSignature, .number,
            ].filter { $0 != .trustedHead || head.anchor != .genesisOnly }
                + (file.standing == nil ? [] : [.standing]))
    }

    /// Whether the entry has effect, by what the state map says of its leaf.
    private func standing(
        of entry: Entry, _ file: ProofFile, under header: BlockHeader
    ) throws(ProofFailure) -> ProvenEntry.Standing {
        guard let place = file.standing else { return entry.mayBeUnfit ? .notShown : .effective }
        try agree(.standing, "the state root", found: place.root, right: header.stateRoot)
        let key = StateKey.unfit(file.leafIndex).digest(in: ledger)
        guard place.key != key else {
            return .unfit(
                try step(.standing) { () throws(LedgerError) in
                    try Unfitness.decode(place.value)
                })
        }
        guard place.excludes(key) else {
            throw ProofFailure(
                .standing,
                "the key of leaf \(file.leafIndex) does not fall between \(place.key) and "
                    + "\(place.nextKey)")
        }
        return .effective
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
