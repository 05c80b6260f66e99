public import Cryptography
public import Primitives
public import Records

/// What the holders of an institution's govern keys do: propose and vote.
public struct GovernanceSigner: Sendable {
    private let ledger: LedgerID
    private let institution: InstitutionID
    private let keys: [SigningKey]

    public init(ledger: LedgerID, institution: InstitutionID, keys: [SigningKey]) {
        self.ledger = ledger
        self.institution = institution
        self.keys = keys
    }

    /// The body of an entry that proposes this, and votes for it.
    public func propose(_ proposal: GovernanceProposal) -> GovernanceBody {
        let bytes = proposal.encode()
        return .propose(proposal: bytes, voter(on: SHA256.hash(bytes), isFor: true))
    }

    /// The body of an entry that votes on a proposal.
    public func vote(on proposal: Digest, isFor: Bool) -> GovernanceBody {
        .vote(on: proposal, isFor: isFor, voter(on: proposal, isFor: isFor))
    }

    private func voter(on proposal: Digest, isFor: Bool) -> GovernanceVoter {
        let claim = GovernanceBody.claim(
            ledger: ledger, institution: institution, proposal: proposal, isFor: isFor)
        return GovernanceVoter(
            institution: institution,
            signatures: keys.map { key in
                COSESign1(
                    detachedPayload: claim,
                    header: COSEHeader(keyID: key.keyID, purpose: .governance), signedBy: key
                ).encoded
            })
    }
}
