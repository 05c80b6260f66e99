internal import Primitives

/// What all votes of a proof share: a commit proof and a proof of lock begin with it alike.
///
/// Bytes as in `docs/formats/block.md`.
struct ProofHead {
    let height: Height
    let round: Round
    let block: BlockID
}

extension CBORWriter {
    /// Opens the array of a proof, all but its votes.
    mutating func proofHead(_ head: ProofHead) {
        array(5)
        unsigned(1)
        height(head.height)
        round(head.round)
        head.block.write(to: &self)
    }
}

extension CBORReader {
    /// What ``CBORWriter/proofHead(_:)`` writes.
    mutating func proofHead() throws(CBORError) -> ProofHead {
        try array(exactly: 5)
        try version()
        return ProofHead(
            height: try height(), round: try round(), block: try BlockID(from: &self))
    }

    /// The voter of the next vote: voters stand in order, so that none counts twice.
    mutating func voter(after last: InstitutionID?) throws(CBORError) -> InstitutionID {
        let start = offset
        let voter = try institution()
        if let last, last >= voter {
            throw .unexpected(
                offset: start, expected: "a voter after \(last)", found: voter.name)
        }
        return voter
    }
}
