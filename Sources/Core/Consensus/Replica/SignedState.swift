public import Cryptography
public import Primitives

/// The last thing that a replica signed, and its lock: what it must never forget.
///
/// Small and overwritten in place, apart from the log. Bytes: `docs/formats/log.md`.
public struct SignedState: Hashable, Sendable {
    /// A block and the round in which a quorum of prevotes for it was seen.
    public struct Polka: Hashable, Sendable {
        public let round: Round
        public let block: BlockID

        public init(round: Round, block: BlockID) {
            self.round = round
            self.block = block
        }
    }

    /// What was signed last; later messages of a height have a greater (round, step).
    public enum Signed: Hashable, Sendable {
        case proposal(
            height: Height, round: Round, validRound: Round?, block: BlockID, signature: Signature)
        case vote(Vote)
    }

    public let signed: Signed
    /// lockedValue and lockedRound of algorithm 1.
    public let locked: Polka?
    /// validValue and validRound of algorithm 1.
    public let valid: Polka?

    public var height: Height {
        switch signed {
        case .proposal(let height, _, _, _, _): height
        case .vote(let vote): vote.height
        }
    }

    public var round: Round {
        switch signed {
        case .proposal(_, let round, _, _, _): round
        case .vote(let vote): vote.round
        }
    }

    /// Proposal, prevote, precommit: the order in which a round's messages are signed.
    public var step: Timer.Step {
        switch signed {
        case .proposal: .propose
        case .vote(let vote): vote.kind == .prevote ? .prevote : .precommit
        }
    }

    /// Whether it may be signed after the other, at the same height.
    func isAbove(_ other: SignedState) -> Bool {
        (round, step.rawValue) > (other.round, other.step.rawValue)
    }

    /// Whether the log and every earlier block must be durable before this message leaves.
    ///
    /// A precommit locks: if a quorum locked on a block whose bytes a power failure then took from
    /// all of them, nobody could ever decide. A proposal or a prevote binds by what stands in this
    /// state alone.
    public var restsOnLog: Bool { step == .precommit }
}

extension SignedState {
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 384)
        writer.array(4)
        writer.unsigned(1)
        switch signed {
        case .proposal(let height, let round, let validRound, let block, let signature):
            writer.array(5)
            writer.height(height)
            writer.round(round)
            writer.optionalRound(validRound)
            block.write(to: &writer)
            writer.signature(signature)
        case .vote(let vote):
            vote.write(to: &writer)
        }
        writer.polka(locked)
        writer.polka(valid)
        return writer.bytes
    }

    /// Reads exactly one state.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> SignedState {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 4)
        try reader.version()
        var ahead = reader
        let signed: Signed
        if try ahead.array(atMost: 8) == 5 {
            try reader.array(exactly: 5)
            signed = .proposal(
                height: try reader.height(), round: try reader.round(),
                validRound: try reader.optionalRound(), block: try BlockID(from: &reader),
                signature: try reader.signature())
        } else {
            signed = .vote(try Vote.read(from: &reader).claimed)
        }
        let state = SignedState(
            signed: signed, locked: try reader.polka(), valid: try reader.polka())
        try reader.finish()
        return state
    }
}

extension CBORWriter {
    fileprivate mutating func polka(_ polka: SignedState.Polka?) {
        guard let polka else { return null() }
        array(2)
        round(polka.round)
        polka.block.write(to: &self)
    }
}

extension CBORReader {
    fileprivate mutating func polka() throws(CBORError) -> SignedState.Polka? {
        guard try !isNull() else { return nil }
        try array(exactly: 2)
        return SignedState.Polka(round: try round(), block: try BlockID(from: &self))
    }
}
