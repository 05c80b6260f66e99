internal import RuleLanguage

/// Cuts the text of an expression into tokens, each with its place in the file.
struct Lexer {
    private let characters: [Character]
    private var place = 0
    private var line: Int
    private var column: Int
    /// Where each character stands, and the end; nil where they stand one after another.
    private let places: [SourcePosition]?

    private static let symbols = [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(",
        ")", "[", "]", ".", ",", "=",
    ]

    /// A lexer of `text`, which begins at `start` in its file; `places` says where each of its
    /// characters stands, and its end, where they do not stand one after another.
    init(_ text: String, at start: SourcePosition, places: [SourcePosition]? = nil) {
        self.places = places
        characters = Array(text)
        line = start.line
        column = start.column
    }

    mutating func tokens() throws(TextError) -> [Token] {
        var tokens: [Token] = []
        while true {
            skipSpace()
            guard place < characters.count else {
                tokens.append(Token(kind: .end, position: here(length: 1)))
                return tokens
            }
            tokens.append(try token())
        }
    }

    private func here(length: Int) -> SourcePosition {
        let (line, column) = places.map { ($0[place].line, $0[place].column) } ?? (line, column)
        return SourcePosition(line: line, column: column, length: length)
    }

    private mutating func skipSpace() {
        while place < characters.count, characters[place].isWhitespace { advance() }
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            if characters[place].isNewline {
                line += 1
                column = 1
            } else {
                column += 1
            }
            place += 1
        }
    }

    private mutating func token() throws(TextError) -> Token {
        let character = characters[place]
        if character.isLetter && character.isASCII || character == "_" { return name() }
        if character.isASCII && character.isNumber { return try number() }
        if character == "'" || character == "\"" { return try text(character) }
        for symbol in Self.symbols where characters[place...].starts(with: symbol) {
            let position = here(length: symbol.count)
            advance(symbol.count)
            return Token(kind: .symbol(symbol), position: position)
        }
        let hint = "&|".contains(character) ? "; did you mean '\(character)\(character)'?" : ""
        throw TextError(
            position: here(length: 1),
            message: "'\(character)' has no meaning in an expression" + hint)
    }

    private mutating func name() -> Token {
        let name = String(
            characters[place...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" })
        let position = here(length: name.count)
        advance(name.count)
        return Token(kind: .name(name), position: position)
    }

    private mutating func number() throws(TextError) -> Token {
        let digits = String(characters[place...].prefix { $0.isASCII && $0.isNumber })
        let rest = characters[(place + digits.count)...]
        let unit = String(rest.prefix { $0.isASCII && $0.isLetter })
        let position = here(length: digits.count + unit.count)
        if rest.first == ".", rest.dropFirst().first?.isNumber ?? false {
            throw TextError(
                position: position,
                message: "there are no floating point numbers here; write decimal('…')")
        }
        guard let number = Int64(digits) else {
            throw TextError(position: position, message: "\(digits) is too large a number")
        }
        advance(digits.count + unit.count)
        return Token(kind: try kind(number, unit, position), position: position)
    }

    private func kind(
        _ number: Int64, _ unit: String, _ position: SourcePosition
    ) throws(TextError) -> Token.Kind {
        let sizes: [String: Int64] = ["ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000]
        let days: [String: Int64] = ["d": 1, "w": 7]
        if unit.isEmpty { return .integer(number) }
        guard let size = days[unit] ?? sizes[unit] else {
            throw TextError(
                position: position,
                message: "there is no unit of time '\(unit)'; there are w, d, h, min, s and ms")
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: size)
        guard !overflow else {
            throw TextError(position: position, message: "that is too long a time")
        }
        return days[unit] == nil ? .milliseconds(product) : .days(product)
    }

    private mutating func text(_ quote: Character) throws(TextError) -> Token {
        let (start, first) = (here(length: 1), place)
        advance()
        var text = ""
        while place < characters.count, characters[place] != quote {
            var character = characters[place]
            if character == "\\" {
                advance()
                guard place < characters.count else { break }
                let escapes: [Character: Character] = [
                    "n": "\n", "t": "\t", "\\": "\\", "'": "'", "\"": "\"",
                ]
                guard let meant = escapes[characters[place]] else {
                    throw TextError(
                        position: here(length: 1),
                        message: "'\\\(characters[place])' is no escape; there are "
                            + "\\n, \\t, \\\\, \\' and \\\"")
                }
                character = meant
            }
            text.append(character)
            advance()
        }
        guard place < characters.count else {
            throw TextError(position: start, message: "the text that begins here has no end")
        }
        advance()
        let whole = SourcePosition(
            line: start.line, column: start.column, length: place - first)
        return Token(kind: .text(text), position: whole)
    }
}
