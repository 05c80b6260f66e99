/// A planted case, as a file of truth tells of it.
public struct TruthCase: Sendable {
    let number: Int
    let scheme: String
    let pattern: String
    let also: [String]
    /// Nil where nobody said how hard it is to see.
    let difficulty: Difficulty?
    let subject: String
    let actors: [String]
    let records: [String]
    let day: Int
    /// In minor units.
    let amount: Int

    init(
        number: Int, scheme: String, pattern: String, also: [String], difficulty: Difficulty?,
        subject: String, actors: [String], records: [String], day: Int, amount: Int
    ) {
        self.number = number
        self.scheme = scheme
        self.pattern = pattern
        self.also = also
        self.difficulty = difficulty
        self.subject = subject
        self.actors = actors
        self.records = records
        self.day = day
        self.amount = amount
    }

    /// A case that somebody else labelled.
    ///
    /// A `pattern` that is empty is none of the catalogue, and a case without a `record` is told
    /// by its subject.
    public init(
        labelled number: Int, scheme: String, pattern: String, subject: String, record: String?
    ) {
        self.init(
            number: number, scheme: scheme, pattern: pattern.isEmpty ? "none" : pattern, also: [],
            difficulty: nil, subject: subject, actors: [], records: record.map { [$0] } ?? [],
            day: 0, amount: 0)
    }

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
