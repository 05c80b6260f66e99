internal import Cryptography
public import Primitives
internal import Records

/// A change that was put to the vote, until when, and from when on it is to be in force.
public struct GovernanceProposal: Hashable, Sendable {
    public let action: GovernanceAction
    /// The last height whose block may hold a vote on it.
    public let expiry: Height
    /// The first height at which it is in force; 0 for as soon as it is agreed.
    public let notBefore: Height
    /// Why, for people: 1 to 512 bytes.
    public let reason: String

    /// The longest reason, in bytes.
    public static let reasonByteCountMax = 512

    public init(
        action: GovernanceAction, expiry: Height, notBefore: Height = .genesis, reason: String
    ) {
        self.action = action
        self.expiry = expiry
        self.notBefore = notBefore
        self.reason = reason
    }

    /// SHA-256 of the bytes: what votes name.
    public var id: Digest { SHA256.hash(encode()) }

    /// `[1, action, expiry, not before, reason]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256)
        writer.array(5)
        writer.unsigned(1)
        action.encode(into: &writer)
        writer.unsigned(expiry.blocks)
        writer.unsigned(notBefore.blocks)
        writer.text(reason)
        return writer.bytes
    }

    /// Reads a proposal from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> GovernanceProposal {
        try reading("governance proposal", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 5)
            try reader.version(1)
            return GovernanceProposal(
                action: try GovernanceAction(from: &reader), expiry: try reader.height(),
                notBefore: try reader.height(),
                reason: try reader.text(1...GovernanceProposal.reasonByteCountMax))
        }
    }
}
