public import Cryptography
public import Primitives

/// The prevotes of more than 2/3 of the power for one block in one round: what a replica that
/// claims a valid round has seen.
///
/// Source: arXiv:1807.04938, section III; bytes as in `docs/formats/block.md`.
public struct ProofOfLock: Hashable, Sendable {
    /// One validator's prevote, without what all of them share.
    public struct Prevote: Hashable, Sendable {
        public let voter: InstitutionID
        public let validRound: Round?
        public let signature: Signature
    }

    public let height: Height
    public let round: Round
    public let block: BlockID
    /// By voter, increasing.
    public let prevotes: [Prevote]

    /// The proof that these prevotes, all for one block of one round, make up.
    public init(height: Height, round: Round, block: BlockID, votes: [Vote]) {
        self.height = height
        self.round = round
        self.block = block
        prevotes = votes.map {
            Prevote(voter: $0.voter, validRound: $0.validRound, signature: $0.signature)
        }.sorted { $0.voter < $1.voter }
    }

    /// The votes that it stands for.
    public var votes: [Vote] {
        prevotes.map { prevote in
            Vote(
                kind: .prevote, height: height, round: round, voter: prevote.voter, block: block,
                validRound: prevote.validRound, signature: prevote.signature)
        }
    }

    /// Whether it is what a claim was asked for.
    public func answers(_ claim: LockClaim) -> Bool {
        guard let lock = claim.lock else { return false }
        return height == claim.height && round == lock.round && block == lock.block
    }
}

extension ProofOfLock {
    /// The deterministic CBOR of the proof.
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 96 + prevotes.count * 108)
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout CBORWriter) {
        writer.proofHead(ProofHead(height: height, round: round, block: block))
        writer.array(prevotes.count)
        for prevote in prevotes {
            writer.array(3)
            writer.institution(prevote.voter)
            writer.optionalRound(prevote.validRound)
            writer.signature(prevote.signature)
        }
    }

    /// Reads exactly one proof.
    public static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> Unverified<ProofOfLock> {
        try CBORReader.whole(bytes, read(from:))
    }

    public static func read(
        from reader: inout CBORReader
    ) throws(CBORError) -> Unverified<ProofOfLock> {
        let head = try reader.proofHead()
        var votes: [Vote] = []
        for _ in 0..<(try reader.array(atMost: ValidatorSet.countMax)) {
            try reader.array(exactly: 3)
            let voter = try reader.voter(after: votes.last?.voter)
            let validRound = try reader.optionalRound()
            votes.append(
                Vote(
                    kind: .prevote, height: head.height, round: head.round, voter: voter,
                    block: head.block, validRound: validRound,
                    signature: try reader.signature()))
        }
        return Unverified(
            ProofOfLock(
                height: head.height, round: head.round, block: head.block, votes: votes))
    }
}

extension ValidatorSet {
    /// The proof, once every prevote in it and their power have been checked.
    ///
    /// The set must be that of the proof's height.
    ///
    /// - Throws: ``ConsensusError/notEnoughPower(found:total:)``, or what checking a vote throws.
    public func verify(
        _ proof: Unverified<ProofOfLock>, with signing: SigningBytes,
        by check: any SignatureCheck
    ) throws(ConsensusError) -> Verified<ProofOfLock> {
        var power: UInt64 = 0
        for (index, prevote) in proof.claimed.prevotes.enumerated() {
            guard let place = self.index(of: prevote.voter) else {
                throw .notAValidator(prevote.voter)
            }
            if index > 0, proof.claimed.prevotes[index - 1].voter >= prevote.voter {
                throw .validatorOutOfOrder(prevote.voter)
            }
            power += validators[place].power
        }
        guard isQuorum(power) else { throw .notEnoughPower(found: power, total: totalPower) }
        for vote in proof.claimed.votes {
            _ = try verify(Unverified(vote), with: signing, by: check)
        }
        return Verified(checked: proof.claimed)
    }
}
