public import Cryptography
public import Primitives

/// The precommits of more than 2/3 of the power for one block: why it stands for ever.
///
/// Each signature is a receipt of its own (RFC 9942); bytes as in `docs/formats/block.md`.
public struct CommitProof: Hashable, Sendable {
    /// One validator's precommit, without what all of them share.
    public struct Precommit: Hashable, Sendable {
        public let voter: InstitutionID
        public let signature: Signature

        public init(voter: InstitutionID, signature: Signature) {
            self.voter = voter
            self.signature = signature
        }
    }

    public let height: Height
    public let round: Round
    public let block: BlockID
    /// By voter, increasing.
    public let precommits: [Precommit]

    /// A proof from these precommits, which are put in order; voters must not repeat.
    public init(height: Height, round: Round, block: BlockID, precommits: [Precommit]) {
        self.height = height
        self.round = round
        self.block = block
        self.precommits = precommits.sorted { $0.voter < $1.voter }
    }

    /// The votes that the proof stands for.
    public var votes: [Unverified<Vote>] {
        precommits.map { precommit in
            Unverified(
                Vote(
                    kind: .precommit, height: height, round: round, voter: precommit.voter,
                    block: block, validRound: nil, signature: precommit.signature))
        }
    }
}

extension CommitProof {
    /// The deterministic CBOR of the proof, as it is sent, stored and hashed.
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 96 + precommits.count * 104)
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout CBORWriter) {
        writer.proofHead(ProofHead(height: height, round: round, block: block))
        writer.array(precommits.count)
        for precommit in precommits {
            writer.array(2)
            writer.institution(precommit.voter)
            writer.signature(precommit.signature)
        }
    }

    /// Reads exactly one commit proof.
    public static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> Unverified<CommitProof> {
        try CBORReader.whole(bytes, read(from:))
    }

    public static func read(
        from reader: inout CBORReader
    ) throws(CBORError) -> Unverified<CommitProof> {
        let head = try reader.proofHead()
        let count = try reader.array(atMost: ValidatorSet.countMax)
        var precommits: [Precommit] = []
        precommits.reserveCapacity(count)
        for _ in 0..<count {
            try reader.array(exactly: 2)
            let voter = try reader.voter(after: precommits.last?.voter)
            precommits.append(Precommit(voter: voter, signature: try reader.signature()))
        }
        return Unverified(
            CommitProof(
                height: head.height, round: head.round, block: head.block,
                precommits: precommits))
    }
}
