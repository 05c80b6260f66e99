internal import Ledger
internal import Primitives
internal import Records
internal import Storage

/// Where entries stand: found by leaf, by stream and number, and, if wanted, by leaf hash.
///
/// A data base of its own, because its keys are not height-first. It is not synced: it says how
/// far it goes, and is filled up from the blocks at the start.
final class EntryIndex: Sendable {
    private let database: Database
    private let findsByLeafHash: Bool

    /// A row: the entries `first ..< first + count` of what its key counts stand in one batch, or,
    /// as an older version wrote them, in one block.
    struct Place: Equatable, Sendable {
        let height: Height
        let firstLeaf: UInt64
        let count: UInt64
        /// The batch's place in the block.
        let batch: UInt32
    }

    private enum Table: UInt8 {
        case mark = 0
        /// Blocks by their first leaf, as an older version wrote them: places, and the lengths of
        /// their batches.
        case formerBlock = 1
        case number = 2
        case hash = 3
        case draft = 4
        case pruned = 5
        /// Blocks by their first leaf.
        case block = 6
    }

    /// Opens the index in the directory `path`; of its files `residentBytesMax` bytes may be
    /// resident in memory.
    init(
        path: String, findsByLeafHash: Bool,
        residentBytesMax: Int = DatabaseOptions().residentBytesMax
    ) throws(StorageError) {
        var options = DatabaseOptions()
        options.residentBytesMax = residentBytesMax
        database = try Database(path: path, options: options)
        self.findsByLeafHash = findsByLeafHash
    }

    /// The last height whose entries are here.
    func height() throws(StorageError) -> Height {
        guard let bytes = try database.get([Table.mark.rawValue]), bytes.count == 8 else {
            return .genesis
        }
        return Height(bytes.bigEndian(at: 0))
    }

    /// The height below which state rows have been deleted; genesis where none have.
    func prunedBelow() throws(StorageError) -> Height {
        guard let bytes = try database.get([Table.pruned.rawValue]), bytes.count == 8 else {
            return .genesis
        }
        return Height(bytes.bigEndian(at: 0))
    }

    /// Remembers how far state rows have been deleted; if it is lost, they are deleted again.
    func notePruned(below height: Height) throws(StorageError) {
        var group = WriteGroup()
        group.put([Table.pruned.rawValue], height.blocks.bigEndianBytes)
        try database.write(group, synced: false)
    }

    /// Takes in a block: the headers of its batches, in order, and the leaf hashes of its entries.
    ///
    /// Without the headers, which are pruned with the batches, entries are not found by number.
    func add(
        _ block: IndexedBlock, headers: [BatchHeader], leafHashes: [Digest]
    ) throws(StorageError) {
        var group = WriteGroup()
        var leaf = block.firstLeaf
        for (index, header) in headers.enumerated() {
            let place = Place(
                height: block.height, firstLeaf: leaf, count: UInt64(header.count),
                batch: UInt32(index))
            group.put(key(header.issuer, header.stream, header.firstNumber), place.bytes)
            leaf += UInt64(header.count)
        }
        // Where batches are pruned their headers are missing; the leaves are known from the tree.
        if block.count > 0 {
            group.put([Table.block.rawValue] + block.firstLeaf.bigEndianBytes, block.bytes)
        }
        if findsByLeafHash {
            for (offset, hash) in leafHashes.enumerated() {
                group.put(
                    [Table.hash.rawValue] + hash.bytes,
                    (block.firstLeaf + UInt64(offset)).bigEndianBytes)
            }
        }
        group.put([Table.mark.rawValue], block.height.blocks.bigEndianBytes)
        try database.write(group, synced: false)
    }

    /// Takes in a block that has no entries, or whose entries came with a snapshot.
    func pass(_ height: Height) throws(StorageError) {
        var group = WriteGroup()
        group.put([Table.mark.rawValue], height.blocks.bigEndianBytes)
        try database.write(group, synced: false)
    }

    /// The block that holds a leaf; nil where none does yet, and where an older version took it in.
    func block(ofLeaf leaf: UInt64) throws(StorageError) -> IndexedBlock? {
        let found = try last(ofLeaf: leaf, .block) { IndexedBlock($0) }
        guard let found, found.position(of: leaf) != nil else { return nil }
        return found
    }

    /// The block that holds a leaf, as an older version took it in: its place, and the lengths of
    /// its batches where that version told them.
    func formerBlock(
        ofLeaf leaf: UInt64
    ) throws(StorageError) -> (place: Place, batchCounts: [UInt32])? {
        let found = try last(ofLeaf: leaf, .formerBlock) { bytes in
            Place(Array(bytes.prefix(32))).map { place in
                let counts = stride(from: 32, to: bytes.count - 3, by: 4).map { start in
                    bytes.bigEndian(at: start, as: UInt32.self)
                }
                return (place: place, batchCounts: counts)
            }
        }
        guard let found, leaf >= found.place.firstLeaf,
            leaf - found.place.firstLeaf < found.place.count
        else { return nil }
        return found
    }

