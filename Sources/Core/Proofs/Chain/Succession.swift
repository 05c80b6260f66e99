internal import Consensus
internal import Cryptography
public import Ledger
public import Primitives
public import Records

/// That the institutions of a ledger that cannot go on agreed on the one that goes on in its place.
///
/// It shows the last block, all institutions with power under its state root, and their
/// endorsements: votes for the successor's id, by govern keys. Believed in nothing before
/// ``Auditor/verify(_:of:)``. Source: `docs/formats/proof.md`, "Succession".
public struct Succession: Hashable, Sendable {
    /// The ledger that ends.
    public let ledger: LedgerID
    /// Its last block.
    public let head: ClaimedHead
    /// Its institutions, under the state root of that block.
    public let institutions: [MapProof]
    /// By institution, increasing.
    public internal(set) var endorsements: [GovernanceVoter]

    /// How many govern keys of an institution must sign, or all where it has fewer: two persons.
    public static let signatureCount = 2

    /// What nobody has endorsed yet.
    ///
    /// `record` is the first one of an archive of the ledger's last block (``ArchiveHead``).
    public init(archive record: [UInt8]) throws(ProofFailure) {
        let head = try ArchiveHead.decode(record)
        ledger = head.ledger
        self.head = head.keys.head
        institutions = head.keys.institutions.filter { (try? Institution.decode($0.value)) != nil }
        endorsements = []
    }

    /// Puts an endorsement in, in place of an earlier one of the institution.
    public mutating func add(_ endorsement: GovernanceVoter) {
        endorsements.removeAll { $0.institution == endorsement.institution }
        endorsements.append(endorsement)
        endorsements.sort { $0.institution < $1.institution }
    }
}

/// A succession that holds.
public struct ProvenSuccession: Sendable {
    /// The last block of the ledger that ends.
    public let head: ProvenHead
    /// Who has endorsed the successor, and with how much of the voting power.
    public let endorsedBy: [InstitutionID]
    public let power: UInt64
    public let totalPower: UInt64
}

extension Auditor {
    /// Checks that institutions with more than 2/3 of this ledger's power endorsed the successor.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(
        _ succession: Succession, of successor: Genesis
    ) throws(ProofFailure) -> ProvenSuccession {
        try agree(.ledger, "the succession's ledger", found: succession.ledger, right: ledger)
        let head = try prove(succession.head)
        guard let succeeds = successor.succeeds else {
            throw ProofFailure(.succession, "the genesis names no ledger that it goes on from")
        }
        try agree(
            .succession, "the head that the genesis goes on from", found: succeeds,
            right: head.hash)
        let institutions = try succession.institutions.map { proof throws(ProofFailure) in
            try self.institution(proof, under: head.header)
        }
        let voters = try validators(among: institutions, under: head.header)
        var endorsedBy: [InstitutionID] = []
        var power: UInt64 = 0
        for endorsement in succession.endorsements {
            let id = endorsement.institution
            guard !endorsedBy.contains(id),
                let institution = institutions.first(where: { $0.id == id })
            else { throw ProofFailure(.succession, "\(id) has endorsed twice, or is unknown") }
            try step(.succession) { () throws(GovernanceRefusal) in
                try institution.verify(
                    endorsement, on: successor.ledger.digest, isFor: true, ledger: ledger,
                    needed: min(Succession.signatureCount, institution.governKeys.count))
            }
            endorsedBy.append(id)
            power += institution.power
        }
        guard voters.isQuorum(power) else {
            throw ProofFailure(
                .succession,
                "institutions with a power of \(power) have endorsed it, of "
                    + "\(voters.totalPower); more than 2/3 are needed")
        }
        return ProvenSuccession(
            head: head, endorsedBy: endorsedBy, power: power, totalPower: voters.totalPower)
    }

    private func institution(
        _ proof: MapProof, under header: BlockHeader
    ) throws(ProofFailure) -> Institution {
        try agree(.issuer, "the state root", found: proof.root, right: header.stateRoot)
        let institution = try step(.issuer) { () throws(LedgerError) in
            try Institution.decode(proof.value)
        }
        try agree(
            .issuer, "the key of \(institution.id) in the map", found: proof.key,
            right: StateKey.institution(institution.id).digest(in: ledger))
        return institution
    }

    /// Who votes after the block: that none is left out is shown by the header's digest.
    private func validators(
        among institutions: [Institution], under header: BlockHeader
    ) throws(ProofFailure) -> ValidatorSet {
        var validators: [Validator] = []
        for institution in institutions.sorted(by: { $0.id < $1.id }) where institution.power > 0 {
            guard let key = institution.consensusKey else { continue }
            validators.append(Validator(id: institution.id, key: key, power: institution.power))
        }
        let set = try step(.validators) { () throws(ConsensusError) in
            try ValidatorSet(validators)
        }
        try agree(
            .validators, "the digest of all institutions with power", found: set.digest,
            right: header.nextValidators)
        return set
    }
}
