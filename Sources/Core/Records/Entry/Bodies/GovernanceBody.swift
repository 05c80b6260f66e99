public import Primitives

/// What an institution says about how the ledger is governed.
///
/// The authority is that of the govern keys whose signatures it carries, whoever's stream brings
/// it: so an institution can vote while its own node is down. Source: `docs/formats/governance.md`.
public enum GovernanceBody: Hashable, Sendable {
    /// A proposal, by its bytes, and its first vote: that of who proposes it.
    case propose(proposal: [UInt8], GovernanceVoter)
    /// A vote for or against the proposal whose bytes have this SHA-256.
    case vote(on: Digest, isFor: Bool, GovernanceVoter)
    /// The issuer's node follows the ledger: it names the newest milestone.
    case attend(height: Height, block: Digest)

    /// The longest proposal, in bytes.
    public static let proposalByteCountMax = 8 << 10
}

/// In whose name something is proposed or voted, and the signatures of its govern keys.
public struct GovernanceVoter: Hashable, Sendable {
    public let institution: InstitutionID
    /// COSE_Sign1 with a detached payload, one of each key; at most 8.
    public let signatures: [[UInt8]]

    public init(institution: InstitutionID, signatures: [[UInt8]]) {
        self.institution = institution
        self.signatures = signatures
    }

    /// The most signatures.
    public static let signatureCountMax = 8
    /// The longest signature with its header, in bytes.
    public static let signatureByteCountMax = 512
}

extension GovernanceBody {
    /// The content type that the protected header of a signature names.
    public static let contentType = "application/x.custos-governance"

    /// The bytes that govern keys sign: `[ledger id, institution, proposal's digest, is it for]`.
    public static func claim(
        ledger: LedgerID, institution: InstitutionID, proposal: Digest, isFor: Bool
    ) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 112)
        writer.array(4)
        writer.digest(ledger.digest)
        writer.institution(institution)
        writer.digest(proposal)
        writer.bool(isFor)
        return writer.bytes
    }
}

extension GovernanceBody {
    /// Reads the body where one stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let items = try reader.array(atMost: 4)
        let kind = try reader.unsigned("kind of governance", atMost: 3)
        switch (kind, items) {
        case (1, 3):
            let proposal = Array(try reader.bytes(atMost: GovernanceBody.proposalByteCountMax))
            self = .propose(proposal: proposal, try GovernanceVoter(from: &reader))
        case (2, 4):
            self = .vote(
                on: try reader.digest(), isFor: try reader.bool(),
                try GovernanceVoter(from: &reader))
        case (3, 3):
            self = .attend(
                height: Height(try reader.unsigned("height", atMost: Entry.numberMax)),
                block: try reader.digest())
        default:
            throw .unexpected(
                offset: start, expected: "a proposal, a vote or an attendance with its parts",
                found: "kind \(kind) with \(items) items")
        }
    }

    /// Writes the body where it stands in a larger item.
    public func encode(into writer: inout CBORWriter) {
        switch self {
        case .propose(let proposal, let voter):
            writer.array(3)
            writer.unsigned(1)
            writer.bytes(proposal)
            voter.encode(into: &writer)
        case .vote(let proposal, let isFor, let voter):
            writer.array(4)
            writer.unsigned(2)
            writer.digest(proposal)
            writer.bool(isFor)
            voter.encode(into: &writer)
        case .attend(let height, let block):
            writer.array(3)
            writer.unsigned(3)
            writer.unsigned(height.blocks)
            writer.digest(block)
        }
    }
}

extension GovernanceVoter {
    /// Reads the voter where one stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        institution = try reader.institution()
        var signatures: [[UInt8]] = []
        let count = try reader.array(atLeastOneAtMost: GovernanceVoter.signatureCountMax)
        for _ in 0..<count {
            signatures.append(
                Array(try reader.bytes(atMost: GovernanceVoter.signatureByteCountMax)))
        }
        self.signatures = signatures
    }

    /// Writes the voter where it stands in a larger item.
    public func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.institution(institution)
        writer.array(signatures.count)
        for signature in signatures { writer.bytes(signature) }
    }
}
