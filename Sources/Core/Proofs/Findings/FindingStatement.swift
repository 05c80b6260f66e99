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
    /// Pseudonyms in the evidence that the rule took for one person's, increasing.
    public let joins: [Join]

    /// A pseudonym, and the one of the same person under which the rule saw its facts.
    ///
    /// Its issuer says so, by patient keys or links; nobody can check the former without the key.
    public struct Join: Hashable, Comparable, Sendable {
        public let pseudonym: OpaqueID
        public let reference: OpaqueID

        public init(pseudonym: OpaqueID, reference: OpaqueID) {
            self.pseudonym = pseudonym
            self.reference = reference
        }

        public static func < (left: Join, right: Join) -> Bool {
            (left.pseudonym, left.reference) < (right.pseudonym, right.reference)
        }
    }

    /// The media type of the statement in its payload.
    public static let mediaType = "application/x.custos-finding+cbor"

    public init(
        body: [UInt8], height: Height, treeRoot: Digest, stateRoot: Digest, joins: [Join] = []
    ) {
        self.joins = joins
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
        writer.array(joins.isEmpty ? 5 : 6)
        writer.unsigned(1)
        writer.bytes(body)
        writer.unsigned(height.blocks)
        writer.digest(treeRoot)
        writer.digest(stateRoot)
        guard !joins.isEmpty else { return writer.bytes }
        writer.array(joins.count)
        for join in joins {
            writer.array(2)
            writer.bytes(join.pseudonym.bytes)
            writer.bytes(join.reference.bytes)
        }
        return writer.bytes
    }

    /// Reads a statement from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> FindingStatement {
        try reading("finding statement", bytes[...]) { reader throws(CBORError) in
            let start = reader.offset
            let items = try reader.array(atMost: 6)
            guard items >= 5 else {
                throw .unexpected(
                    offset: start, expected: "a statement of 5 or 6 items", found: "\(items)")
            }
            try reader.version(1)
            return FindingStatement(
                body: Array(try reader.bytes()), height: Height(try reader.unsigned()),
                treeRoot: try reader.digest(), stateRoot: try reader.digest(),
                joins: items == 6 ? try joins(from: &reader) : [])
        }
    }

    private static func joins(from reader: inout CBORReader) throws(CBORError) -> [Join] {
        let start = reader.offset
        var joins: [Join] = []
        for _ in 0..<(try reader.array(atMost: 65_536)) {
            try reader.array(exactly: 2)
            joins.append(
                Join(pseudonym: try reader.opaqueID(), reference: try reader.opaqueID()))
        }
        let isOrdered = zip(joins, joins.dropFirst()).allSatisfy { $0.pseudonym < $1.pseudonym }
        guard !joins.isEmpty, isOrdered else {
            throw .unexpected(
                offset: start, expected: "pseudonyms in increasing order, one at least",
                found: "\(joins.count) out of order")
        }
        return joins
    }
}