    private func last<Row>(
        ofLeaf leaf: UInt64, _ table: Table, _ read: ([UInt8]) -> Row?
    ) throws(StorageError) -> Row? {
        let prefix = [table.rawValue]
        return try last(atOrBelow: prefix + leaf.bigEndianBytes, prefix, read)?.row
    }

    /// The batch that holds a stream's entry `number`, or the last one before it.
    ///
    /// A void skips numbers, so that a number between two batches may be in none.
    func batch(
        of issuer: InstitutionID, _ stream: StreamID, number: UInt64
    ) throws(StorageError) -> (firstNumber: UInt64, place: Place)? {
        let wanted = key(issuer, stream, number)
        let prefix = Array(wanted.dropLast(8))
        guard let (found, place) = try last(atOrBelow: wanted, prefix, { Place($0) }) else {
            return nil
        }
        return (found.bigEndian(at: found.count - 8), place)
    }

    /// The leaf with this hash; nil also where hashes are not kept.
    func leaf(withHash hash: Digest) throws(StorageError) -> UInt64? {
        let bytes = try database.get([Table.hash.rawValue] + hash.bytes)
        return bytes?.count == 8 ? bytes?.bigEndian(at: 0) : nil
    }

    /// The number that a draft of an own stream was given, where it is known.
    func number(ofDraft draft: Digest) throws(StorageError) -> (StreamID, UInt64)? {
        try database.get([Table.draft.rawValue] + draft.bytes).flatMap(EntryIndex.draftPlace)
    }

    /// Remembers the numbers that drafts were given; the outbox has them durably before.
    func remember(
        _ drafts: [(draft: Digest, stream: StreamID, number: UInt64)]
    ) throws(StorageError) {
        var group = WriteGroup()
        for item in drafts {
            let stream = item.stream.number
            group.put(
                [Table.draft.rawValue] + item.draft.bytes,
                [UInt8(stream >> 8), UInt8(stream & 0xff)] + item.number.bigEndianBytes)
        }
        try database.write(group, synced: false)
    }

    /// Forgets the drafts that were given numbers of a stream from this one on: where an outbox was
    /// lost they are on no ledger, and who hands one in again must not hear that it has a number.
    func forgetDrafts(of stream: StreamID, from number: UInt64) throws(StorageError) {
        var group = WriteGroup()
        let table = Table.draft.rawValue
        var cursor = database.cursor(KeyRange(lower: [table], upper: [table + 1]))
        while try cursor.next() {
            guard let place = EntryIndex.draftPlace(cursor.value), place.0 == stream,
                place.1 >= number
            else { continue }
            group.delete(cursor.key)
        }
        if !group.isEmpty { try database.write(group, synced: true) }
    }

    private static func draftPlace(_ bytes: [UInt8]) -> (StreamID, UInt64)? {
        guard bytes.count == 10 else { return nil }
        return (StreamID(UInt16(bytes[0]) << 8 | UInt16(bytes[1])), bytes.bigEndian(at: 2))
    }

    private func key(
        _ issuer: InstitutionID, _ stream: StreamID, _ number: UInt64
    ) -> [UInt8] {
        [Table.number.rawValue] + Array(issuer.name.utf8)
            + [0, UInt8(stream.number >> 8), UInt8(stream.number & 0xff)] + number.bigEndianBytes
    }

    private func last<Row>(
        atOrBelow key: [UInt8], _ prefix: [UInt8], _ read: ([UInt8]) -> Row?
    ) throws(StorageError) -> (key: [UInt8], row: Row)? {
        var cursor = database.cursor(
            KeyRange(lower: prefix, upper: key + [0]))
        guard try cursor.previous() else { return nil }
        let found = cursor.key
        guard let row = read(cursor.value) else {
            throw .corruption(path: database.path, detail: "a row of the entry index")
        }
        return (found, row)
    }
}

extension EntryIndex.Place {
    var bytes: [UInt8] {
        height.blocks.bigEndianBytes + firstLeaf.bigEndianBytes + count.bigEndianBytes
            + UInt64(batch).bigEndianBytes
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        height = Height(bytes.bigEndian(at: 0))
        firstLeaf = bytes.bigEndian(at: 8)
        count = bytes.bigEndian(at: 16)
        batch = UInt32(truncatingIfNeeded: bytes.bigEndian(at: 24))
    }
}
