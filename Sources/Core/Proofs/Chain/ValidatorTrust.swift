internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives

/// The sets of validators that an auditor has come to trust, each from a height on.
struct ValidatorTrust: Sendable {
    private let ledger: LedgerID
    /// By height, increasing; the first is that of genesis, from height 1.
    private var sets: [(from: Height, validators: ValidatorSet)]

    init(ledger: LedgerID, genesis validators: ValidatorSet) {
        self.ledger = ledger
        sets = [(Height(1), validators)]
    }

    /// The newest set that was trusted at a height.
    func validators(at height: Height) -> ValidatorSet {
        (sets.last { $0.from <= height } ?? sets[0]).validators
    }

    /// Follows the links of a chain, each of which must hold by those before it.
    ///
    /// A link holds where its block is the one above a header that names the new validators, where
    /// more than 2/3 of their power signed it, and with it more than 1/3 of the power that was
    /// trusted before, under the keys of then: so at least one honest validator of the trusted
    /// set vouches for the new one.
    mutating func follow(_ chain: GovernanceChain) throws(ProofFailure) {
        for link in chain.links {
            let header = link.head.header
            let what = "the link at height \(header.height)"
            let last = sets[sets.count - 1]
            guard header.height > last.from else {
                throw ProofFailure(
                    .validators, "\(what) is not above the one before, at \(last.from)")
            }
            try agree(.validators, "the ledger of \(what)", found: header.ledger, right: ledger)
            try agree(
                .validators, "the previous hash of \(what)", found: header.previous,
                right: link.before.hash)
            let set = try step(.validators) { () throws(ConsensusError) in
                try ValidatorSet.decode(link.validators)
            }
            try agree(
                .validators, "the digest of the validators of \(what)", found: set.digest,
                right: link.before.nextValidators)
            try verify(link.head, by: set, trusted: last.validators, what)
            sets.append((header.height, set))
        }
    }

    private func verify(
        _ head: ClaimedHead, by set: ValidatorSet, trusted: ValidatorSet, _ what: String
    ) throws(ProofFailure) {
        let proof = try step(.validators) { () throws(ConsensusError) in
            try set.verify(
                Unverified(head.commitProof), with: SigningBytes(ledger: ledger), by: KeyCheck()
            ).message
        }
        try agree(
            .validators, "the block that \(what) signs", found: proof.block.hash,
            right: head.header.hash)
        try agree(
            .validators, "the height of \(what)", found: proof.height, right: head.header.height)
        var power: UInt64 = 0
        for precommit in proof.precommits {
            guard let old = trusted.index(of: precommit.voter),
                let new = set.index(of: precommit.voter),
                trusted.validators[old].key == set.validators[new].key
            else { continue }
            power += trusted.validators[old].power
        }
        guard trusted.hasHonest(power) else {
            throw ProofFailure(
                .validators,
                "\(what) is signed by \(power) of \(trusted.totalPower) power that was trusted "
                    + "before; more than 1/3 is needed")
        }
    }
}
