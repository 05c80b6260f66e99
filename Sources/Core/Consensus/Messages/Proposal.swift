public import Cryptography
public import Primitives

/// What the proposer of a round puts to the vote: a block, and the round in which it was found
/// valid by a quorum before, where there was one.
///
/// Source: arXiv:1807.04938, algorithm 1, message PROPOSAL; bytes as in `docs/formats/block.md`.
public struct Proposal: Hashable, Sendable {
    public let height: Height
    public let round: Round
    /// The round whose quorum of prevotes justifies proposing this block again.
    public let validRound: Round?
    public let blockID: BlockID
    /// The block's bytes, into which consensus does not look.
    public let block: [UInt8]
    public let signature: Signature

    /// The largest block, in bytes: a header, a commit proof, and 4,096 batch digests need less.
    public static let blockByteCountMax = 1 << 20

    public init(
        height: Height, round: Round, validRound: Round?, blockID: BlockID, block: [UInt8],
        signature: Signature
    ) {
        self.height = height
        self.round = round
        self.validRound = validRound
        self.blockID = blockID
        self.block = block
        self.signature = signature
    }

    /// Whether the two propose the same in the same round, by whatever signature.
    public func saysTheSame(as other: Proposal) -> Bool {
        height == other.height && round == other.round && validRound == other.validRound
            && blockID == other.blockID
    }
}

extension Proposal {
    /// The deterministic CBOR of the proposal, as it is sent and logged.
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: block.count + 192)
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout CBORWriter) {
        writer.array(7)
        writer.unsigned(1)
        writer.height(height)
        writer.round(round)
        writer.optionalRound(validRound)
        blockID.write(to: &writer)
        writer.bytes(block)
        writer.signature(signature)
    }

    /// Reads exactly one proposal.
    public static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> Unverified<Proposal> {
        try CBORReader.whole(bytes, read(from:))
    }

    public static func read(
        from reader: inout CBORReader
    ) throws(CBORError) -> Unverified<Proposal> {
        try reader.array(exactly: 7)
        try reader.version()
        let height = try reader.height()
        let round = try reader.round()
        let start = reader.offset
        let validRound = try reader.optionalRound()
        if let validRound, validRound >= round {
            throw .unexpected(
                offset: start, expected: "a valid round below round \(round)",
                found: "\(validRound)")
        }
        let blockID = try BlockID(from: &reader)
        let block = [UInt8](try reader.bytes(atMost: blockByteCountMax))
        return Unverified(
            Proposal(
                height: height, round: round, validRound: validRound, blockID: blockID,
                block: block, signature: try reader.signature()))
    }
}

extension Proposal: CustomStringConvertible {
    public var description: String {
        let valid = validRound.map { " valid \($0)" } ?? ""
        return "proposal \(height)/\(round) \(blockID)\(valid)"
    }
}
