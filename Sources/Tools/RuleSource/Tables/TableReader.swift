internal import Primitives
internal import Records
public import RuleEngine
internal import RuleLanguage

/// Reads a knowledge table: a manifest in YAML and rows in CSV (docs/rules.md).
public enum TableReader {
    /// - Throws: ``SourceError`` with the file, line and column of the first thing that is wrong.
    public static func read(
        manifest: String, manifestFile: String, rows: String, rowsFile: String
    ) throws(SourceError) -> KnowledgeTable {
        let description: TableManifest
        do throws(TextError) {
            description = try TableManifest(try Document(manifest))
        } catch {
            throw SourceError(
                file: manifestFile, position: error.position, message: error.message)
        }
        do throws(TextError) {
            return try table(description, rows)
        } catch {
            throw SourceError(file: rowsFile, position: error.position, message: error.message)
        }
    }

    private static func table(
        _ manifest: TableManifest, _ text: String
    ) throws(TextError) -> KnowledgeTable {
        var lines = try CSVText.lines(text)
        guard !lines.isEmpty else {
            throw TextError(position: .none, message: "the first line must name the columns")
        }
        let head = lines.removeFirst()
        let columns = try manifest.columns(in: head)
        var rows: [KnowledgeTable.Row] = []
        for line in lines { rows.append(try row(line, columns, head.cells.count)) }
        do throws(KnowledgeError) {
            return try KnowledgeTable(
                schema: manifest.schema, source: manifest.source, licence: manifest.licence,
                rows: rows)
        } catch {
            throw TextError(position: .none, message: "\(error)")
        }
    }

    private static func row(
        _ line: CSVText.Line, _ columns: TableManifest.Places, _ count: Int
    ) throws(TextError) -> KnowledgeTable.Row {
        guard line.cells.count == count else {
            throw TextError(
                position: line.position,
                message: "\(line.cells.count) cells, where the first line has \(count)")
        }
        var keys: [Value] = []
        for column in columns.keys {
            guard let value = try value(line, column) else {
                throw TextError(
                    position: line.position, message: "the key '\(column.name)' is empty")
            }
            keys.append(value)
        }
        var values: [Value?] = []
        for column in columns.values { values.append(try value(line, column)) }
        return KnowledgeTable.Row(
            keys: keys, from: try day(line, columns.from), to: try day(line, columns.to),
            values: values)
    }

    private static func value(
        _ line: CSVText.Line, _ column: TableManifest.Place
    ) throws(TextError) -> Value? {
        let text = line.cells[column.index]
        guard !text.isEmpty else { return nil }
        guard let value = CellText.value(text, column) else {
            throw TextError(
                position: line.position,
                message: "'\(text)' in the column '\(column.name)' is no \(column.type)")
        }
        return value
    }

    private static func day(
        _ line: CSVText.Line, _ place: Int?
    ) throws(TextError) -> Day? {
        guard let place, !line.cells[place].isEmpty else { return nil }
        guard let day = FactText.day(line.cells[place]) else {
            throw TextError(
                position: line.position,
                message: "'\(line.cells[place])' is no date such as 2026-01-31")
        }
        return day
    }
}
