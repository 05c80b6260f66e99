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

    /// Goes through bytes row by row; line feed, carriage return and both end a line.
    private struct Scanner {
        private let bytes: [UInt8]
        private let separator: UInt8
        private var place = 0
        private var line = 1

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
            while true {
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
