internal import Consensus
internal import Primitives
public import Records

extension EvidenceBody {
    /// Whether this is the proof that a claim was asked for.
    public func answers(_ demand: EvidenceBody) -> Bool {
        guard kind == .proofOfLock, demand.kind == .unprovedLock, about == demand.about,
            let claim = try? LockClaim.reading(demand),
            let proof = try? ProofOfLock.decode(first[...]).claimed
        else { return false }
        return proof.answers(claim)
    }

    /// What its messages say, for people; believed in nothing.
    public var summary: String {
        do {
            switch kind {
            case .doubleVote, .doubleProposal, .brokenLock: return "\(try Evidence.reading(self))"
            case .unprovedLock: return "\(kind): \(try LockClaim.reading(self))"
            case .proofOfLock:
                let proof = try ProofOfLock.decode(first[...]).claimed
                return "\(kind): \(proof.prevotes.count) prevotes for \(proof.block) in "
                    + "\(proof.height)/\(proof.round)"
            case .doubleEntry:
                let entries = try [first, second].map {
                    try Entry.decode(try BatchedEntry(decoding: $0).entry)
                }
                return "\(kind): stream \(entries[0].stream), number \(entries[0].number), a "
                    + "\(entries[0].kind) and another \(entries[1].kind)"
            }
        } catch {
            return "\(kind), malformed: \(error)"
        }
    }
}
