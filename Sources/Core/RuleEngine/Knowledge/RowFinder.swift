internal import Primitives

/// Finds the rows of a key: rows with one key follow each other, since keys stand first in them.
struct RowFinder: Sendable {
    /// The first row of a key and 1, or 0; open addressing by the hash of the key's bytes, at most
    /// half full.
    private var slots: [UInt32]

    /// Indexes rows that stand in their order.
    ///
    /// - Throws: ``KnowledgeError/twoRows(table:key:)``.
    init(_ rows: KnowledgeRows, table: String) throws(KnowledgeError) {
        var size = 16
        while size < rows.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        var first = 0
        while first < rows.count {
            let count = rows.keyByteCount(first)
            let key = rows.bytes(of: first).prefix(count)
            var end = first + 1
            while end < rows.count, rows.begins(end, with: key) { end += 1 }
            if end > first + 1 { try RowFinder.check(rows, first..<end, count, table) }
            insert(first, hash: RowFinder.hash(key))
            first = end
        }
    }

    /// Throws where two rows of one key have a common day.
    private static func check(
        _ rows: KnowledgeRows, _ group: Range<Int>, _ keyByteCount: Int, _ table: String
    ) throws(KnowledgeError) {
        var last = Int64.min
        let spans = group.map { rows.validity($0, afterKey: keyByteCount) }.sorted { $0 < $1 }
        for span in spans where span.first <= span.last {
            guard Int64(span.first) > last else {
                throw .twoRows(table: table, key: rows[group.lowerBound].keyText)
            }
            last = Int64(span.last)
        }
    }

    private mutating func insert(_ row: Int, hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(row + 1)
    }

    /// The rows of a key.
    func rows(of key: TableKey, in rows: KnowledgeRows) -> Range<Int> {
        let prefix = key.bytes[...]
        var slot = Int(truncatingIfNeeded: RowFinder.hash(prefix)) & (slots.count - 1)
        while slots[slot] != 0 {
            let first = Int(slots[slot]) - 1
            if rows.begins(first, with: prefix) {
                var end = first + 1
                while end < rows.count, rows.begins(end, with: prefix) { end += 1 }
                return first..<end
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return 0..<0
    }

    /// FNV-1a with the halves folded together at the end, since its low bits mix badly.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        return hash &* 0x9e37_79b9_7f4a_7c15 >> 20
    }
}
