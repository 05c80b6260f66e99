public import Cryptography
public import Primitives

/// One replica's signed word on one height and round.
///
/// Source: arXiv:1807.04938, algorithm 1, messages PREVOTE and PRECOMMIT; bytes as in
/// `docs/formats/block.md`.
public struct Vote: Hashable, Sendable {
    /// Which of the two votes of a round.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case prevote = 1
        case precommit = 2
    }

    public let kind: Kind
    public let height: Height
    public let round: Round
    public let voter: InstitutionID
    /// What the vote is for; nil for a vote against whatever was proposed, or not.
    public let block: BlockID?
    /// In a prevote for a block, the valid round of the proposal that it answers.
    public let validRound: Round?
    public let signature: Signature

    public init(
        kind: Kind, height: Height, round: Round, voter: InstitutionID, block: BlockID?,
        validRound: Round?, signature: Signature
    ) {
        self.kind = kind
        self.height = height
        self.round = round
        self.voter = voter
        self.block = block
        self.validRound = validRound
        self.signature = signature
    }

    /// Whether the two say the same, by whatever signature.
    public func saysTheSame(as other: Vote) -> Bool {
        kind == other.kind && height == other.height && round == other.round
            && voter == other.voter && block == other.block && validRound == other.validRound
    }
}

extension Vote {
    /// The deterministic CBOR of the vote, as it is sent and logged.
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 192)
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout CBORWriter) {
        writer.array(8)
        writer.unsigned(1)
        writer.unsigned(UInt64(kind.rawValue))
        writer.height(height)
        writer.round(round)
        writer.institution(voter)
        writer.optionalBlockID(block)
        writer.optionalRound(validRound)
        writer.signature(signature)
    }

    /// Reads exactly one vote.
    public static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(CBORError) -> Unverified<Vote> {
        try CBORReader.whole(bytes, read(from:))
    }

    public static func read(from reader: inout CBORReader) throws(CBORError) -> Unverified<Vote> {
        try reader.array(exactly: 8)
        try reader.version()
        let start = reader.offset
        guard let kind = Kind(rawValue: UInt8(try reader.unsigned("vote type", atMost: 2))) else {
            throw .unexpected(offset: start, expected: "vote type 1 or 2", found: "0")
        }
        let height = try reader.height()
        let round = try reader.round()
        let voter = try reader.institution()
        let block = try reader.optionalBlockID()
        let roundStart = reader.offset
        let validRound = try reader.optionalRound()
        guard validRound == nil || (kind == .prevote && block != nil) else {
            throw .unexpected(
                offset: roundStart, expected: "null (only a prevote for a block has a valid round)",
                found: "a valid round")
        }
        if let validRound, validRound >= round {
            throw .unexpected(
                offset: roundStart, expected: "a valid round below round \(round)",
                found: "\(validRound)")
        }
        return Unverified(
            Vote(
                kind: kind, height: height, round: round, voter: voter, block: block,
                validRound: validRound, signature: try reader.signature()))
    }
}

extension Vote: CustomStringConvertible {
    public var description: String {
        let what = block.map { "\($0)" } ?? "nil"
        let valid = validRound.map { " valid \($0)" } ?? ""
        return "\(kind) \(height)/\(round) \(what)\(valid) by \(voter)"
    }
}
