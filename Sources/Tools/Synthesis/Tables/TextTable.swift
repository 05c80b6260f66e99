internal import Foundation
internal import Primitives

/// A table of comma-separated values with a header line, as the folders of `regions/` hold them.
///
/// Lines that begin with `#` say where the numbers are from. There are no quotes: a cell that
/// lists several values has spaces between them.
struct TextTable {
    let file: String
    private let columns: [String: Int]
    private let rows: [(line: Int, cells: [String])]

    /// Reads the file.
    ///
    /// - Throws: ``SynthesisError`` where it cannot be read, or a row has another number of cells
    ///   than the header.
    init(path: String, mayBeEmpty: Bool = false) throws(SynthesisError) {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw .unreadable(path: path) }
        try self.init(text: text, file: path, mayBeEmpty: mayBeEmpty)
    }

    init(text: String, file: String, mayBeEmpty: Bool = false) throws(SynthesisError) {
        var columns: [String: Int] = [:]
        var rows: [(line: Int, cells: [String])] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.isEmpty || line.first == "#" { continue }
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
            guard !columns.isEmpty else {
                for (place, name) in cells.enumerated() { columns[name] = place }
                continue
            }
            guard cells.count == columns.count else {
                throw .table(
                    file: file, line: index + 1, column: "",
                    reason: "\(cells.count) cells; the header has \(columns.count)")
            }
            rows.append((index + 1, cells))
        }
        guard !rows.isEmpty || mayBeEmpty && !columns.isEmpty else {
            throw .table(file: file, line: 1, column: "", reason: "there are no rows")
        }
        self.file = file
        self.columns = columns
        self.rows = rows
    }

    /// Every row, turned into something by `body`.
    func map<Item>(_ body: (Row) throws(SynthesisError) -> Item) throws(SynthesisError) -> [Item] {
        var items: [Item] = []
        for row in rows {
            items.append(try body(Row(table: self, line: row.line, cells: row.cells)))
        }
        return items
    }

    struct Row {
        fileprivate let table: TextTable
        fileprivate let line: Int
        fileprivate let cells: [String]

        func text(_ column: String) throws(SynthesisError) -> String {
            guard let place = table.columns[column] else {
                throw failure(column, "there is no such column")
            }
            return cells[place]
        }

        func number(_ column: String) throws(SynthesisError) -> Int {
            let text = try text(column)
            guard let number = Int(text), (0...1_000_000_000).contains(number) else {
                throw failure(column, "'\(text)' is not a whole number from 0 to 1,000,000,000")
            }
            return number
        }

        func words(_ column: String) throws(SynthesisError) -> [String] {
            try text(column).split(separator: " ").map(String.init)
        }

        /// None where the table has no such column.
        func wordsIfThere(_ column: String) throws(SynthesisError) -> [String] {
            table.columns[column] == nil ? [] : try words(column)
        }

        /// An amount with two decimals, in minor units.
        func money(_ column: String) throws(SynthesisError) -> Int {
            let text = try text(column)
            let parts = text.split(separator: ".")
            guard parts.count == 2, parts[1].utf8.count == 2, let major = Int(parts[0]),
                let minor = Int(parts[1]), (0...1_000_000_000_000).contains(major), minor >= 0
            else { throw failure(column, "'\(text)' is no amount such as 12.50") }
            return major * 100 + minor
        }

        /// A day, `YYYY-MM-DD`, since 1970-01-01.
        func day(_ column: String) throws(SynthesisError) -> Int {
            let text = try text(column)
            let parts = text.split(separator: "-").compactMap { Int($0) }
            guard parts.count == 3, let day = Day(year: parts[0], month: parts[1], day: parts[2])
            else { throw failure(column, "'\(text)' is no day such as 2021-04-06") }
            return Int(day.number)
        }

        /// The place in `names` of what the column says; nil where it says nothing.
        func place(_ column: String, in names: [String]) throws(SynthesisError) -> Int? {
            let text = try text(column)
            if text.isEmpty { return nil }
            guard let place = names.firstIndex(of: text) else {
                throw failure(column, "'\(text)' stands in no table; there are \(names)")
            }
            return place
        }

        func failure(_ column: String, _ reason: String) -> SynthesisError {
            .table(file: table.file, line: line, column: column, reason: reason)
        }
    }
}
