internal import Cryptography
internal import Primitives

/// Where the rows of a table begin, and which of them have a key: what look-ups go by.
///
/// It follows from the table's bytes, and lies in bytes of its own, so that it can be mapped from
/// a file beside the table. Source: `docs/formats/rule.md`, section "Index of a table".
struct TableIndex: Sendable {
    let bytes: TableBytes
    let rowCount: Int
    private let slotsAt: Int
    /// A power of two, more than there are rows.
    private let slotMask: Int

    private static let magic = Array("custosTI".utf8)
    private static let version: UInt32 = 1
    private static let headByteCount = 64

    /// Where a row begins in the table's bytes; for the number of rows, where the last one ends.
    func start(of row: Int) -> Int {
        Int(bytes.half(at: TableIndex.headByteCount + 4 * row))
    }

    /// The bytes of a row.
    func range(of row: Int) -> Range<Int> { start(of: row)..<start(of: row + 1) }

    /// The rows of a key, and where the first of them begins in the table's bytes.
    struct Found {
        let rows: Range<Int>
        let start: Int
    }

    /// The rows of a key in the table's bytes, or nil where there are none: they follow each
    /// other, since keys stand first.
    func find(_ key: [UInt8], in table: TableBytes) -> Found? {
        let hash = TableIndex.hash(key)
        var slot = Int(truncatingIfNeeded: hash) & slotMask
        while true {
            let word = bytes.word(at: slotsAt + 8 * slot)
            guard word != 0 else { return nil }
            let begin = Int(UInt32(truncatingIfNeeded: word))
            if word >> 57 == hash >> 57, table.begins(at: begin, with: key) {
                let first = Int(word >> 32 & 0xff_ffff)
                var end = first + 1
                guard word >> 56 & 1 == 1 else { return Found(rows: first..<end, start: begin) }
                while end < rowCount, table.begins(at: start(of: end), with: key) { end += 1 }
                return Found(rows: first..<end, start: begin)
            }
            slot = (slot + 1) & slotMask
        }
    }

    /// FNV-1a with the halves folded together at the end, since its low bits mix badly.
    private static func hash(_ key: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        hash = hash &* 0x9e37_79b9_7f4a_7c15
        return hash ^ hash >> 29
    }
}

extension TableIndex {
    /// What is known of a table's rows when all of them were read.
    struct Builder {
        /// Where each row begins that was added and, once all were, where the last one ends.
        private var starts: [UInt32] = []
        private var slots: [UInt64]
        private let mask: Int

        /// For a table of so many rows.
        init(rowCount: Int) {
            var size = 16
            while size * 3 < rowCount * 4 { size *= 2 }
            slots = Array(repeating: 0, count: size)
            mask = size - 1
            starts.reserveCapacity(rowCount + 1)
        }

        /// Adds where the next row begins or, after all of them, where the last one ends.
        mutating func add(start: Int) { starts.append(UInt32(truncatingIfNeeded: start)) }

        func start(of row: Int) -> Int { Int(starts[row]) }

        /// Notes the rows of a key.
        mutating func add(_ key: [UInt8], rows: Range<Int>) {
            let hash = TableIndex.hash(key)
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] =
                UInt64(starts[rows.lowerBound]) | UInt64(rows.lowerBound) << 32
                | (rows.count > 1 ? 1 << 56 : 0) | (hash >> 57) << 57
        }

        /// The index, once all rows were added.
        func finish() -> TableIndex {
            var bytes: [UInt8] = TableIndex.magic
            bytes.reserveCapacity(
                TableIndex.headByteCount + 4 * starts.count + 8 * slots.count + 48)
            bytes.add([TableIndex.version, UInt32(truncatingIfNeeded: starts.count - 1)])
            bytes.add([UInt64(slots.count)])
            bytes += Array(repeating: 0, count: TableIndex.headByteCount - bytes.count)
            bytes.add(starts)
            while !bytes.count.isMultiple(of: 8) { bytes.append(0) }
            let slotsAt = bytes.count
            bytes.add(slots)
            return TableIndex(
                bytes: TableBytes(bytes), rowCount: starts.count - 1, slotsAt: slotsAt,
                slotMask: mask)
        }
    }

    /// The index in the form of a file: the hash of the table and of the index itself follow it.
    func file(of table: Digest) -> [UInt8] {
        var file = bytes.copy(0..<bytes.count) + table.bytes
        file += SHA256.hash(file).bytes
        return file
    }

    /// Reads the file of a table's index, as ``file(of:)`` made it.
    ///
    /// - Returns: nil where the bytes are another index, or damaged: then it is made again.
    init?(file bytes: TableBytes, of table: Digest) {
        guard bytes.count >= TableIndex.headByteCount + 64,
            bytes.begins(at: 0, with: TableIndex.magic),
            bytes.half(at: 8) == TableIndex.version
        else { return nil }
        let (rows, slots) = (Int(bytes.half(at: 12)), bytes.word(at: 16))
        guard rows <= KnowledgeTable.rowCountMax, slots <= 1 << 26, slots.nonzeroBitCount == 1,
            slots > UInt64(rows)
        else { return nil }
        let slotsAt = (TableIndex.headByteCount + 4 * (rows + 1) + 7) / 8 * 8
        let end = slotsAt + 8 * Int(slots)
        guard bytes.count == end + 64, bytes.begins(at: end, with: table.bytes),
            bytes.begins(at: end + 32, with: bytes.hash(0..<end + 32).bytes)
        else { return nil }
        self.init(
            bytes: bytes, rowCount: rows, slotsAt: slotsAt, slotMask: Int(slots) - 1)
    }
}

extension [UInt8] {
    /// Appends numbers, of each the least significant byte first.
    fileprivate mutating func add<Number: FixedWidthInteger>(_ numbers: [Number]) {
        let ordered = numbers.map(\.littleEndian)
        unsafe ordered.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
