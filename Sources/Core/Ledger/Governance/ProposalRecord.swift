public import Cryptography
public import Primitives
public import Records

/// A proposal as the ledger holds it: its votes, and what became of it.
public struct ProposalRecord: Hashable, Sendable {
    public let id: Digest
    public let proposal: GovernanceProposal
    /// The leaf index of the entry that proposed it.
    public let leaf: UInt64
    /// In the order in which they were cast; an institution votes once.
    public internal(set) var votes: [Vote]
    public internal(set) var standing: Standing

    public struct Vote: Hashable, Sendable {
        public let institution: InstitutionID
        public let isFor: Bool
    }

    public enum Standing: Hashable, Sendable {
        case open
        /// Agreed, and in force from this height on.
        case agreed(from: Height)
        /// In force since this height.
        case enacted(Height)
        /// Those against are so many that it cannot be agreed any more.
        case rejected(Height)
        /// Agreed, but no longer possible when its time came.
        case failed(Height, reason: String)
    }

    /// Whether votes still count at a height.
    public func isOpen(at height: Height) -> Bool {
        standing == .open && height <= proposal.expiry
    }
}

extension ProposalRecord {
    /// `[proposal, leaf, [* [institution-id, bool]], standing]`.
    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 512)
        writer.array(4)
        writer.bytes(proposal.encode())
        writer.unsigned(leaf)
        writer.array(votes.count)
        for vote in votes {
            writer.array(2)
            writer.institution(vote.institution)
            writer.bool(vote.isFor)
        }
        switch standing {
        case .open:
            writer.array(1)
            writer.unsigned(0)
        case .agreed(let height), .enacted(let height), .rejected(let height):
            writer.array(2)
            writer.unsigned(standing.number)
            writer.unsigned(height.blocks)
        case .failed(let height, let reason):
            writer.array(3)
            writer.unsigned(standing.number)
            writer.unsigned(height.blocks)
            writer.text(reason)
        }
        return writer.bytes
    }

    /// Reads a record from exactly these bytes; the id follows from the proposal in them.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> ProposalRecord {
        let record = try decode(bytes, id: .zero)
        return ProposalRecord(
            id: record.proposal.id, proposal: record.proposal, leaf: record.leaf,
            votes: record.votes, standing: record.standing)
    }

    static func decode(_ bytes: [UInt8], id: Digest) throws(LedgerError) -> ProposalRecord {
        var reader = CBORReader(bytes)
        let proposal: [UInt8]
        let leaf: UInt64
        var votes: [Vote] = []
        let standing: Standing
        do throws(CBORError) {
            try reader.array(exactly: 4)
            proposal = Array(try reader.bytes())
            leaf = try reader.unsigned()
            for _ in 0..<(try reader.array(atMost: Genesis.institutionCountMax)) {
                try reader.array(exactly: 2)
                votes.append(
                    Vote(institution: try reader.institution(), isFor: try reader.bool()))
            }
            standing = try Standing(from: &reader)
            try reader.finish()
        } catch {
            throw .malformed(what: "proposal's record", error)
        }
        return ProposalRecord(
            id: id, proposal: try GovernanceProposal.decode(proposal), leaf: leaf, votes: votes,
            standing: standing)
    }
}

extension ProposalRecord.Standing: CustomStringConvertible {
    fileprivate var number: UInt64 {
        switch self {
        case .open: 0
        case .agreed: 1
        case .enacted: 2
        case .rejected: 3
        case .failed: 4
        }
    }

    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let items = try reader.array(atMost: 3)
        let number = try reader.unsigned("standing", atMost: 4)
        switch (number, items) {
        case (0, 1): self = .open
        case (1, 2): self = .agreed(from: try reader.height())
        case (2, 2): self = .enacted(try reader.height())
        case (3, 2): self = .rejected(try reader.height())
        case (4, 3): self = .failed(try reader.height(), reason: try reader.text())
        default:
            throw .unexpected(
                offset: start, expected: "a standing, 0 to 4, with its parts",
                found: "\(number) with \(items) items")
        }
    }

    public var description: String {
        switch self {
        case .open: "open"
        case .agreed(let height): "agreed, in force from block \(height)"
        case .enacted(let height): "in force since block \(height)"
        case .rejected(let height): "rejected at block \(height)"
        case .failed(let height, let reason): "failed at block \(height): \(reason)"
        }
    }
}

extension ProposalRecord {
    /// A key that signs the batches of a stream.
    public struct GivenKey: Hashable, Sendable {
        public let institution: InstitutionID
        public let stream: StreamID
        public let key: PublicKey
    }

    /// The submit keys that the change brought once it was in force; they may be replaced by now.
    public var givenKeys: [GivenKey] {
        guard case .enacted = standing else { return [] }
        switch proposal.action {
        case .add(let institution):
            return institution.submitKeys.map {
                GivenKey(institution: institution.id, stream: $0.stream, key: $0.key)
            }
        case .setKey(let id, .submit(let stream, let key?)):
            return [GivenKey(institution: id, stream: stream, key: key)]
        default: return []
        }
    }
}
