/// A row that a block leaves on the disk, under (height, kind, number).
///
/// The height is the block's. Rows of one block form one atomic write group.
public struct LedgerRow: Hashable, Sendable {
    public let kind: Kind
    public let number: UInt64
    public let bytes: [UInt8]

    public init(kind: Kind, number: UInt64, bytes: [UInt8]) {
        self.kind = kind
        self.number = number
        self.bytes = bytes
    }

    /// What a row holds; the order is the order of the rows of one height.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// The block (``Block``).
        case block = 1
        /// A batch as it came; the number is its place in the block.
        case batch = 2
        /// Leaves and nodes of the ledger tree (``TreeRow``); none for an empty block.
        case tree = 3
        /// The runs of the block's terms (``RunsRow``).
        case runs = 4
        /// What changed in the state (``ChangesRow``); needed for a restart only.
        case changes = 5
        /// A piece of the whole state (``ChunkRow``); needed for a restart only.
        case chunk = 6
        /// Trail rows of an older version, one of each term; nothing reads them any more. 7 and 8
        /// are the node's own, as is what stands under 9 at height 0.
        case termTrail = 9
        /// Trail rows of an older version, over sixteen blocks; nothing reads them any more.
        case shortTrail = 10
        /// The entries of the block that have no effect (``UnfitRow``); none where all have theirs.
        case unfit = 11
        /// Which rows of kind 10 the height has; nothing reads them any more.
        case shortTrailDirectory = 12
        /// Which rows of kind 14 the height has; nothing reads them any more.
        case formerTrailDirectory = 13
        /// Trail rows of an older version, over 64 blocks, in the data base itself; nothing reads
        /// them any more. 15, 16 and 18 are the node's own.
        case formerTrail = 14
        /// Which rows of an older version, over 64 blocks, a height has in files beside the data
        /// base; nothing reads them any more.
        case heightTrailDirectory = 17

        /// What older versions wrote in the place of trail rows and their directory.
        public static let formerTrails: [Kind] = [
            .termTrail, .shortTrail, .shortTrailDirectory, .formerTrailDirectory, .formerTrail,
            .heightTrailDirectory,
        ]
    }
}
