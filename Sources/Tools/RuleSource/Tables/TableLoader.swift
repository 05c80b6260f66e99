internal import RuleLanguage

/// What published files gave: a manifest and rows as they lie under `rules/tables/`.
public struct LoadedTable: Sendable {
    public let manifest: String
    public let rows: String
    /// How many rows the table has, how many of the files' were not meant, and how many doubles.
    public let rowCount: Int
    public let leftOut: Int
    public let doubles: Int
}

extension TableMapping {
    /// Makes a table of the texts of the mapping's files, in their order.
    ///
    /// - Throws: ``SourceError`` where a file is not as the mapping says, by line.
    public func load(
        _ texts: [(text: String, file: String)]
    ) throws(SourceError) -> LoadedTable {
        var loading = Loading(self)
        for (text, file) in texts {
            do throws(TextError) {
                try loading.take(try SourceRows(text, format))
            } catch {
                throw SourceError(
                    file: file, position: format.position(ofCell: error.position, in: text),
                    message: error.message)
            }
        }
        return LoadedTable(
            manifest: manifest, rows: loading.lines.joined(separator: "\n") + "\n",
            rowCount: loading.lines.count - 1, leftOut: loading.leftOut,
            doubles: loading.doubles)
    }

    /// A table while rows are taken into it.
    private struct Loading {
        private let mapping: TableMapping
        private(set) var lines: [String]
        /// Where the row of each key stands among the lines.
        private var places: [String: Int] = [:]
        /// The last days of the lines' rows; empty where there is none.
        private var ends: [String] = [""]
        private(set) var leftOut = 0
        private(set) var doubles = 0

        init(_ mapping: TableMapping) {
            self.mapping = mapping
            lines = [
                (mapping.keys + mapping.values).map(\.name).joined(separator: ",")
                    + (mapping.hasValidity ? ",valid_from,valid_to" : "")
            ]
        }

        mutating func take(_ source: SourceRows) throws(TextError) {
            let places = try Places(mapping, source.columns)
            for (line, cells) in source.rows {
                guard cells.count == source.columns.count else {
                    throw TextError(
                        position: SourcePosition(line: line, column: 1),
                        message: "\(cells.count) cells; there are "
                            + "\(source.columns.count) columns")
                }
                guard places.isMeant(cells) else {
                    leftOut += 1
                    continue
                }
                let keys = zip(mapping.keys, places.keys).map { TableMapping.cell($0, $1, cells) }
                let key = mapping.doubles == nil ? "" : keys.joined(separator: "\u{1F}")
                let known = mapping.doubles == nil ? nil : self.places[key]
                if known != nil { doubles += 1 }
                if known != nil, mapping.doubles == .first { continue }
                var row =
                    keys
                    + zip(mapping.values, places.values).map { TableMapping.cell($0, $1, cells) }
                if mapping.hasValidity {
                    for (moment, place) in [
                        (mapping.validFrom, places.from), (mapping.validTo, places.to),
                    ] {
                        row.append(try TableMapping.day(moment, place, cells, line))
                    }
                }
                let text = row.map(TableMapping.quoted).joined(separator: ",")
                let end = mapping.hasValidity ? row.last ?? "" : ""
                if let known {
                    guard !ends[known].isEmpty, end.isEmpty || end > ends[known] else { continue }
                    (lines[known], ends[known]) = (text, end)
                } else {
                    if mapping.doubles != nil { self.places[key] = lines.count }
                    lines.append(text)
                    ends.append(end)
                }
            }
        }
    }

    var hasValidity: Bool { validFrom != nil || validTo != nil }

    /// Where the columns that a mapping names stand in a file.
    private struct Places {
        let keys: [Int?]
        let values: [Int?]
        let from: Int?
        let to: Int?
        let only: [(place: Int, words: [String])]
        let skip: [(place: Int, words: [String])]

