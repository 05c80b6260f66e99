internal import Consensus
public import Ledger
public import Primitives

/// Two heads that a quorum signed and that cannot both be of one ledger: nobody need be believed
/// that the ledger as a whole has two pasts.
///
/// Source: `docs/formats/proof.md`, "Fork".
public struct ForkProof: Hashable, Sendable {
    public let ledger: LedgerID
    public let first: ClaimedHead
    public let second: ClaimedHead

    /// The proof from two heads of a ledger, of which the lower one stands first.
    public init(ledger: LedgerID, _ one: ClaimedHead, _ other: ClaimedHead) {
        self.ledger = ledger
        let isOrdered = one.header.height <= other.header.height
        first = isOrdered ? one : other
        second = isOrdered ? other : one
    }

    /// How two heads contradict each other.
    public enum Contradiction: String, Sendable {
        case sameHeight = "two blocks of one height"
        case previousHash = "the upper block does not follow the lower one"
        case sameSize = "two ledger trees of one size"
        case shrunken = "the ledger tree of the later block has fewer entries"
        case time = "the later block is of an earlier time"
    }

    /// How the heads contradict each other, signatures apart; nil where they do not.
    public var contradiction: Contradiction? {
        ForkProof.contradiction(first.header, second.header)
    }

    /// How a header contradicts one that is not below it; nil where it does not.
    static func contradiction(_ one: BlockHeader, _ other: BlockHeader) -> Contradiction? {
        if one.hash == other.hash { return nil }
        if one.height == other.height { return .sameHeight }
        if one.height.next == other.height, other.previous != one.hash { return .previousHash }
        if one.treeSize == other.treeSize, one.treeRoot != other.treeRoot { return .sameSize }
        if one.treeSize > other.treeSize { return .shrunken }
        return one.time >= other.time ? .time : nil
    }
}

extension ForkProof {
    /// `{0: 1, 1: ledger-id, 2: [header, commit-proof, header, commit-proof]}`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8_192)
        writer.map(3)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.digest(ledger.digest)
        writer.unsigned(2)
        writer.array(4)
        first.encode(into: &writer)
        second.encode(into: &writer)
        return writer.bytes
    }

    /// Reads a proof from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> ForkProof {
        try reading("proof of a fork", bytes[...]) { reader throws(CBORError) in
            try reader.versionedMap(exactly: 3)
            try reader.key(1)
            let ledger = LedgerID(try reader.digest())
            try reader.key(2)
            try reader.array(exactly: 4)
            let first = try ClaimedHead(from: &reader)
            let second = try ClaimedHead(from: &reader)
            return ForkProof(ledger: ledger, first, second)
        }
    }
}

/// A fork that two quorums signed.
public struct ProvenFork: Sendable {
    public let first: BlockHeader
    public let second: BlockHeader
    public let contradiction: ForkProof.Contradiction
    /// Who signed both heads; at one height at least one third of the power, and none is honest
    /// who signed both in one round.
    public let signersOfBoth: [InstitutionID]
}

extension Auditor {
    /// The fork, once both heads are known to be signed and to contradict each other.
    ///
    /// A trusted head plays no part: that there are two pasts holds whichever of them is trusted.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ fork: ForkProof) throws(ProofFailure) -> ProvenFork {
        try agree(.ledger, "the proof's ledger", found: fork.ledger, right: ledger)
        let first = try signed(fork.first)
        let second = try signed(fork.second)
        guard let contradiction = fork.contradiction else {
            throw ProofFailure(
                .fork,
                "the heads of heights \(first.header.height) and \(second.header.height) do not "
                    + "contradict each other")
        }
        return ProvenFork(
            first: first.header, second: second.header, contradiction: contradiction,
            signersOfBoth: first.signers.filter(second.signers.contains))
    }
}
