public import Primitives

extension LedgerRow {
    /// Whether two rows of a kind were written in one form, so that they can be compared.
    public static func areOfOneForm(_ kind: Kind, _ first: [UInt8], _ second: [UInt8]) -> Bool {
        isFormer(kind, first) == isFormer(kind, second)
    }

    /// A row as it would be written now; as it is where that cannot be said.
    public static func inFormOfNow(_ kind: Kind, _ bytes: [UInt8], at height: Height) -> [UInt8] {
        guard kind == .runs, FormerRunsRow.isOne(bytes) else { return bytes }
        return FormerRunsRow.asNow(bytes, height: height) ?? bytes
    }

    fileprivate static func isFormer(_ kind: Kind, _ bytes: [UInt8]) -> Bool {
        switch kind {
        case .changes: FormerChangesRow.isOne(bytes)
        case .runs: FormerRunsRow.isOne(bytes)
        default: false
        }
    }
}

extension LedgerState {
    /// What an older version left on the disk for a row of the last block.
    ///
    /// With it, bytes that were found can be held against what the block gives.
    ///
    /// - Parameters:
    ///   - row: one of those that ``apply(_:)`` gave.
    ///   - executed: the last block.
    ///   - found: the bytes that stand on the disk in the row's place.
    /// - Returns: `row` itself where its form is the one that was found.
    public func row(
        _ row: LedgerRow, of executed: ExecutedBlock, inTheFormOf found: [UInt8]
    ) -> LedgerRow {
        guard LedgerRow.isFormer(row.kind, found) else { return row }
        let former =
            row.kind == .changes
            ? FormerChangesRow.encode(executed.changesRow, map)
            : FormerRunsRow.encode(row.bytes, height: executed.header.height)
        return LedgerRow(kind: row.kind, number: row.number, bytes: former ?? row.bytes)
    }
}
