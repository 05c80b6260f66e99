/// What a rule or a miner found, in the names of the institutions' own systems.
public struct FoundFinding: Sendable {
    public let rule: String
    /// Whom it is about: `P…` or `D…`, or another name of the source.
    public let subject: String
    /// The rows that break the rule, `table/id`; none where these are not known.
    public let records: [String]
    /// The other rows that it rests on.
    public let involved: [String]
    /// The day on which it was there first, since 1970-01-01; nil where that is not known.
    public let day: Int?
    /// In minor units; nil where the rule names none.
    public let amount: Int?
    /// Whether it still stands at the end.
    public let isOpen: Bool

    public init(
        rule: String, subject: String, records: [String], involved: [String] = [],
        day: Int?, amount: Int?, isOpen: Bool = true
    ) {
        self.rule = rule
        self.subject = subject
        self.records = records
        self.involved = involved
        self.day = day
        self.amount = amount
        self.isOpen = isOpen
    }

    /// The pattern of the catalogue: `RX-03b` is a rule for `RX-03`.
    var pattern: String {
        guard let last = rule.last, last.isLetter, last.isLowercase else { return rule }
        return String(rule.dropLast())
    }

    /// The columns of a table of findings.
    static let columns = ["rule", "subject", "records", "day", "amount", "open", "involved"]

    /// Reads a table of findings; one with no rows tells that nothing was found, and the column
    /// `involved` may be left out.
    ///
    /// - Throws: ``SynthesisError`` with file, line and column.
    public static func read(_ path: String) throws(SynthesisError) -> [FoundFinding] {
        try TextTable(path: path, mayBeEmpty: true).map { row throws(SynthesisError) in
            let hasDay = try !row.text("day").isEmpty
            let hasAmount = try !row.text("amount").isEmpty
            return FoundFinding(
                rule: try row.text("rule"), subject: try row.text("subject"),
                records: try row.words("records"),
                involved: try row.wordsIfThere("involved"), day: hasDay ? try row.day("day") : nil,
                amount: hasAmount ? try row.money("amount") : nil,
                isOpen: try row.text("open") != "false")
        }
    }

    /// A table of findings, as ``read(_:)`` reads it.
    public static func table(_ findings: [FoundFinding]) -> [UInt8] {
        var bytes = Array((columns.joined(separator: ",") + "\n").utf8)
        for finding in findings {
            var cells = RowText()
            cells.text(finding.rule)
            cells.text(finding.subject)
            cells.text(finding.records.joined(separator: " "))
            cells.day(finding.day)
            cells.money(finding.amount)
            cells.text(finding.isOpen ? "true" : "false")
            cells.text(finding.involved.joined(separator: " "))
            cells.end()
            bytes += cells.bytes
        }
        return bytes
    }
}
