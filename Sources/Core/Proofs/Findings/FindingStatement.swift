internal import Cryptography
public import Primitives

/// A finding's body, and the state of the ledger on which it was found.
///
/// Source: `docs/formats/finding.md`. The body itself is the rule engine's to read.
public struct FindingStatement: Hashable, Sendable {
    public let body: [UInt8]
    /// As of this block.
    public let height: Height
    public let treeRoot: Digest
    public let stateRoot: Digest

    /// The media type of the statement in its payload.
    public static let mediaType = "application/x.custos-finding+cbor"

    public init(body: [UInt8], height: Height, treeRoot: Digest, stateRoot: Digest) {
        self.body = body
        self.height = height
        self.treeRoot = treeRoot
        self.stateRoot = stateRoot
    }

    /// The finding's id: SHA-256("custos finding" ‖ body).
    public var finding: Digest { FindingStatement.id(of: body) }

    /// The id of the finding with this body.
    public static func id(of body: [UInt8]) -> Digest {
        SHA256.hash(Array("custos finding".utf8) + body)
    }

    /// The statement's bytes.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: body.count + 96)
        writer.array(5)
        writer.unsigned(1)
        writer.bytes(body)
        writer.unsigned(height.blocks)
        writer.digest(treeRoot)
        writer.digest(stateRoot)
        return writer.bytes
    }

    /// Reads a statement from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> FindingStatement {
        try reading("finding statement", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 5)
            try reader.version(1)
            return FindingStatement(
                body: Array(try reader.bytes()), height: Height(try reader.unsigned()),
                treeRoot: try reader.digest(), stateRoot: try reader.digest())
        }
    }
}
