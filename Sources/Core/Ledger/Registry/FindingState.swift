public import Primitives
public import Records

/// What the ledger's state says of a finding: under which entry it stands or stood, and which
/// entry withdrew it.
///
/// Source: `docs/formats/state.md`, space 6.
public struct FindingState: Hashable, Sendable {
    /// The leaf index of the entry under which it stands, or stood last.
    public let leafIndex: UInt64
    /// Who issued that entry: nobody else may withdraw it.
    public let issuer: InstitutionID
    /// The leaf index of the entry that withdrew it; nil while it stands.
    public let withdrawal: UInt64?

    public init(leafIndex: UInt64, issuer: InstitutionID, withdrawal: UInt64? = nil) {
        self.leafIndex = leafIndex
        self.issuer = issuer
        self.withdrawal = withdrawal
    }

    public var stands: Bool { withdrawal == nil }

    /// What an entry makes of a finding, or nil where it changes nothing.
    ///
    /// The first entry stands. Who issued it may withdraw it. After that any entry may state the
    /// finding again, and stands.
    public static func after(
        _ mark: FindingMark, by issuer: InstitutionID, leafIndex: UInt64, before: FindingState?
    ) -> FindingState? {
        switch (before, mark.isWithdrawn) {
        case (nil, false): FindingState(leafIndex: leafIndex, issuer: issuer)
        case (let known?, false) where !known.stands:
            FindingState(leafIndex: leafIndex, issuer: issuer)
        case (let known?, true) where known.stands && known.issuer == issuer:
            FindingState(leafIndex: known.leafIndex, issuer: issuer, withdrawal: leafIndex)
        default: nil
        }
    }
}

extension FindingState {
    /// The finding's value in the state map.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 56)
        writer.array(3)
        writer.unsigned(leafIndex)
        writer.institution(issuer)
        if let withdrawal { writer.unsigned(withdrawal) } else { writer.null() }
        return writer.bytes
    }

    /// Reads the value from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(CBORError) -> FindingState {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 3)
        let leafIndex = try reader.unsigned()
        let issuer = try reader.institution()
        let state = FindingState(
            leafIndex: leafIndex, issuer: issuer,
            withdrawal: try reader.isNull() ? nil : reader.unsigned())
        try reader.finish()
        return state
    }

    /// The state that a value of the map says, or nil where there is none.
    init?(_ value: StateValue?) {
        guard case .bytes(let bytes) = value, let state = try? FindingState.decode(bytes) else {
            return nil
        }
        self = state
    }
}
