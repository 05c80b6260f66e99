internal import RuleLanguage

/// Windows: `dispense of d.patient within 180d before d.date where drug in class('opioid')`.
extension ExpressionParser {
    /// The whole text as a window if it begins like one, with the name of a kind in `kinds`.
    static func window(
        _ text: String, at start: SourcePosition, places: [SourcePosition]? = nil,
        kinds: Set<String>
    ) throws(TextError) -> WindowPhrase? {
        var parser = try ExpressionParser(text, at: start, places: places)
        guard case .name(let kind) = parser.next.kind else { return nil }
        guard kinds.contains(kind) else {
            // No expression goes on with such a word, so a window is meant.
            guard parser.goesOnAsWindow else { return nil }
            let problem = RuleProblem.unknownKind(
                kind, nearest: NearestName.of(kind, in: kinds.sorted()))
            throw TextError(position: parser.next.position, message: "\(problem)")
        }
        guard parser.beginsWindow else { return nil }
        let window = try parser.window()
        guard parser.next.kind == .end else {
            throw parser.unexpected("the end, or one of \(parser.further(window))")
        }
        return window
    }

    private static let stretchWords = [
        "within", "before", "up to", "after", "from", "between", "on", "overlapping", "during",
        "covering",
    ]

    /// The words that can go on with a window of which this much stands.
    private func further(_ window: WindowPhrase) -> String {
        var words = window.filter == nil ? ["where"] : ["&&", "||"]
        if window.filter == nil, window.order == .any { words = ["earlier", "other"] + words }
        if window.filter == nil, window.order == .any, window.stretch == nil {
            words = Self.stretchWords + words
        }
        return words.joined(separator: ", ")
    }

    /// Whether what follows the first name is a word of a window.
    private var goesOnAsWindow: Bool {
        guard case .name(let word) = tokens[place + 1].kind else { return false }
        let words = Self.keyWords + Self.stretchWords + ["up", "other", "earlier", "where"]
        return words.contains(word)
    }

    /// Whether what follows the first name is a word of a window, or nothing.
    private var beginsWindow: Bool {
        goesOnAsWindow || [.symbol("["), .end].contains(tokens[place + 1].kind)
    }

    private mutating func window() throws(TextError) -> WindowPhrase {
        let kind = try name("a kind of fact")
        var times: [String] = []
        if take("[") {
            repeat { times.append(try name("a field").name) } while take(",")
            try expect("]")
        }
        var keys: [WindowPhrase.Key] = []
        // The five words mean the same, and may stand one after another.
        while takeKeyWord() {
            repeat { keys.append(try key()) } while take(word: "and")
        }
        let stretch = try stretch()
        var order = WindowPhrase.Order.any
        if take(word: "other") { order = .other } else if take(word: "earlier") { order = .earlier }
        let filter = take(word: "where") ? try expression() : nil
        return WindowPhrase(
            kind: kind.name, position: kind.position, times: times, keys: keys, stretch: stretch,
            order: order, filter: filter)
    }

    private static let keyWords = ["of", "by", "at", "for", "with"]

    private mutating func takeKeyWord() -> Bool {
        Self.keyWords.contains { take(word: $0) }
    }

    private mutating func key() throws(TextError) -> WindowPhrase.Key {
        if case .name(let field) = next.kind, tokens[place + 1].kind == .symbol("=") {
            place += 2
            return WindowPhrase.Key(field: field, value: try expression())
        }
        return WindowPhrase.Key(field: nil, value: try expression())
    }

    private mutating func stretch() throws(TextError) -> WindowPhrase.Stretch? {
        if take(word: "within") { return try within() }
        if take(word: "before") { return .before(try expression()) }
        if take(word: "after") { return .after(try expression()) }
        if take(word: "from") { return .from(try expression()) }
        if take(word: "on") { return .on(try expression()) }
        if take(word: "up") {
            try expect(word: "to")
            return .upTo(try expression())
        }
        if take(word: "between") {
            let first = try expression()
            try expect(word: "and")
            return .between(first, try expression())
        }
        if take(word: "overlapping") {
            let first = try expression()
            guard take(word: "to") else { return .overlapping(first) }
            return .overlappingRange(first, try expression())
        }
        if take(word: "during") {
            let first = try expression()
            try expect(word: "to")
            return .during(first, try expression())
        }
        if take(word: "covering") {
            let first = try expression()
            return .covering(first, take(word: "to") ? try expression() : first)
        }
        return nil
    }

    private mutating func within() throws(TextError) -> WindowPhrase.Stretch {
        let length = try expression()
        if take(word: "before") { return .withinBefore(length, try expression()) }
        if take(word: "after") { return .withinAfter(length, try expression()) }
        if take(word: "from") { return .withinFrom(length, try expression()) }
        if take(word: "around") { return .withinAround(length, try expression()) }
        guard take(word: "up") else {
            throw unexpected("before, up to, after, from or around")
        }
        try expect(word: "to")
        return .withinUpTo(length, try expression())
    }

    private mutating func expect(word: String) throws(TextError) {
        guard take(word: word) else { throw unexpected("'\(word)'") }
    }
}
