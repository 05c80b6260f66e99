internal import Cryptography
internal import Primitives

extension ValidatorSet {
    /// The vote, once its voter and signature have been checked.
    ///
    /// - Throws: ``ConsensusError/notAValidator(_:)`` or
    ///   ``ConsensusError/signatureInvalid(by:what:)``.
    public func verify(
        _ vote: Unverified<Vote>, with signing: SigningBytes, by check: any SignatureCheck
    ) throws(ConsensusError) -> Verified<Vote> {
        let vote = vote.claimed
        guard let index = index(of: vote.voter) else { throw .notAValidator(vote.voter) }
        let voter = validators[index]
        let digest = signing.digest(of: vote, key: voter.keyID)
        guard check.isValid(vote.signature, for: digest, by: voter.key) else {
            throw .signatureInvalid(by: vote.voter, what: "\(vote.kind)")
        }
        return Verified(checked: vote)
    }

    /// The proposal, once the signature of the validator whose turn it is has been checked.
    ///
    /// - Throws: ``ConsensusError/signatureInvalid(by:what:)``.
    public func verify(
        _ proposal: Unverified<Proposal>, with signing: SigningBytes,
        by check: any SignatureCheck
    ) throws(ConsensusError) -> Verified<Proposal> {
        let proposal = proposal.claimed
        let proposer = proposer(height: proposal.height, round: proposal.round)
        let digest = signing.digest(of: proposal, key: proposer.keyID)
        guard check.isValid(proposal.signature, for: digest, by: proposer.key) else {
            throw .signatureInvalid(by: proposer.id, what: "proposal")
        }
        return Verified(checked: proposal)
    }

    /// The commit proof, once every precommit in it and their power have been checked.
    ///
    /// Power is counted first, so that a proof that cannot be enough costs no signature check.
    ///
    /// - Throws: ``ConsensusError/notAValidator(_:)``,
    ///   ``ConsensusError/notEnoughPower(found:total:)``,
    ///   ``ConsensusError/signatureInvalid(by:what:)``.
    public func verify(
        _ proof: Unverified<CommitProof>, with signing: SigningBytes,
        by check: any SignatureCheck
    ) throws(ConsensusError) -> Verified<CommitProof> {
        var power: UInt64 = 0
        var previous: InstitutionID?
        for precommit in proof.claimed.precommits {
            guard let index = index(of: precommit.voter) else {
                throw .notAValidator(precommit.voter)
            }
            if let previous, previous >= precommit.voter {
                throw .validatorOutOfOrder(precommit.voter)
            }
            previous = precommit.voter
            power += validators[index].power
        }
        guard isQuorum(power) else { throw .notEnoughPower(found: power, total: totalPower) }
        for vote in proof.claimed.votes {
            _ = try verify(vote, with: signing, by: check)
        }
        return Verified(checked: proof.claimed)
    }
}
