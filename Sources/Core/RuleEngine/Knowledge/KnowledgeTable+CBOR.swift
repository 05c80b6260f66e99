internal import Primitives
internal import RuleLanguage

extension KnowledgeTable {
    /// The canonical bytes, which the table's hash covers; `docs/formats/rule.md`.
    public func encode() -> [UInt8] { rows.bytes.copy(0..<byteCount) }

    /// What stands before the rows.
    static func head(
        _ schema: TableSchema, _ source: String, _ licence: String, rowCount: Int
    ) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256)
        writer.array(8)
        writer.unsigned(1)
        writer.text(schema.name)
        writer.text(source)
        writer.text(licence)
        for columns in [schema.keys, schema.values] {
            writer.array(columns.count)
            for column in columns {
                writer.array(2)
                writer.text(column.name)
                writer.text("\(column.type)")
            }
        }
        writer.bool(schema.hasValidity)
        writer.array(rowCount)
        return writer.bytes
    }

    static func encode(_ row: Row) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        writer.array(4)
        writer.array(row.keys.count)
        for key in row.keys { key.encode(into: &writer) }
        for day in [row.from, row.to] {
            if let day { writer.integer(Int64(day.number)) } else { writer.null() }
        }
        writer.array(row.values.count)
        for value in row.values {
            if let value { value.encode(into: &writer) } else { writer.null() }
        }
        return writer.bytes
    }
}