        init(_ mapping: TableMapping, _ columns: [String]) throws(TextError) {
            func place(_ names: [String]) throws(TextError) -> Int {
                if let place = names.lazy.compactMap({ columns.firstIndex(of: $0) }).first {
                    return place
                }
                let name = names.joined(separator: "' or '")
                let hint = NearestName.of(name, in: columns).map { "; did you mean '\($0)'?" }
                throw TextError(
                    position: SourcePosition(line: 1, column: 1),
                    message: "there is no column '\(name)'"
                        + (hint ?? "; there are \(columns.joined(separator: ", "))"))
            }
            func place(_ source: Source?) throws(TextError) -> Int? {
                guard case .column(let names)? = source else { return nil }
                return try place(names)
            }
            func places(_ wanted: [Column]) throws(TextError) -> [Int?] {
                var places: [Int?] = []
                for column in wanted { places.append(try place(column.from)) }
                return places
            }
            func conditions(
                _ wanted: [(column: String, words: [String])]
            ) throws(TextError) -> [(place: Int, words: [String])] {
                var conditions: [(place: Int, words: [String])] = []
                for (column, words) in wanted { conditions.append((try place([column]), words)) }
                return conditions
            }
            keys = try places(mapping.keys)
            values = try places(mapping.values)
            from = try place(mapping.validFrom?.from)
            to = try place(mapping.validTo?.from)
            only = try conditions(mapping.only)
            skip = try conditions(mapping.skip)
        }

        func isMeant(_ cells: [String]) -> Bool {
            only.allSatisfy { $0.words.contains(cells[$0.place]) }
                && !skip.contains { $0.words.contains(cells[$0.place]) }
        }
    }

    private static func cell(_ column: Column, _ place: Int?, _ cells: [String]) -> String {
        var text: String
        switch (column.from, place) {
        case (.constant(let constant), _): text = constant
        case (.column, let place?): text = cells[place]
        case (.column, nil): text = ""
        }
        for change in column.changes {
            switch change {
            case .lower: text = text.lowercased()
            case .trim: text = String(trimmed(text))
            case .icd10:
                if text.count > 3, !text.contains(".") {
                    text.insert(".", at: text.index(text.startIndex, offsetBy: 3))
                }
            }
        }
        return column.words[text] ?? text
    }

    private static func trimmed(_ text: String) -> Substring {
        var rest = text.drop { $0.isWhitespace }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }

    /// A day as `2026-01-31`, of that or of `20260131`; empty where there is none.
    private static func day(
        _ moment: Moment?, _ place: Int?, _ cells: [String], _ line: Int
    ) throws(TextError) -> String {
        guard let moment else { return "" }
        let text: String
        switch (moment.from, place) {
        case (.constant(let constant), _): text = constant
        case (.column, let place?): text = cells[place]
        case (.column, nil): return ""
        }
        if text.isEmpty || moment.none.contains(text) { return "" }
        var digits = text
        if text.count == 8, text.allSatisfy(\.isNumber) {
            let year = text.prefix(4)
            digits = "\(year)-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
        }
        guard FactText.day(digits) != nil else {
            throw TextError(
                position: SourcePosition(line: line, column: (place ?? 0) + 1),
                message: "'\(text)' is no day such as 2026-01-31 or 20260131")
        }
        return digits
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.contains(where: { ",\"\n\r".contains($0) }) else { return cell }
        var quoted = "\""
        for character in cell { quoted += character == "\"" ? "\"\"" : String(character) }
        return quoted + "\""
    }

    private var manifest: String {
        var lines = ["name: \(table)"]
        for (name, text) in head { lines.append("\(name): \(Formatting.scalar(text))") }
        for (part, columns) in [("keys", keys), ("values", values)] where !columns.isEmpty {
            lines.append("\(part):")
            for column in columns {
                let system = column.system.map { ", system: \($0)" } ?? ""
                lines.append("  - {column: \(column.name), type: \(column.type)\(system)}")
            }
        }
        if hasValidity { lines += ["valid from: valid_from", "valid to: valid_to"] }
        return lines.joined(separator: "\n") + "\n"
    }
}
