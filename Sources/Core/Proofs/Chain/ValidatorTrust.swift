internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives

/// The sets of validators that an auditor has come to trust, each from a height on.
struct ValidatorTrust: Sendable {
    private let ledger: LedgerID
    private let signatures: any SignatureCheck
    /// By height, increasing; the first is that of genesis, from height 1.
    private var sets: [(from: Height, validators: ValidatorSet)]

    init(
        ledger: LedgerID, genesis validators: ValidatorSet,
        by signatures: any SignatureCheck = KeyCheck()
    ) {
        self.signatures = signatures
        self.ledger = ledger
        sets = [(Height(1), validators)]
    }

    /// The set that was followed to last.
    var newest: ValidatorSet { sets[sets.count - 1].validators }

    /// The newest set that was trusted at a height.
    func validators(at height: Height) -> ValidatorSet {
        (sets.last { $0.from <= height } ?? sets[0]).validators
    }

    /// Follows the links of a chain, each of which must hold by those before it.
    ///
    /// When one holds says ``ValidatorLink``.
    mutating func follow(_ chain: GovernanceChain) throws(ProofFailure) {
        for link in chain.links {
            let last = sets[sets.count - 1]
            let link = ValidatorLink(
                before: link.before, header: link.head.header,
                commitProof: link.head.commitProof, validators: link.validators)
            guard link.from > last.from else {
                throw ProofFailure(
                    .validators,
                    "the link at height \(link.from) is not above the one before, at "
                        + "\(last.from)")
            }
            let set = try step(.validators) { () throws(ValidatorLink.Refusal) in
                try link.verify(of: ledger, trusted: last.validators, by: signatures)
            }
            sets.append((link.from, set))
        }
    }
}
