internal import Primitives
public import RuleEngine
internal import RuleLanguage

/// Reads knowledge tables: a manifest in YAML and the rows in CSV (docs/rules.md).
public enum TableReader {
    /// The table of a manifest and its rows.
    public static func table(
        manifest: String, manifestFile: String, rows: String, rowsFile: String
    ) throws(SourceError) -> KnowledgeTable {
        let plan: Plan
        do throws(TextError) {
            plan = try Plan(try Document(manifest))
        } catch {
            throw SourceError(
                file: manifestFile, position: error.position, message: error.message)
        }
        do throws(TextError) {
            return try plan.table(try CSVRows.rows(rows))
        } catch {
            throw SourceError(
                file: rowsFile, position: CSVRows.position(ofCell: error.position, in: rows),
                message: error.message)
        }
    }

    /// The table of a manifest in a file, and of the rows that lie beside it (`.csv`).
    public static func table(manifestFile: String) throws(SourceError) -> KnowledgeTable {
        let name = manifestFile.hasSuffix(".yaml") ? String(manifestFile.dropLast(5)) : manifestFile
        let rowsFile = "\(name).csv"
        return try table(
            manifest: try RuleFolder.text(manifestFile), manifestFile: manifestFile,
            rows: try RuleFolder.text(rowsFile), rowsFile: rowsFile)
    }

    private struct Column {
        let column: TableSchema.Column
        let system: String?
    }

    private struct Plan {
        let name: String
        let source: String
        let licence: String
        let keys: [Column]
        let values: [Column]
        let from: String?
        let to: String?

        init(_ document: Document) throws(TextError) {
            let known = [
                "name", "title", "source", "licence", "keys", "values", "valid from", "valid to",
                "note", "known from",
            ]
            let fields = RuleFields(try document.fields(known), in: document)
            name = try fields.required("name").text()
            source = try fields.required("source").text()
            licence = try fields.required("licence").text()
            keys = try Plan.columns(try fields.required("keys"))
            values = try fields["values"].map(Plan.columns) ?? []
            from = try fields["valid from"]?.text()
            to = try fields["valid to"]?.text()
            if let known = fields["known from"], FactText.day(try known.text()) == nil {
                throw known.error("'\(try known.text())' is no day such as 2026-01-31")
            }
        }

        private static func columns(_ document: Document) throws(TextError) -> [Column] {
            var columns: [Column] = []
            for item in try document.items() {
                let fields = RuleFields(try item.fields(["column", "type", "system"]), in: item)
                let type = try fields.required("type")
                guard let ruleType = RuleType(name: try type.text()) else {
                    let names = RuleType.named.map(\.name).joined(separator: ", ")
                    throw type.error("there is no such type; there are \(names)")
                }
                columns.append(
                    Column(
                        column: TableSchema.Column(
                            name: try fields.required("column").text(), type: ruleType),
                        system: try fields["system"]?.text()))
            }
            return columns
        }

        func table(
            _ lines: [(line: Int, cells: [String])]
        ) throws(TextError) -> KnowledgeTable {
            guard let head = lines.first else {
                throw TextError(position: .none, message: "the first line must name the columns")
            }
            func place(_ column: String) throws(TextError) -> Int {
                guard let place = head.cells.firstIndex(of: column) else {
                    throw TextError(
                        position: SourcePosition(line: head.line, column: 1),
                        message: "there is no column '\(column)'"
                            + (NearestName.of(column, in: head.cells)
                                .map { "; did you mean '\($0)'?" } ?? ""))
                }
                return place
            }
            let keyPlaces = try keys.map { key throws(TextError) in try place(key.column.name) }
            let valuePlaces = try values.map { value throws(TextError) in
                try place(value.column.name)
            }
            let fromPlace = try from.map(place)
            let toPlace = try to.map(place)
            var rows: [KnowledgeTable.Row] = []
            for (line, cells) in lines.dropFirst() {
                let reader = CellReader(line: line, cells: cells, count: head.cells.count)
                try reader.checkCount()
                var keyValues: [Value] = []
                for (key, place) in zip(keys, keyPlaces) {
                    guard
                        let value = try reader.value(place, key.column.type, key.system)
                    else { throw reader.error(place, "a key cannot be empty") }
                    keyValues.append(value)
                }
                var rowValues: [Value?] = []
                for (value, place) in zip(values, valuePlaces) {
                    rowValues.append(try reader.value(place, value.column.type, value.system))
                }
                rows.append(
                    KnowledgeTable.Row(
                        keys: keyValues, from: try fromPlace.flatMap(reader.day),
                        to: try toPlace.flatMap(reader.day), values: rowValues))
            }
            let schema = TableSchema(
                name: name, keys: keys.map(\.column), values: values.map(\.column),
                hasValidity: from != nil || to != nil)
            do throws(KnowledgeError) {
                return try KnowledgeTable(
                    schema: schema, source: source, licence: licence, rows: rows)
            } catch {
                throw TextError(position: .none, message: "\(error)")
            }
        }
    }
}

/// The cells of one row, and what they say by the types of their columns.
struct CellReader {
    let line: Int
    let cells: [String]
    let count: Int

    /// An error at a cell, whose position has the number of the cell in place of a column.
    func error(_ place: Int, _ message: String) -> TextError {
        TextError(position: SourcePosition(line: line, column: place + 1), message: message)
    }

    func checkCount() throws(TextError) {
        guard cells.count == count else {
            throw error(0, "\(cells.count) cells; the first line names \(count) columns")
        }
    }

    func day(_ place: Int) throws(TextError) -> Day? {
        guard case .date(let day) = try value(place, .date, nil) else { return nil }
        return day
    }

    /// The value of a cell, or nil where it is empty.
    func value(
        _ place: Int, _ type: RuleType, _ system: String?
    ) throws(TextError) -> Value? {
        let text = cells[place]
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        let value: Value? =
            switch type {
            case .text: .text(text)
            case .integer: Int64(text).map(Value.integer)
            case .decimal: ExactDecimal(text).map(Value.decimal)
            case .bool: ["true": Value.yes, "false": .no][text]
            case .code: code(text, system)
            case .date: day(text).map(Value.date)
            case .institution: InstitutionID(text).map(Value.institution)
            case .patient, .practitioner, .claim, .prescription:
                OpaqueID(hex: text).map(Value.id)
            case .money: parts.count == 2 ? money(parts[0], parts[1]) : nil
            case .quantity:
                parts.count == 2
                    ? ExactDecimal(parts[0]).map { .quantity($0, unit: parts[1]) } : nil
            default: nil
            }
        guard let value else { throw error(place, "'\(text)' is no \(type)") }
        return value
    }

    private func code(_ text: String, _ system: String?) -> Value? {
        if let system { return .code(system: system, code: text) }
        let parts = text.split(separator: "|", maxSplits: 1).map(String.init)
        return parts.count == 2 ? .code(system: parts[0], code: parts[1]) : nil
    }

    private func day(_ text: String) -> Day? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        return parts.count == 3 ? Day(year: parts[0], month: parts[1], day: parts[2]) : nil
    }

    private func money(_ number: String, _ code: String) -> Value? {
        guard let major = ExactDecimal(number), let currency = Currency(code) else { return nil }
        return Amount(major: major, currency: currency).map(Value.money)
    }
}
