public import Consensus
public import Ledger

extension GovernanceChain {
    /// The validators that the chain leads to, from those of a genesis.
    ///
    /// - Throws: ``ProofFailure`` where a link does not hold by those before it.
    public func newestValidators(from genesis: Genesis) throws(ProofFailure) -> ValidatorSet {
        var trust = ValidatorTrust(
            ledger: genesis.ledger, genesis: genesis.charter.validators)
        try trust.follow(self)
        return trust.newest
    }
}
