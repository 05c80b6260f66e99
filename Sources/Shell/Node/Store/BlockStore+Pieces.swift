internal import Cryptography
internal import Ledger
internal import Primitives
internal import Storage

/// Batches and tree rows, which stand on the disk in pieces (``BatchPieces``, ``TreePieces``): of
/// each a look-up reads one.
///
/// Older versions wrote a row of the ledger's kind for each; those are read as well.
extension BlockStore {
    /// The kind of the rows that hold the pieces of a ledger's row; nil where it stands whole.
    ///
    /// Their number is that of the ledger's row · 2^16 + the piece.
    static func pieceKind(_ kind: LedgerRow.Kind) -> UInt8? {
        switch kind {
        case .batch: 15
        case .tree: 16
        default: nil
        }
    }

    private static func key(
        _ kind: LedgerRow.Kind, _ number: UInt64, _ piece: Int, at height: Height
    ) -> [UInt8] {
        let rowKind = pieceKind(kind) ?? kind.rawValue
        return RowKey(height, kind: rowKind, number: number << 16 | UInt64(piece)).bytes
    }

    /// Puts a row of a block into what is written for it.
    static func put(_ row: LedgerRow, at height: Height, into group: inout WriteGroup) {
        let pieces: [ArraySlice<UInt8>]
        switch row.kind {
        case .batch: pieces = BatchPieces.cut(row.bytes)
        case .tree: pieces = TreePieces.cut(row.bytes)
        default: return group.put(row, at: height)
        }
        for (number, piece) in pieces.enumerated() {
            group.put(key(row.kind, row.number, number, at: height), piece)
        }
    }

    /// A row put together from its pieces; nil where it has none.
    func pieced(
        _ kind: LedgerRow.Kind, at height: Height, number: UInt64
    ) throws(StorageError) -> [UInt8]? {
        let range = KeyRange(
            lower: BlockStore.key(kind, number, 0, at: height),
            upper: BlockStore.key(kind, number + 1, 0, at: height))
        return try pieced(in: range).first
    }

    /// The rows of a kind that stand in pieces, by number.
    func pieced(
        _ kind: LedgerRow.Kind, at height: Height
    ) throws(StorageError) -> [[UInt8]] {
        guard let kind = BlockStore.pieceKind(kind) else { return [] }
        return try pieced(in: .rows(height, kind: kind))
    }

    private func pieced(in range: KeyRange) throws(StorageError) -> [[UInt8]] {
        var cursor = database.cursor(range)
        var rows: [[UInt8]] = []
        while try cursor.next() {
            let isFirst = RowKey(cursor.key).map { $0.number & 0xffff == 0 }
            if rows.isEmpty || isFirst == true { rows.append([]) }
            cursor.withValue { value in
                unsafe value.withUnsafeBytes { unsafe rows[rows.count - 1].append(contentsOf: $0) }
            }
        }
        return rows
    }

    /// The bytes of an entry, of which nearly nothing else is read; nil where they are not what the
    /// ledger tree has at its leaf, or an older version wrote the block.
    ///
    /// LevelDB's checksums are not looked at, since the entry's hash says more.
    func entry(
        at leaf: UInt64, of block: IndexedBlock
    ) throws(StorageError) -> [UInt8]? {
        guard let (batch, entry) = block.place(ofLeaf: leaf) else { return nil }
        let piece = BatchPieces.piece(ofEntry: entry)
        let leaf = MerkleNode(level: 0, index: leaf)
        guard
            let found = try database.uncheckedGet(
                BlockStore.key(.batch, UInt64(batch), piece, at: block.height)),
            let bytes = BatchPieces.entry(entry, in: unsafe found.span.bytes),
            let hash = try treeHash(of: leaf, in: block, isChecked: false)
        else { return nil }
        return SHA256.leaf(bytes) == hash ? bytes : nil
    }

    /// The hash of a complete subtree that the block closed; nil where it is not there, or an older
    /// version wrote the block.
    ///
    /// LevelDB's checksum is looked at, unless the caller knows better what must come out.
    func treeHash(
        of node: MerkleNode, in block: IndexedBlock, isChecked: Bool = true
    ) throws(StorageError) -> Digest? {
        guard let piece = TreePieces.piece(of: node, firstLeaf: block.firstLeaf) else { return nil }
        let key = BlockStore.key(.tree, 0, piece, at: block.height)
        let found = isChecked ? try database.get(key) : try database.uncheckedGet(key)
        return found.flatMap { bytes in
            TreePieces.hash(of: node, firstLeaf: block.firstLeaf, in: unsafe bytes.span.bytes)
        }
    }

    /// The same of a block that an older version wrote, read where it lies.
    func formerEntry(
        at leaf: UInt64, of block: IndexedBlock
    ) throws(StorageError) -> [UInt8]? {
        guard let (batch, entry) = block.place(ofLeaf: leaf) else { return nil }
        let height = block.height
        var rows = database.uncheckedCursor(.heights(height..<height.next))
        let bytes = try rows.peek(
            RowKey(height, kind: LedgerRow.Kind.batch.rawValue, number: UInt64(batch)).bytes
        ) { UnverifiedBatch.entry(entry, in: $0) }
        let hash = try rows.peek(RowKey(height, kind: LedgerRow.Kind.tree.rawValue).bytes) {
            TreeRow.leafHash(at: leaf, in: $0)
        }
        guard case .some(.some(let bytes)) = bytes, case .some(.some(let hash)) = hash,
            SHA256.leaf(bytes) == hash
        else { return nil }
        return bytes
    }
}
