internal import RuleLanguage

/// Reads the sentence that tells the reason: text, with expressions in braces.
enum ReasonParser {
    /// The parts of `text`, which begins at `start` in its file (``Lexer``); `{{` and `}}` are
    /// braces.
    static func parts(
        _ text: String, at start: SourcePosition, places: [SourcePosition]? = nil
    ) throws(TextError) -> [ReasonPart] {
        var parts: [ReasonPart] = []
        var plain = ""
        let characters = Array(text)
        var place = 0
        func position(_ place: Int) -> SourcePosition {
            places?[place] ?? SourcePosition(line: start.line, column: start.column + place)
        }
        while place < characters.count {
            let character = characters[place]
            let isDoubled = place + 1 < characters.count && characters[place + 1] == character
            if character == "{" || character == "}", isDoubled {
                plain.append(character)
                place += 2
            } else if character == "{" {
                guard let end = characters[place...].firstIndex(of: "}") else {
                    throw TextError(position: position(place), message: "this brace has no end")
                }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                let inner = String(characters[(place + 1)..<end])
                parts.append(
                    .value(
                        try ExpressionParser.expression(
                            inner, at: position(place + 1),
                            places: places.map { Array($0[(place + 1)...end]) })))
                place = end + 1
            } else {
                plain.append(character)
                place += 1
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        return parts
    }
}
