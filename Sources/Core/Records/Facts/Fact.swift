public import Primitives

/// A typed row that an issuer sealed with its entry: what rules read.
///
/// Source: `docs/formats/payload.md`.
public struct Fact: Hashable, Sendable {
    public let kind: FactKind
    /// One value a field of the kind's schema, nil where it is unknown.
    public internal(set) var values: [FactValue?]

    /// A fact of which nothing is known yet.
    public init(_ kind: FactKind) {
        self.kind = kind
        values = Array(repeating: nil, count: kind.schema.fields.count)
    }

    /// The value of the field with this number, nil where it is unknown or there is no such field.
    public subscript(number: Int) -> FactValue? {
        values.indices.contains(number) ? values[number] : nil
    }

    /// The value of the field with this name, nil where it is unknown or there is no such field.
    public subscript(name: String) -> FactValue? {
        kind.schema.field(named: name).flatMap { values[$0.number] }
    }

    /// Sets a field by name.
    ///
    /// - Throws: ``FactError`` where the kind has no such field or it holds another type.
    public mutating func set(_ name: String, to value: FactValue?) throws(FactError) {
        guard let field = kind.schema.field(named: name) else {
            throw .noSuchField(kind: kind, name: name)
        }
        if let value, !value.fits(field.type) {
            throw .wrongType(kind: kind, name: name, expected: field.type)
        }
        values[field.number] = value
    }
}

/// A fact with the place on the ledger that it comes from.
public struct AnchoredFact: Hashable, Sendable {
    public let fact: Fact
    public let position: LedgerPosition

    public init(fact: Fact, position: LedgerPosition) {
        self.fact = fact
        self.position = position
    }
}

/// Where an entry stands on the ledger, and which fact of its payload is meant.
public struct LedgerPosition: Hashable, Sendable {
    /// Index of the entry among the leaves of the ledger tree.
    public let leafIndex: UInt64
    public let leafHash: Digest
    /// Which fact of the payload, from 0.
    public let ordinal: UInt32
    public let height: Height
    /// Time of the block that anchored the entry.
    public let anchored: Timestamp
    public let issuer: InstitutionID

    public init(
        leafIndex: UInt64, leafHash: Digest, ordinal: UInt32, height: Height,
        anchored: Timestamp, issuer: InstitutionID
    ) {
        self.leafIndex = leafIndex
        self.leafHash = leafHash
        self.ordinal = ordinal
        self.height = height
        self.anchored = anchored
        self.issuer = issuer
    }
}

extension LedgerPosition: Comparable {
    public static func < (left: LedgerPosition, right: LedgerPosition) -> Bool {
        (left.leafIndex, left.ordinal) < (right.leafIndex, right.ordinal)
    }
}
