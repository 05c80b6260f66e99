/// Just enough of Swift's lexical grammar to tell code from comments and string literals.
enum SwiftText {
    /// The lines of `text` with comments and the text of string literals replaced by spaces.
    ///
    /// Code inside an interpolation stays. Line and column of everything that stays are kept.
    static func codeOnly(_ text: String) -> [String] {
        var scanner = Scanner(Array(text.utf8))
        scanner.run()
        return String(decoding: scanner.output, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private enum State {
        case code
        case lineComment
        case blockComment(depth: Int)
        case string(hashes: Int, isMultiline: Bool)
        /// Code inside `\(…)`, with this many parentheses open.
        case interpolation(parentheses: Int)
    }

    private struct Scanner {
        let input: [UInt8]
        var output: [UInt8] = []
        var position = 0
        var stack: [State] = [.code]

        /// Bytes that may begin a comment or a literal.
        private static let openers = Array("/\"#".utf8)
        /// Bytes that may end a comment or a literal, or escape something in it.
        private static let closers = Array("/*\"\\\n".utf8)

        init(_ input: [UInt8]) {
            self.input = input
            output.reserveCapacity(input.count)
        }

        mutating func run() {
            while position < input.count {
                switch stack[stack.count - 1] {
                case .code: scanCode()
                case .interpolation(let open): scanInterpolation(open)
                case .lineComment: scanLineComment()
                case .blockComment(let depth): scanBlockComment(depth)
                case .string(let hashes, let isMultiline): scanString(hashes, isMultiline)
                }
            }
        }

        private mutating func scanCode() {
            guard Self.openers.contains(input[position]) else { return keep() }
            if starts(with: "//") {
                stack.append(.lineComment)
                blank(2)
            } else if starts(with: "/*") {
                stack.append(.blockComment(depth: 1))
                blank(2)
            } else if let opening = openingQuote() {
                stack.append(.string(hashes: opening.hashes, isMultiline: opening.isMultiline))
                blank(opening.length)
            } else {
                keep()
            }
        }

        private mutating func scanInterpolation(_ open: Int) {
            let byte = input[position]
            if byte == UInt8(ascii: "(") {
                stack[stack.count - 1] = .interpolation(parentheses: open + 1)
                keep()
            } else if byte == UInt8(ascii: ")") {
                if open == 1 {
                    stack.removeLast()
                } else {
                    stack[stack.count - 1] = .interpolation(parentheses: open - 1)
                }
                keep()
            } else {
                scanCode()
            }
        }

        private mutating func scanLineComment() {
            if input[position] == UInt8(ascii: "\n") { stack.removeLast() }
            blank(1)
        }

        private mutating func scanBlockComment(_ depth: Int) {
            guard Self.closers.contains(input[position]) else { return blank(1) }
            if starts(with: "/*") {
                stack[stack.count - 1] = .blockComment(depth: depth + 1)
                blank(2)
            } else if starts(with: "*/") {
                if depth == 1 {
                    stack.removeLast()
                } else {
                    stack[stack.count - 1] = .blockComment(depth: depth - 1)
                }
                blank(2)
            } else {
                blank(1)
            }
        }

        private mutating func scanString(_ hashes: Int, _ isMultiline: Bool) {
            guard Self.closers.contains(input[position]) else { return blank(1) }
            let mark = String(repeating: "#", count: hashes)
            let quote = (isMultiline ? "\"\"\"" : "\"") + mark
            if starts(with: quote) {
                stack.removeLast()
                blank(quote.utf8.count)
            } else if starts(with: "\\" + mark + "(") {
                stack.append(.interpolation(parentheses: 1))
                blank(2 + hashes)
            } else if starts(with: "\\" + mark) {
                blank(2 + hashes)
            } else if input[position] == UInt8(ascii: "\n"), !isMultiline {
                // An unterminated literal ends with its line, so that one slip hides one line.
                stack.removeLast()
                blank(1)
            } else {
                blank(1)
            }
        }

        private func openingQuote() -> (hashes: Int, isMultiline: Bool, length: Int)? {
            var end = position
            while end < input.count, input[end] == UInt8(ascii: "#") { end += 1 }
            guard end < input.count, input[end] == UInt8(ascii: "\"") else { return nil }
            let hashes = end - position
            let isMultiline = input[end...].starts(with: "\"\"\"".utf8)
            return (hashes, isMultiline, hashes + (isMultiline ? 3 : 1))
        }

        private func starts(with text: String) -> Bool {
            input[position...].starts(with: text.utf8)
        }

        private mutating func keep() {
            output.append(input[position])
            position += 1
        }

        private mutating func blank(_ count: Int) {
            for byte in input[position..<min(position + count, input.count)] {
                output.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
            }
            position = min(position + count, input.count)
        }
    }
}
