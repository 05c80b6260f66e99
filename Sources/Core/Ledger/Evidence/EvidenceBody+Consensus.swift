public import Consensus
internal import Cryptography
public import Primitives
public import Records

/// Evidence of consensus in the form in which it is kept, sent and anchored.
extension EvidenceBody {
    /// The two messages that convict a replica.
    ///
    /// Which stands first does not matter where both are of one kind: the lesser bytes do.
    public init(_ evidence: Evidence) {
        switch evidence {
        case .doubleVote(let first, let second):
            self.init(.doubleVote, evidence.culprit, ordering: first.encoded, second.encoded)
        case .doubleProposal(let proposer, let first, let second):
            self.init(
                .doubleProposal, proposer, ordering: first.withoutBytes.encoded,
                second.withoutBytes.encoded)
        case .brokenLock(let precommit, let prevote):
            self.init(
                kind: .brokenLock, about: evidence.culprit, first: precommit.encoded,
                second: prevote.encoded)
        }
    }

    /// A claim of a valid round whose proof was asked for and not given.
    public init(unanswered claim: LockClaim) {
        let bytes: [UInt8]
        switch claim {
        case .vote(let vote): bytes = vote.encoded
        case .proposal(_, let proposal): bytes = proposal.withoutBytes.encoded
        }
        self.init(kind: .unprovedLock, about: claim.claimer, first: bytes)
    }

    /// The proof of a valid round that `claimer` claimed.
    public init(_ proof: ProofOfLock, claimedBy claimer: InstitutionID) {
        self.init(kind: .proofOfLock, about: claimer, first: proof.encoded)
    }

    /// Two batches of an issuer that have different bytes under one number.
    ///
    /// - Returns: nil where they have not.
    init?(_ first: VerifiedBatch, _ second: VerifiedBatch) {
        for (index, entry) in first.entries.enumerated() {
            guard let other = second.entries.firstIndex(where: { $0.number == entry.number }),
                first.leafHashes[index] != second.leafHashes[other],
                let one = BatchedEntry(first, at: index),
                let two = BatchedEntry(second, at: other)
            else { continue }
            self.init(.doubleEntry, first.header.issuer, ordering: one.encode(), two.encode())
            return
        }
        return nil
    }

    private init(
        _ kind: Kind, _ about: InstitutionID, ordering first: [UInt8], _ second: [UInt8]
    ) {
        let isOrdered = first.lexicographicallyPrecedes(second)
        self.init(
            kind: kind, about: about, first: isOrdered ? first : second,
            second: isOrdered ? second : first)
    }
}

extension Evidence {
    /// The two messages of evidence against a replica.
    static func reading(_ body: EvidenceBody) throws(EvidenceRefusal) -> Evidence {
        do throws(CBORError) {
            switch body.kind {
            case .doubleProposal:
                return .doubleProposal(
                    body.about, try Proposal.decode(body.first[...]).claimed,
                    try Proposal.decode(body.second[...]).claimed)
            case .brokenLock:
                return .brokenLock(
                    precommit: try Vote.decode(body.first[...]).claimed,
                    prevote: try Vote.decode(body.second[...]).claimed)
            default:
                return .doubleVote(
                    try Vote.decode(body.first[...]).claimed,
                    try Vote.decode(body.second[...]).claimed)
            }
        } catch {
            throw .malformed(error)
        }
    }
}

extension LockClaim {
    /// The claim in evidence that asks for its proof: a vote, or a proposal without its block.
    public static func reading(_ body: EvidenceBody) throws(EvidenceRefusal) -> LockClaim {
        do throws(CBORError) {
            var reader = CBORReader(body.first)
            // A vote has eight items, a proposal seven.
            if try reader.array(atMost: 8) == 8 {
                return .vote(try Vote.decode(body.first[...]).claimed)
            }
            return .proposal(body.about, try Proposal.decode(body.first[...]).claimed)
        } catch {
            throw .malformed(error)
        }
    }
}

extension Proposal {
    /// The same word without the block's bytes, which the signature does not cover.
    var withoutBytes: Proposal {
        Proposal(
            height: height, round: round, validRound: validRound, blockID: blockID, block: [],
            signature: signature)
    }
}
