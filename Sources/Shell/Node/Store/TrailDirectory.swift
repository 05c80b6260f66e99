internal import Ledger
internal import Primitives
internal import Storage

/// Which trail rows a height has, and where they lie: who reads one reads nothing else.
///
/// `[1, uint, uint, bstr]`: the file and the place in it where the first row begins, and of each
/// row, ascending, its first slot, where it ends behind that place, and its CRC-32C, 4 bytes each.
struct TrailDirectory: Equatable, Sendable {
    /// Where the first row begins.
    let place: BlobPlace
    private let rows: [Row]

    private struct Row: Equatable {
        let firstSlot: UInt32
        let end: UInt32
        let checksum: UInt32
    }

    /// A row's bytes, as they must be.
    struct Extent: Equatable, Sendable {
        let place: BlobPlace
        let byteCount: Int
        let checksum: UInt32

        /// Whether these are the row's bytes.
        func holds(_ bytes: ArraySlice<UInt8>) -> Bool {
            unsafe bytes.count == byteCount && CRC32C.of(bytes.span.bytes) == checksum
        }
    }

    private static let rowByteCount = 12

    /// The directory of the rows of a sheet that lies at a place.
    init(_ sheet: TrailSheet, at place: BlobPlace) {
        self.place = place
        rows = sheet.rows.indices.map { row in
            Row(
                firstSlot: sheet.rows[row].firstSlot,
                end: UInt32(truncatingIfNeeded: sheet.rows[row].end),
                checksum: CRC32C.of(unsafe sheet.bytes(ofRow: row).span.bytes))
        }
    }

    /// How many rows there are.
    var count: Int { rows.count }

    /// The row that has a slot where any has; nil where none can.
    func extent(ofSlot slot: UInt32) -> Extent? {
        let end = rows.indices.partitioningIndex { rows[$0].firstSlot > slot }
        return end > 0 ? extent(end - 1) : nil
    }

    /// Where a row lies; `row` is less than ``count``.
    func extent(_ row: Int) -> Extent {
        let start = row > 0 ? rows[row - 1].end : 0
        return Extent(
            place: BlobPlace(file: place.file, offset: place.offset + UInt64(start)),
            byteCount: Int(rows[row].end) - Int(start), checksum: rows[row].checksum)
    }

    /// What it says of all rows, as it is encoded; the same on all nodes.
    var rowBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(TrailDirectory.rowByteCount * rows.count)
        for row in rows {
            bytes.append(bigEndian: row.firstSlot)
            bytes.append(bigEndian: row.end)
            bytes.append(bigEndian: row.checksum)
        }
        return bytes
    }

    func encode() -> [UInt8] {
        let bytes = rowBytes
        var writer = CBORWriter(reservingCapacity: bytes.count + 24)
        writer.array(4)
        writer.unsigned(1)
        writer.unsigned(place.file)
        writer.unsigned(place.offset)
        writer.bytes(bytes)
        return writer.bytes
    }

    /// Reads a directory from exactly these bytes.
    static func decode(_ bytes: [UInt8]) throws(CBORError) -> TrailDirectory {
        var reader = CBORReader(bytes[...])
        try reader.array(exactly: 4)
        try reader.version(1)
        let file = try reader.unsigned()
        let offset = try reader.unsigned()
        let start = reader.offset
        let rows = try reader.bytes()
        try reader.finish()
        let directory =
            rows.count.isMultiple(of: rowByteCount)
            ? TrailDirectory(rows, at: BlobPlace(file: file, offset: offset)) : nil
        guard let directory else {
            throw .unexpected(
                offset: start, expected: "rows of 12 bytes, each ending behind the one before",
                found: "\(rows.count) bytes")
        }
        return directory
    }

    /// Nil where a row ends before it begins.
    private init?(_ bytes: ArraySlice<UInt8>, at place: BlobPlace) {
        var rows: [Row] = []
        for start in stride(from: 0, to: bytes.count, by: TrailDirectory.rowByteCount) {
            let words = (0..<3).map { bytes.bigEndian(at: start + 4 * $0, as: UInt32.self) }
            guard words[1] >= rows.last?.end ?? 0, place.offset < 1 << 62 else { return nil }
            rows.append(Row(firstSlot: words[0], end: words[1], checksum: words[2]))
        }
        self.place = place
        self.rows = rows
    }
}
