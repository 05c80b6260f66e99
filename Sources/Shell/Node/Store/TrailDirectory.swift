internal import Ledger
internal import Primitives
internal import Storage

/// Which trail rows a turn has, and where they lie: who reads one reads nothing else.
///
/// `[1, height, uint, uint, bstr, uint]`: the height with which the last turn of the same slots
/// ended, 0 where there was none; the file and the place in it where the first row begins; of each
/// row, ascending, its first slot, where it ends behind that place, and its CRC-32C, 4 bytes each;
/// and the CRC-32C of all bytes before, since LevelDB's is not looked at by whoever reads one.
struct TrailDirectory: Equatable, Sendable {
    /// The height with which the last turn of the same slots ended; genesis where there was none.
    let previousEnd: Height
    /// Where the first row begins.
    let place: BlobPlace
    /// What it says of all rows, as it is encoded; the same on all nodes.
    let rowBytes: [UInt8]

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
    init(_ sheet: TrailSheet, at place: BlobPlace, previousEnd: Height) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(TrailDirectory.rowByteCount * sheet.rows.count)
        for row in sheet.rows.indices {
            bytes.append(bigEndian: sheet.rows[row].firstSlot)
            bytes.append(bigEndian: UInt32(truncatingIfNeeded: sheet.rows[row].end))
            bytes.append(bigEndian: CRC32C.of(unsafe sheet.bytes(ofRow: row).span.bytes))
        }
        self.previousEnd = previousEnd
        self.place = place
        rowBytes = bytes
    }

    /// Whether it says what it must of a sheet, wherever that lies.
    func saysOf(_ sheet: TrailSheet, after previousEnd: Height) -> Bool {
        self == TrailDirectory(sheet, at: place, previousEnd: previousEnd)
    }

    /// How many rows there are.
    var count: Int { rowBytes.count / TrailDirectory.rowByteCount }

    /// The row that has a slot where any has; nil where none can.
    func extent(ofSlot slot: UInt32) -> Extent? {
        let end = (0..<count).partitioningIndex { word(0, ofRow: $0) > slot }
        return end > 0 ? extent(end - 1) : nil
    }

    /// Where a row lies; `row` is less than ``count``.
    func extent(_ row: Int) -> Extent {
        let start = row > 0 ? word(1, ofRow: row - 1) : 0
        return Extent(
            place: BlobPlace(file: place.file, offset: place.offset + UInt64(start)),
            byteCount: Int(word(1, ofRow: row)) - Int(start), checksum: word(2, ofRow: row))
    }

    /// First slot, end or checksum of a row.
    private func word(_ word: Int, ofRow row: Int) -> UInt32 {
        rowBytes[...].bigEndian(at: TrailDirectory.rowByteCount * row + 4 * word, as: UInt32.self)
    }

    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: rowBytes.count + 32)
        writer.array(6)
        writer.unsigned(1)
        writer.unsigned(previousEnd.blocks)
        writer.unsigned(place.file)
        writer.unsigned(place.offset)
        writer.bytes(rowBytes)
        let bytes = writer.bytes
        writer.unsigned(UInt64(CRC32C.of(unsafe bytes.span.bytes)))
        return writer.bytes
    }

    /// Reads a directory from exactly these bytes.
    static func decode(_ bytes: [UInt8]) throws(CBORError) -> TrailDirectory {
        var reader = CBORReader(bytes[...])
        try reader.array(exactly: 6)
        try reader.version(1)
        let previousEnd = Height(try reader.unsigned())
        let file = try reader.unsigned()
        let offset = try reader.unsigned()
        let start = reader.offset
        let rows = try reader.bytes()
        let end = reader.offset
        let checksum = try reader.unsigned()
        try reader.finish()
        let checked = bytes[..<end]
        guard checksum == UInt64(CRC32C.of(unsafe checked.span.bytes)) else {
            throw .unexpected(
                offset: end, expected: "the CRC-32C of what stands before", found: "\(checksum)")
        }
        let directory =
            offset < 1 << 62 && rows.count.isMultiple(of: rowByteCount)
            ? TrailDirectory(
                previousEnd, BlobPlace(file: file, offset: offset), Array(rows)) : nil
        guard let directory else {
            throw .unexpected(
                offset: start, expected: "rows of 12 bytes, each ending behind the one before",
                found: "\(rows.count) bytes")
        }
        return directory
    }

    /// Nil where a row ends before it begins.
    private init?(_ previousEnd: Height, _ place: BlobPlace, _ rowBytes: [UInt8]) {
        self.previousEnd = previousEnd
        self.place = place
        self.rowBytes = rowBytes
        var end: UInt32 = 0
        for row in 0..<count {
            let next = word(1, ofRow: row)
            guard next >= end else { return nil }
            end = next
        }
    }
}
