internal import Foundation
internal import RuleLanguage

/// The rows of a published file: names of columns, and cells in their order.
struct SourceRows {
    let columns: [String]
    let rows: [(line: Int, cells: [String])]

    /// How a file holds its rows.
    enum Format: Sendable {
        /// Lines of cells; the first names the columns where none are given.
        case separated(by: Character, columns: [String])
        /// A list or an object of JSON, the one under `items` where it is named.
        case json(items: String?)

        init(_ fields: RuleFields) throws(TextError) {
            let named = fields["format"]
            switch try named?.text() ?? "csv" {
            case "csv":
                let separator = fields["separator"]
                let text = try separator?.text() ?? ","
                guard let character = text.first, text.count == 1, character.isASCII else {
                    throw (separator ?? named)?.error("one sign is expected here, such as ; or |")
                        ?? TextError(position: .none, message: "a separator is one sign")
                }
                var columns: [String] = []
                for item in try fields["columns"]?.items() ?? [] {
                    columns.append(try item.text())
                }
                self = .separated(by: character, columns: columns)
            case "tsv": self = .separated(by: "\t", columns: [])
            case "json": self = .json(items: try fields["items"]?.text())
            default:
                throw named?.error("expected csv, tsv or json")
                    ?? TextError(position: .none, message: "expected csv, tsv or json")
            }
        }

        /// Where a cell stands, by its line and its number; of JSON the number of the item is
        /// known and no more.
        func position(ofCell cell: SourcePosition, in text: String) -> SourcePosition {
            guard case .separated(let separator, _) = self else { return cell }
            return CSVRows.position(ofCell: cell, in: text, separator: separator)
        }
    }

    init(_ text: String, _ format: Format) throws(TextError) {
        switch format {
        case .separated(let separator, let names):
            var rows = try CSVRows.rows(text, separator: separator)[...]
            if names.isEmpty {
                guard let first = rows.popFirst() else {
                    throw TextError(
                        position: .none, message: "the first line must name the columns")
                }
                columns = first.cells
            } else {
                columns = names
            }
            self.rows = Array(rows)
        case .json(let items): (columns, rows) = try SourceRows.json(text, items)
        }
    }

    /// An object's members become rows with the column `key`, what is no object the column `value`.
    private static func json(
        _ text: String, _ items: String?
    ) throws(TextError) -> ([String], [(line: Int, cells: [String])]) {
        guard var value = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else {
            throw TextError(position: .none, message: "this is no JSON")
        }
        if let items {
            guard let inner = (value as? [String: Any])?[items] else {
                throw TextError(position: .none, message: "there is nothing under '\(items)'")
            }
            value = inner
        }
        var records: [[String: String]] = []
        if let list = value as? [Any] {
            records = list.map { cells($0) }
        } else if let members = value as? [String: Any] {
            for key in members.keys.sorted() {
                records.append(cells(members[key] ?? "").merging(["key": key]) { own, _ in own })
            }
        } else {
            throw TextError(position: .none, message: "a list or an object is expected")
        }
        let columns = Set(records.flatMap(\.keys)).sorted()
        let rows = records.enumerated().map { number, record in
            (line: number + 1, cells: columns.map { record[$0] ?? "" })
        }
        return (columns, rows)
    }

    private static func cells(_ value: Any) -> [String: String] {
        guard let members = value as? [String: Any] else { return ["value": "\(value)"] }
        return members.compactMapValues { $0 is NSNull ? nil : "\($0)" }
    }
}
