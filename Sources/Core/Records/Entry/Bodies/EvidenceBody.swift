public import Primitives

/// What convicts an institution, or asks it for a proof, or is that proof.
///
/// The two byte strings are signed messages of other formats; who checks them knows those.
/// Source: `docs/formats/entry.md`.
public struct EvidenceBody: Hashable, Sendable {
    /// What the two byte strings are, and what they show.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// Two different votes of one kind in one round.
        case doubleVote = 1
        /// Two different proposals in one round, without the blocks' bytes.
        case doubleProposal = 2
        /// A precommit, and a prevote that ignored it.
        case brokenLock = 3
        /// Two entries of an issuer with different bytes under one number, each in its batch.
        case doubleEntry = 4
        /// A claim of a valid round whose proof was not given on demand; it convicts nobody.
        case unprovedLock = 5
        /// The proof that a claim was asked for.
        case proofOfLock = 6

        /// Whether it shows that somebody did wrong.
        public var convicts: Bool { rawValue <= Kind.doubleEntry.rawValue }
    }

    public let kind: Kind
    /// Whom it is about: the culprit, or who claimed what is asked for or proved.
    public let about: InstitutionID
    public let first: [UInt8]
    /// Empty where the kind has one message only.
    public let second: [UInt8]

    public init(kind: Kind, about: InstitutionID, first: [UInt8], second: [UInt8] = []) {
        self.kind = kind
        self.about = about
        self.first = first
        self.second = second
    }

    /// The longest of the two messages, in bytes: an entry of full length with its batch header.
    public static let messageByteCountMax = 19 << 10
}

extension EvidenceBody {
    /// Reads the body where one stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 4)
        kind = try reader.code("a kind of evidence, 1 to 6")
        about = try reader.institution()
        // A proof of lock may be as long as both messages together.
        first = Array(try reader.bytes(atMost: 2 * EvidenceBody.messageByteCountMax))
        second = Array(try reader.bytes(atMost: EvidenceBody.messageByteCountMax))
    }

    /// Writes the body where it stands in a larger item.
    public func encode(into writer: inout CBORWriter) {
        writer.array(4)
        writer.unsigned(UInt64(kind.rawValue))
        writer.institution(about)
        writer.bytes(first)
        writer.bytes(second)
    }
}

extension EvidenceBody.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .doubleVote: "double vote"
        case .doubleProposal: "double proposal"
        case .brokenLock: "broken lock"
        case .doubleEntry: "two entries under one number"
        case .unprovedLock: "unproved valid round"
        case .proofOfLock: "proof of a valid round"
        }
    }
}
