internal import Consensus
internal import Cryptography
internal import Primitives
public import Records

/// Checks what is said to convict somebody: every node does so before it takes it.
extension LedgerState {
    /// The offence that the evidence shows, once all signatures in it have been checked.
    ///
    /// - Throws: ``EvidenceRefusal``.
    public func check(_ body: EvidenceBody) throws(EvidenceRefusal) -> Offence {
        let offence = try offence(body)
        guard offence.institution == body.about else {
            throw .wrongInstitution(found: body.about, right: offence.institution)
        }
        return offence
    }

    /// What the state map holds of an offence, or nil where it is not on the ledger.
    public func evidence(of offence: Offence) -> EvidenceRecord? {
        guard case .bytes(let bytes) = map.value(of: .evidence(offence.digest)) else { return nil }
        return try? EvidenceRecord.decode(bytes)
    }

    private func offence(_ body: EvidenceBody) throws(EvidenceRefusal) -> Offence {
        switch body.kind {
        case .doubleEntry: return try doubleEntry(body)
        case .unprovedLock:
            let claim = try LockClaim.reading(body)
            let set = try validators(asking: claim.height)
            _ = try consensus { () throws(ConsensusError) in
                try set.verify(Unverified(claim), with: signing, by: signatureCheck)
            }
            return Offence(asking: claim)
        case .proofOfLock:
            let proof = try form { () throws(CBORError) in
                try ProofOfLock.decode(body.first[...])
            }
            let set = try validators(asking: proof.claimed.height)
            _ = try consensus { () throws(ConsensusError) in
                try set.verify(proof, with: signing, by: signatureCheck)
            }
            return Offence(
                .unprovedLock, body.about,
                [proof.claimed.height.blocks, UInt64(proof.claimed.round.number)],
                block: proof.claimed.block.hash)
        case .doubleVote, .doubleProposal, .brokenLock:
            let evidence = try Evidence.reading(body)
            let set = try validators(asking: evidence.height)
            _ = try consensus { () throws(ConsensusError) in
                try set.verify(Unverified(evidence), with: signing, by: signatureCheck)
            }
            return Offence(
                body.kind, evidence.culprit,
                [evidence.height.blocks, UInt64(evidence.round.number)])
        }
    }

    private func doubleEntry(_ body: EvidenceBody) throws(EvidenceRefusal) -> Offence {
        guard let institution = institution(body.about) else {
            throw .otherKey(of: body.about, "it is no institution of this ledger")
        }
        func read(_ bytes: [UInt8]) throws(EvidenceRefusal) -> (expiry: Height, entry: Entry) {
            let batched = try form { () throws(CBORError) in try BatchedEntry(decoding: bytes) }
            return try batched.verify(
                ledger: ledger, institution: institution, by: signatureCheck)
        }
        let (firstExpiry, first) = try read(body.first)
        let (secondExpiry, second) = try read(body.second)
        guard first.stream == second.stream, first.number == second.number else {
            throw .entries("the entries have different streams or numbers")
        }
        guard first != second else { throw .entries("the entries are the same") }
        guard couldBothStand(firstExpiry, secondExpiry) else {
            throw .apart(
                expiries: min(firstExpiry, secondExpiry)...max(firstExpiry, secondExpiry),
                heights: governance.shortestBatchHeights)
        }
        return Offence(
            .doubleEntry, body.about, [UInt64(first.stream.number), first.number])
    }

    /// What convicts the issuer of two batches: other entries under one number, in batches that
    /// could have stood on the ledger at one time.
    ///
    /// - Returns: nil where they do not; who has lost a disk may give the numbers of batches that
    ///   have expired once more.
    public func doubleEntry(_ first: VerifiedBatch, _ second: VerifiedBatch) -> EvidenceBody? {
        guard couldBothStand(first.header.expiry, second.header.expiry) else { return nil }
        return EvidenceBody(first, second)
    }

    private func couldBothStand(_ first: Height, _ second: Height) -> Bool {
        max(first, second).blocks - min(first, second).blocks < governance.shortestBatchHeights
    }

    private func validators(asking height: Height) throws(EvidenceRefusal) -> ValidatorSet {
        guard height > .genesis, height <= head.height.next else {
            throw .notYet(height: height, head: head.height)
        }
        return validators(at: height)
    }

    private var signing: SigningBytes { SigningBytes(ledger: ledger) }

    private func consensus<Value>(
        _ body: () throws(ConsensusError) -> Value
    ) throws(EvidenceRefusal) -> Value {
        do throws(ConsensusError) { return try body() } catch { throw .consensus(error) }
    }

    private func form<Value>(
        _ body: () throws(CBORError) -> Value
    ) throws(EvidenceRefusal) -> Value {
        do throws(CBORError) { return try body() } catch { throw .malformed(error) }
    }
}

extension Offence {
    /// What a claim of a valid round is asked to prove; the claim names one.
    init(asking claim: LockClaim) {
        let lock = claim.lock
        self.init(
            .unprovedLock, claim.claimer,
            [claim.height.blocks, UInt64(lock?.round.number ?? 0)], block: lock?.block.hash)
    }
}
