internal import Primitives
internal import RuleLanguage

/// The rows of a knowledge table, in the order of their canonical bytes, read as they are asked
/// for.
public struct KnowledgeRows: RandomAccessCollection, Sendable {
    let schema: TableSchema
    /// The whole table's canonical bytes.
    let bytes: [UInt8]
    /// Where each row begins in them, and where the last one ends.
    private let starts: [UInt32]

    /// `starts` are those of rows that were seen to be canonical.
    init(schema: TableSchema, bytes: [UInt8], starts: [UInt32]) {
        self.schema = schema
        self.bytes = bytes
        self.starts = starts
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { starts.count - 1 }

    public subscript(position: Int) -> KnowledgeTable.Row {
        var reader = CBORReader(bytes(of: position))
        do throws(CBORError) {
            return try KnowledgeTable.row(schema, from: &reader)
        } catch {
            preconditionFailure("row \(position) of \(schema.name) was read before: \(error)")
        }
    }

    /// The bytes of a row.
    func bytes(of position: Int) -> ArraySlice<UInt8> {
        bytes[Int(starts[position])..<Int(starts[position + 1])]
    }

    /// Whether a row begins with these bytes.
    func begins(_ position: Int, with prefix: ArraySlice<UInt8>) -> Bool {
        let row = bytes(of: position)
        return row.count >= prefix.count && row.prefix(prefix.count).elementsEqual(prefix)
    }

    /// The first and the last day on which a row is valid, whose keys end after so many bytes.
    func validity(_ position: Int, afterKey count: Int) -> (first: Int32, last: Int32) {
        var reader = CBORReader(bytes(of: position).dropFirst(count))
        do throws(CBORError) {
            let from = try KnowledgeTable.day(from: &reader)
            let to = try KnowledgeTable.day(from: &reader)
            return (from?.number ?? .min, to?.number ?? .max)
        } catch {
            preconditionFailure("row \(position) of \(schema.name) was read before: \(error)")
        }
    }

    /// How many bytes stand before the validity of a row: its keys and what is before them.
    func keyByteCount(_ position: Int) -> Int {
        var reader = CBORReader(bytes(of: position))
        do throws(CBORError) {
            try reader.array(exactly: 4)
            for _ in 0..<(try reader.array(atMost: KnowledgeTable.keyCountMax)) {
                _ = try reader.item()
            }
        } catch {
            preconditionFailure("row \(position) of \(schema.name) was read before: \(error)")
        }
        return reader.offset
    }
}
