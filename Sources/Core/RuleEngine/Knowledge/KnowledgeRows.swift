internal import Primitives
internal import RuleLanguage

/// The rows of a knowledge table, in the order of their canonical bytes, read as they are asked
/// for.
public struct KnowledgeRows: RandomAccessCollection, Sendable {
    let schema: TableSchema
    /// The whole table's canonical bytes.
    let bytes: TableBytes
    let index: TableIndex

    public var startIndex: Int { 0 }
    public var endIndex: Int { index.rowCount }

    public subscript(position: Int) -> KnowledgeTable.Row {
        precondition(position >= 0 && position < endIndex, "a row of \(schema.name)")
        var reader = CBORReader(bytes.copy(index.range(of: position)))
        do throws(CBORError) {
            return try KnowledgeTable.row(schema, from: &reader)
        } catch {
            preconditionFailure("row \(position) of \(schema.name) was read before: \(error)")
        }
    }

    /// The first and the last day on which a row is valid, whose keys end at a place.
    func validity(at end: Int) -> (first: Int32, last: Int32) {
        var place = end
        let from = bytes.day(at: &place)
        return (from ?? .min, bytes.day(at: &place) ?? .max)
    }

    /// The chunks that the rows come in, as ranges of the table's bytes.
    var chunks: [Range<Int>] {
        var chunks: [Range<Int>] = []
        var start = index.start(of: 0)
        for row in indices {
            let end = index.start(of: row + 1)
            guard end - start >= TableOutline.chunkByteCount || row + 1 == endIndex else {
                continue
            }
            chunks.append(start..<end)
            start = end
        }
        return chunks
    }
}

extension TableBytes {
    /// The number of the day that stands at a place as an integer, nil for null; goes on after it.
    ///
    /// Of rows that were seen to be canonical.
    func day(at place: inout Int) -> Int32? {
        let first = self[place]
        place += 1
        guard first != 0xf6 else { return nil }
        var value = UInt32(first & 31)
        if value >= 24 {
            let byteCount = 1 << Int(value - 24)
            value = 0
            for _ in 0..<byteCount {
                value = value << 8 | UInt32(self[place])
                place += 1
            }
        }
        let number = Int32(truncatingIfNeeded: value)
        return first >> 5 == 1 ? ~number : number
    }
}
