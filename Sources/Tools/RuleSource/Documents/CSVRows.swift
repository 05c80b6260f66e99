internal import RuleLanguage

/// Rows of separated values, as RFC 4180 has them.
enum CSVRows {
    /// The rows of `text`, each with the number of its first line; empty lines are left out.
    static func rows(
        _ text: String, separator: Character = ","
    ) throws(TextError) -> [(line: Int, cells: [String])] {
        var scanner = Scanner(Array(text.utf8), separator: separator.asciiValue ?? 0x2C)
        var rows: [(line: Int, cells: [String])] = []
        while let row = try scanner.next() { rows.append(row) }
        return rows
    }

    /// Where a cell stands in `text`, by the first line of its row and the number of the cell in
    /// it, from 1; where there is none such, line and number themselves.
    static func position(
        ofCell cell: SourcePosition, in text: String, separator: Character = ","
    ) -> SourcePosition {
        let bytes = Array(text.utf8)
        var scanner = Scanner(bytes, separator: separator.asciiValue ?? 0x2C)
        while let row = try? scanner.next(), row.line <= cell.line {
            guard row.line == cell.line, row.cells.indices.contains(cell.column - 1) else {
                continue
            }
            let start = scanner.starts[cell.column - 1]
            let line = bytes[..<start].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
            let before = String(decoding: bytes[line..<start], as: UTF8.self).count
            let isQuoted = start < bytes.count && bytes[start] == 0x22
            return SourcePosition(
                line: row.line + bytes[scanner.starts[0]..<start].count { $0 == 0x0A },
                column: before + (isQuoted ? 2 : 1), length: row.cells[cell.column - 1].count)
        }
        return cell
    }

    /// Goes through bytes row by row; line feed, carriage return and both end a line.
    private struct Scanner {
        private let bytes: [UInt8]
        private let separator: UInt8
        private var place = 0
        private var line = 1
        /// Where the cells of the last row begin, in bytes.
        private(set) var starts: [Int] = []

        init(_ bytes: [UInt8], separator: UInt8) {
            self.bytes = bytes
            self.separator = separator
            // A byte order mark is no part of the first column's name.
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
        }

        mutating func next() throws(TextError) -> (line: Int, cells: [String])? {
            while place < bytes.count {
                let start = line
                let cells = try row()
                if cells.count > 1 || cells.first?.isEmpty == false { return (start, cells) }
            }
            return nil
        }

        private mutating func row() throws(TextError) -> [String] {
            var cells: [String] = []
            starts.removeAll(keepingCapacity: true)
            while true {
                starts.append(place)
                cells.append(try cell())
                guard place < bytes.count else { return cells }
                let end = bytes[place]
                place += 1
                if end == separator { continue }
                if end == 0x0D, place < bytes.count, bytes[place] == 0x0A { place += 1 }
                line += 1
                return cells
            }
        }

        /// Up to the separator or the end of the line, which stays.
        private mutating func cell() throws(TextError) -> String {
            if place < bytes.count, bytes[place] == 0x22 { return try quoted() }
            let start = place
            while place < bytes.count, bytes[place] != separator, !isLineEnd(bytes[place]) {
                place += 1
            }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        private mutating func quoted() throws(TextError) -> String {
            let first = line
            var cell: [UInt8] = []
            place += 1
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                if byte == 0x22 {
                    guard place < bytes.count, bytes[place] == 0x22 else {
                        return String(decoding: cell + rest(), as: UTF8.self)
                    }
                    place += 1
                } else if byte == 0x0A {
                    line += 1
                }
                cell.append(byte)
            }
            throw TextError(
                position: .init(line: first, column: 1), message: "a quoted cell has no end")
        }

        /// What stands between a closing quote and the end of the cell.
        private mutating func rest() -> [UInt8] {
            let start = place
            while place < bytes.count, bytes[place] != separator, !isLineEnd(bytes[place]) {
                place += 1
            }
            return Array(bytes[start..<place])
        }

        private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    }
}
