internal import Cryptography
public import Primitives

/// Why a finding does not hold any more, and the state of the ledger on which that was found.
///
/// Source: `docs/formats/finding.md`, section "Withdrawal".
public struct WithdrawalStatement: Hashable, Sendable {
    public let finding: Digest
    /// The leaf index of the entry under which the finding stood.
    public let standing: UInt64
    /// As of this block.
    public let height: Height
    public let treeRoot: Digest
    public let stateRoot: Digest
    /// The leaf indexes of what the rule looked at and was not there when it found, increasing.
    ///
    /// Empty where time alone closed the finding.
    public let causes: [UInt64]
    /// What the rule says now, in words.
    public let reason: String

    /// The media type of the statement in its payload.
    public static let mediaType = "application/x.custos-withdrawal+cbor"
    /// The most causes that are named.
    public static let causeCountMax = 4_096
    /// The longest reason, in bytes.
    public static let reasonBytesMax = 16_384

    /// A statement that names the first ``causeCountMax`` causes and begins the reason.
    public init(
        finding: Digest, standing: UInt64, height: Height, treeRoot: Digest, stateRoot: Digest,
        causes: [UInt64], reason: String
    ) {
        self.finding = finding
        self.standing = standing
        self.height = height
        self.treeRoot = treeRoot
        self.stateRoot = stateRoot
        self.causes = Array(causes.prefix(WithdrawalStatement.causeCountMax))
        var begun = reason
        while begun.utf8.count > WithdrawalStatement.reasonBytesMax {
            begun = String(begun.prefix(begun.count * 3 / 4))
        }
        self.reason = begun
    }

    /// The statement's bytes.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: reason.utf8.count + causes.count * 5 + 128)
        writer.array(8)
        writer.unsigned(1)
        writer.digest(finding)
        writer.unsigned(standing)
        writer.unsigned(height.blocks)
        writer.digest(treeRoot)
        writer.digest(stateRoot)
        writer.array(causes.count)
        for cause in causes { writer.unsigned(cause) }
        writer.text(reason)
        return writer.bytes
    }

    /// Reads a statement from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> WithdrawalStatement {
        try reading("withdrawal statement", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 8)
            try reader.version(1)
            let finding = try reader.digest()
            let standing = try reader.unsigned()
            let height = Height(try reader.unsigned())
            let treeRoot = try reader.digest()
            let stateRoot = try reader.digest()
            var causes: [UInt64] = []
            for _ in 0..<(try reader.array(atMost: causeCountMax)) {
                let start = reader.offset
                let cause = try reader.unsigned()
                guard causes.last.map({ $0 < cause }) ?? true else {
                    throw .unexpected(
                        offset: start, expected: "leaf indexes in increasing order",
                        found: "\(cause)")
                }
                causes.append(cause)
            }
            return WithdrawalStatement(
                finding: finding, standing: standing, height: height, treeRoot: treeRoot,
                stateRoot: stateRoot, causes: causes,
                reason: try reader.text(atMost: reasonBytesMax))
        }
    }
}
