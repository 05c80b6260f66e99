public import Primitives

/// Why a block is invalid as a whole.
public enum BlockRefusal: Error, Equatable, Sendable {
    case wrongHeight(found: Height, right: Height)
    /// The block's time is not above that of the block before.
    case time(found: Timestamp, previous: Timestamp)
    /// The proposer is no institution that votes.
    case proposer(InstitutionID)
    /// A block above height 1 lacks the commit proof of the one before, or block 1 has one.
    case commitProof(isPresent: Bool, height: Height)
    /// The batches handed in are not those that the block names.
    case batches
    /// A batch that cannot stand where it does; `index` counts from 0.
    case batch(index: Int, BatchRefusal)
    /// A field of the header is not what execution gives.
    case header(field: String, found: String, right: String)
}

extension BlockRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongHeight(let found, let right):
            "the block has height \(found); the next one is \(right)"
        case .time(let found, let previous):
            "the block's time \(found) is not above that of the block before, \(previous)"
        case .proposer(let id): "\(id) is no institution that votes"
        case .commitProof(let isPresent, let height):
            isPresent
                ? "block \(height) has a commit proof, and there is no block before it"
                : "block \(height) lacks the commit proof of the block before"
        case .batches: "the batches handed in are not those that the block names"
        case .batch(let index, let refusal): "batch \(index) of the block: \(refusal)"
        case .header(let field, let found, let right):
            "the header says \(field) \(found); execution gives \(right)"
        }
    }
}
