internal import Cryptography
public import Primitives
public import Records

extension Institution {
    /// Checks that holders of the institution's govern keys have signed a vote.
    ///
    /// - Parameters:
    ///   - voter: in whose name, and the signatures.
    ///   - subject: what the vote is on: a proposal, or the genesis of a successor.
    ///   - isFor: for it or against.
    ///   - ledger: whose institution it is.
    ///   - needed: how many keys must have signed.
    /// - Throws: ``GovernanceRefusal``, where one does not hold or they are too few.
    public func verify(
        _ voter: GovernanceVoter, on subject: Digest, isFor: Bool, ledger: LedgerID, needed: Int
    ) throws(GovernanceRefusal) {
        guard !governKeys.isEmpty else { throw .noGovernKeys(id) }
        let claim = GovernanceBody.claim(
            ledger: ledger, institution: id, proposal: subject, isFor: isFor)
        var signed: Set<PublicKey> = []
        for bytes in voter.signatures { signed.insert(try signer(bytes, claim: claim)) }
        guard signed.count >= needed else {
            throw .tooFewSignatures(id, found: signed.count, needed: needed)
        }
    }

    /// The govern key that signed the claim.
    private func signer(
        _ bytes: [UInt8], claim: [UInt8]
    ) throws(GovernanceRefusal) -> PublicKey {
        let key: PublicKey?
        do throws(CryptographyError) {
            let signature = try UnverifiedSign1(decoding: bytes)
            key = governKeys.first { $0.keyID == signature.header.keyID }
            if let key {
                _ = try signature.verified(by: key, as: .governance, detachedPayload: claim)
            }
        } catch {
            throw .signature(id, error)
        }
        guard let key else { throw .notItsKey(id) }
        return key
    }
}
