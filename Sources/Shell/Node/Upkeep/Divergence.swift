internal import Hosting
internal import Ledger
public import Primitives
internal import Storage

/// The first thing in which two nodes' ledgers differ.
///
/// Commit proofs are left out: each node keeps the precommits that it heard, and any quorum's do.
public struct Divergence: Equatable, Sendable {
    public let height: Height
    /// The kind of the row that differs (``LedgerRow/Kind``), such as block, batch or trail.
    public let kind: String
    /// Which of the height's rows of that kind, from 0.
    public let number: UInt64
    /// The first byte that differs; nil where one of the two lacks the row, or of a directory, of
    /// which each node has its own places.
    public let offset: Int?

    /// How far two ledgers were compared, and what was found.
    public struct Report: Equatable, Sendable {
        /// The last block of each.
        public let heads: [Height]
        /// Nil where all blocks that both have are the same, byte for byte.
        public let first: Divergence?
    }

    /// Compares the ledgers of two nodes that do not run.
    ///
    /// - Throws: ``NodeError`` where a directory cannot be read or is of another ledger.
    public static func find(
        _ first: NodeConfiguration, _ second: NodeConfiguration
    ) throws(NodeError) -> Report {
        let ledger = try NodeSetup.genesis(first.genesis).ledger
        let (firstHold, firstStore) = try LedgerCheck.open(first.data, ledger: ledger)
        let (secondHold, secondStore) = try LedgerCheck.open(second.data, ledger: ledger)
        defer { withExtendedLifetime((firstHold, secondHold)) {} }
        return try LedgerCheck.storage { () throws(StorageError) in
            let heads = [try firstStore.headHeight(), try secondStore.headHeight()]
            var height = max(firstStore.base.height, secondStore.base.height)
            while height < min(heads[0], heads[1]) {
                height = height.next
                if let found = try compare(firstStore, secondStore, at: height) {
                    return Report(heads: heads, first: found)
                }
            }
            return Report(heads: heads, first: nil)
        }
    }

    private static func compare(
        _ first: BlockStore, _ second: BlockStore, at height: Height
    ) throws(StorageError) -> Divergence? {
        let former = LedgerRow.Kind.formerTrails
        for kind in LedgerRow.Kind.allCases where !former.contains(kind) {
            var ours = try first.rows(kind, at: height)
            var theirs = try second.rows(kind, at: height)
            // Rows that only a restart needs are pruned by each node in its own time, and entries
            // as its operator wants.
            let isOptional = kind == .changes || kind == .chunk
            if isOptional, ours.isEmpty || theirs.isEmpty { continue }
            if let our = ours.first, let their = theirs.first,
                !LedgerRow.areOfOneForm(kind, our, their)
            {
                // What changed cannot be told from an older version's row, which only a restart
                // needs.
                if kind == .changes { continue }
                ours = ours.map { LedgerRow.inFormOfNow(kind, $0, at: height) }
                theirs = theirs.map { LedgerRow.inFormOfNow(kind, $0, at: height) }
            }
            // Pieces of the state lie elsewhere where a ledger began with a snapshot.
            let isFounded = max(first.base.height, second.base.height) > .genesis
            if isFounded, kind == .chunk { continue }
            if kind == .batch, height < max(first.entriesFrom, second.entriesFrom) { continue }
            for number in 0..<max(ours.count, theirs.count) {
                guard number < ours.count, number < theirs.count else {
                    return Divergence(
                        height: height, kind: "\(kind)", number: UInt64(number), offset: nil)
                }
                guard let offset = offset(ours[number], theirs[number]) else { continue }
                return Divergence(
                    height: height, kind: "\(kind)", number: UInt64(number), offset: offset)
            }
        }
        return try compareTrails(first, second, at: height)
    }

    /// Compares trail rows where both nodes have them.
    ///
    /// They go with the entries, a power cut can take them, older versions wrote none, and where a
    /// ledger began with a snapshot they know nothing of what was before.
    private static func compareTrails(
        _ first: BlockStore, _ second: BlockStore, at height: Height
    ) throws(StorageError) -> Divergence? {
        guard max(first.base.height, second.base.height) == .genesis,
            height >= max(first.entriesFrom, second.entriesFrom)
        else { return nil }
        let theirs = try second.trailDirectories(at: height)
        var rowCount = 0
        for (number, own) in try first.trailDirectories(at: height).enumerated() {
            guard let other = theirs.first(where: { $0.turn == own.turn }) else { continue }
            guard let ours = own.directory, let theirs = other.directory,
                ours.previousEnd == theirs.previousEnd, ours.rowBytes == theirs.rowBytes
            else {
                return Divergence(
                    height: height, kind: "trailDirectory", number: UInt64(number), offset: nil)
            }
            for row in 0..<ours.count {
                guard let our = try first.foundTrailRow(ours.extent(row)),
                    let their = try second.foundTrailRow(theirs.extent(row)),
                    let offset = offset(our, their)
                else { continue }
                return Divergence(
                    height: height, kind: "trail", number: UInt64(rowCount + row), offset: offset)
            }
            rowCount += ours.count
        }
        return nil
    }

    /// The first byte in which two rows differ; nil where they are the same.
    private static func offset(_ ours: [UInt8], _ theirs: [UInt8]) -> Int? {
        ours == theirs ? nil : zip(ours, theirs).prefix { $0 == $1 }.count
    }
}
