internal import Primitives

/// A block whose bytes are here.
struct KnownBlock: Sendable {
    /// What the host's execution said.
    enum Validity: Equatable {
        case notAsked
        case asked
        case valid
        case invalid
    }

    let id: BlockID
    let bytes: [UInt8]
    let time: Timestamp
    /// The first round in which it was proposed, as far as is known here.
    let round: Round
    var validity: Validity = .notAsked
}
