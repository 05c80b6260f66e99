public import Cryptography
public import Primitives

/// The bytes that votes and proposals sign, each in a domain of its own.
///
/// All of them are the `Sig_structure` of a COSE_Sign1 (RFC 9052, section 4.4). What the signature
/// is for stands in the protected header, and the ledger id stands in every one, so that nothing
/// signed here is valid elsewhere. Layouts: `docs/formats/block.md`.
public struct SigningBytes: Sendable {
    public let ledger: LedgerID

    public init(ledger: LedgerID) {
        self.ledger = ledger
    }

    /// The digest that the voter signs, by the holder of `key`.
    public func digest(of vote: Vote, key: KeyID) -> Digest {
        SHA256.hash(sigStructure(of: VoteClaim(vote), key: key))
    }

    /// The digest that the proposer signs, by the holder of `key`.
    public func digest(of proposal: Proposal, key: KeyID) -> Digest {
        SHA256.hash(sigStructure(of: ProposalClaim(proposal), key: key))
    }

    /// The `Sig_structure` of a vote by the holder of `key`.
    func sigStructure(of vote: VoteClaim, key: KeyID) -> [UInt8] {
        if vote.kind == .precommit, let block = vote.block {
            let protected = receiptProtected(
                height: vote.height, round: vote.round, blockHash: block.hash, key: key)
            return sigStructure(protected: protected, payload: block.treeRoot.bytes)
        }
        var claim = CBORWriter(reservingCapacity: 128)
        claim.array(6)
        claim.digest(ledger.digest)
        claim.unsigned(UInt64(vote.kind.rawValue))
        claim.height(vote.height)
        claim.round(vote.round)
        claim.optionalBlockID(vote.block)
        claim.optionalRound(vote.validRound)
        let protected = typedProtected(key: key, type: "application/x.custos-vote")
        return sigStructure(protected: protected, payload: claim.bytes)
    }

    /// The `Sig_structure` of a proposal by the holder of `key`.
    func sigStructure(of proposal: ProposalClaim, key: KeyID) -> [UInt8] {
        var claim = CBORWriter(reservingCapacity: 128)
        claim.array(5)
        claim.digest(ledger.digest)
        claim.height(proposal.height)
        claim.round(proposal.round)
        claim.optionalRound(proposal.validRound)
        proposal.block.write(to: &claim)
        let protected = typedProtected(key: key, type: "application/x.custos-proposal")
        return sigStructure(protected: protected, payload: claim.bytes)
    }

    /// The protected header of a receipt: what a verifier of RFC 9942 reads.
    public func receiptProtected(
        height: Height, round: Round, blockHash: Digest, key: KeyID
    ) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 192)
        writer.map(5)
        writer.unsigned(1)
        writer.integer(-47)
        writer.unsigned(4)
        writer.bytes(key.bytes)
        writer.unsigned(15)
        writer.map(2)
        writer.unsigned(1)
        writer.text("custos:\(ledger.digest.bytes.hex)")
        writer.unsigned(2)
        writer.text("\(height)/\(round)")
        writer.unsigned(395)
        writer.unsigned(1)
        writer.integer(-70001)
        writer.digest(blockHash)
        return writer.bytes
    }

    private func typedProtected(key: KeyID, type: String) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 80)
        writer.map(3)
        writer.unsigned(1)
        writer.integer(-47)
        writer.unsigned(4)
        writer.bytes(key.bytes)
        writer.unsigned(16)
        writer.text(type)
        return writer.bytes
    }

    private func sigStructure(protected: [UInt8], payload: [UInt8]) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: protected.count + payload.count + 24)
        writer.array(4)
        writer.text("Signature1")
        writer.bytes(protected)
        writer.bytes([])
        writer.bytes(payload)
        return writer.bytes
    }
}
