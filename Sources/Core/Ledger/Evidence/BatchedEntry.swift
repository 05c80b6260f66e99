internal import Consensus
internal import Cryptography
internal import Primitives
internal import Records

/// An entry with what shows that its issuer signed it: the batch's signed header, and its place.
///
/// `[bstr COSE_Sign1, position, [* digest], bstr entry]`. Believed in nothing before ``verify``.
struct BatchedEntry: Hashable, Sendable {
    let signedHeader: [UInt8]
    let position: UInt64
    let path: [Digest]
    let entry: [UInt8]

    /// The entry at a place of a batch.
    init?(_ batch: VerifiedBatch, at index: Int) {
        guard let proof = try? MerkleTree.inclusionProof(of: index, in: batch.leafHashes) else {
            return nil
        }
        signedHeader = Array(batch.signedHeader)
        position = UInt64(index)
        path = proof.path
        entry = Array(batch.entryBytes[index])
    }

    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: entry.count + signedHeader.count + 512)
        writer.array(4)
        writer.bytes(signedHeader)
        writer.unsigned(position)
        writer.array(path.count)
        for hash in path { writer.digest(hash) }
        writer.bytes(entry)
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CBORError) {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 4)
        signedHeader = Array(try reader.bytes(atMost: 1_024))
        position = try reader.unsigned("position", atMost: UInt64(BatchHeader.entryCountMax))
        var path: [Digest] = []
        for _ in 0..<(try reader.array(atMost: InclusionProof.pathCountMax)) {
            path.append(try reader.digest())
        }
        self.path = path
        entry = Array(try reader.bytes(atMost: Entry.evidenceByteCountMax))
        try reader.finish()
    }

    /// The entry as read, and the last height for its batch, once it is known that `institution`
    /// signed it for this ledger.
    func verify(
        ledger: LedgerID, institution: Institution, by check: any SignatureCheck
    ) throws(EvidenceRefusal) -> (expiry: Height, entry: Entry) {
        do {
            let signed = try UnverifiedSign1(decoding: signedHeader)
            guard let payload = signed.payload else {
                throw EvidenceRefusal.entries("a batch header without its payload")
            }
            let header = try BatchHeader.decode(payload)
            guard header.ledger == ledger, header.issuer == institution.id else {
                throw EvidenceRefusal.entries("a batch of another ledger or issuer")
            }
            guard let key = institution.submitKey(header.stream) else {
                throw EvidenceRefusal.otherKey(of: institution.id, "no stream \(header.stream)")
            }
            do {
                _ = try signed.verified(by: key, as: .batch, check: check.isValid)
            } catch {
                throw EvidenceRefusal.otherKey(of: institution.id, "\(error)")
            }
            let proof = InclusionProof(
                leafIndex: position, treeSize: UInt64(header.count), path: path)
            try proof.verify(leafHash: SHA256.leaf(entry), root: header.root)
            let bare = try Entry.decode(entry)
            // Void entries skip numbers, so a statement's follows from its place only at the first.
            guard bare.kind != .statement || position == 0 else {
                throw EvidenceRefusal.entries("a statement that is not the first of its batch")
            }
            let read = bare.carried(
                by: header.issuer, header.stream, number: header.firstNumber)
            guard read.issuer == header.issuer, read.stream == header.stream else {
                throw EvidenceRefusal.entries("an entry of another issuer or stream")
            }
            return (header.expiry, read)
        } catch let refusal as EvidenceRefusal {
            throw refusal
        } catch {
            throw .entries("\(error)")
        }
    }
}
