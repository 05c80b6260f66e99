public import Consensus
internal import Cryptography
public import Primitives

/// A change of validators: a block that a new set signed, and the header below that names the set.
///
/// Where too few of those who are trusted signed with the new set, as when a vote gave others most
/// of the power, both headers are the one below, which those who are trusted signed themselves.
///
/// Source: `docs/formats/governance.md`, "Governance chain".
public struct ValidatorLink: Hashable, Sendable {
    public let before: BlockHeader
    /// A header that the new validators signed; its previous hash is that of ``before``.
    public let header: BlockHeader
    public let commitProof: CommitProof
    /// The bytes of the new validators (`docs/formats/block.md`).
    public let validators: [UInt8]

    public init(
        before: BlockHeader, header: BlockHeader, commitProof: CommitProof, validators: [UInt8]
    ) {
        self.before = before
        self.header = header
        self.commitProof = commitProof
        self.validators = validators
    }

    /// Whether those who are trusted signed the header that names the new set.
    public var isSignedBefore: Bool { header == before }

    /// The first height whose block the new validators sign.
    public var from: Height { isSignedBefore ? header.height.next : header.height }

    /// Why a set of validators is not vouched for, in words.
    public struct Refusal: Error, Equatable, CustomStringConvertible {
        public let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// The new validators, where the link holds by those that are trusted.
    ///
    /// More than 2/3 of the new power signed the block, and with it more than 1/3 of the power that
    /// was trusted before, under the keys of then: so at least one honest validator of the trusted
    /// set vouches for the new one. Or more than 2/3 of the trusted power signed the header that
    /// names the new set.
    ///
    /// - Throws: ``Refusal``, the first that is found.
    public func verify(
        of ledger: LedgerID, trusted: ValidatorSet, by check: any SignatureCheck = KeyCheck()
    ) throws(Refusal) -> ValidatorSet {
        let what = "the link at height \(header.height)"
        try agree("the ledger of \(what)", header.ledger, right: ledger)
        if !isSignedBefore {
            try agree("the previous hash of \(what)", header.previous, right: before.hash)
        }
        let set: ValidatorSet
        let proof: CommitProof
        do throws(ConsensusError) {
            set = try ValidatorSet.decode(validators)
        } catch {
            throw Refusal("\(what): \(error)")
        }
        try agree(
            "the digest of the validators of \(what)", set.digest, right: before.nextValidators)
        do throws(ConsensusError) {
            proof = try (isSignedBefore ? trusted : set).verify(
                Unverified(commitProof), with: SigningBytes(ledger: ledger), by: check
            ).message
        } catch {
            throw Refusal("\(what): \(error)")
        }
        try agree("the block that \(what) signs", proof.block.hash, right: header.hash)
        try agree("the height of \(what)", proof.height, right: header.height)
        if isSignedBefore { return set }
        let power = trustedPower(in: set, trusted)
        guard trusted.hasHonest(power) else {
            throw Refusal(
                "\(what) is signed by \(power) of \(trusted.totalPower) power that was trusted "
                    + "before; more than 1/3 is needed")
        }
        return set
    }

    /// The trusted power of those who signed with the keys that are trusted; signatures are not
    /// checked here.
    public func trustedPower(in set: ValidatorSet, _ trusted: ValidatorSet) -> UInt64 {
        commitProof.precommits.reduce(0) { power, precommit in
            guard let old = trusted.index(of: precommit.voter),
                let new = set.index(of: precommit.voter),
                trusted.validators[old].key == set.validators[new].key
            else { return power }
            return power + trusted.validators[old].power
        }
    }

    private func agree<Value: Equatable>(
        _ what: String, _ found: Value, right: Value
    ) throws(Refusal) {
        guard found == right else {
            throw Refusal("\(what) is \(found); right would be \(right)")
        }
    }
}
