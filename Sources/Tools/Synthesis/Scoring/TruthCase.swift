/// A planted case, as a file of truth tells of it.
public struct TruthCase: Sendable {
    let number: Int
    let scheme: String
    let pattern: String
    let also: [String]
    let difficulty: Difficulty
    let subject: String
    let actors: [String]
    let records: [String]
    let day: Int
    /// In minor units.
    let amount: Int

    /// Reads a file of truth; one with no rows tells that nothing was planted.
    ///
    /// - Throws: ``SynthesisError`` with file, line and column.
    public static func read(_ path: String) throws(SynthesisError) -> [TruthCase] {
        try TextTable(path: path, mayBeEmpty: true).map { row throws(SynthesisError) in
            guard let difficulty = Difficulty(rawValue: try row.text("difficulty")) else {
                throw row.failure("difficulty", "one of easy, near and camouflaged is right")
            }
            return TruthCase(
                number: try row.number("case"), scheme: try row.text("scheme"),
                pattern: try row.text("pattern"), also: try row.words("also"),
                difficulty: difficulty, subject: try row.text("subject"),
                actors: try row.words("actors"), records: try row.words("records"),
                day: try row.day("day"), amount: try row.money("amount"))
        }
    }
}
