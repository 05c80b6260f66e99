internal import RuleLanguage

extension SourceError {
    /// How much of a line is shown on either side of an error, in characters.
    private static let reach = 60

    /// The line of the file's text that is meant, and below it a caret under the place; nothing
    /// where the error has no place in it.
    public func excerpt(of text: String) -> [String] {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.indices.contains(position.line - 1), position.column > 0 else { return [] }
        let line = Array(lines[position.line - 1])
        guard position.column <= line.count + 1 else { return [] }
        let place = position.column - 1
        let first = max(0, place - Self.reach)
        let last = min(line.count, place + Self.reach)
        // A tab is as wide above as it is below.
        let before = (first > 0 ? "…" : "") + String(line[first..<place])
        let after = String(line[place..<last]) + (last < line.count ? "…" : "")
        let gap = before.map { $0 == "\t" ? "\t" : " " }.joined()
        let carets = String(repeating: "^", count: max(1, min(position.length, last - place)))
        return ["    \(before)\(after)", "    \(gap)\(carets)"]
    }
}
