/// Writes what was planted, in a table that rules never read.
///
/// Columns: see `docs/synthesis.md`.
final class TruthFile: TruthSink {
    private let file: SharedFile
    private(set) var count = 0

    static let columns = [
        "case", "scheme", "pattern", "also", "difficulty", "subject_kind", "subject", "actors",
        "records", "day", "amount",
    ]

    init(_ path: String) throws(SynthesisError) {
        file = try SharedFile(path)
        try file.append(Array((TruthFile.columns.joined(separator: ",") + "\n").utf8))
    }

    func write(_ planted: PlantedCase) throws(SynthesisError) {
        count += 1
        var cells = RowText()
        cells.number(planted.number)
        cells.text(planted.scheme.name)
        cells.text(planted.scheme.pattern)
        cells.text(planted.scheme.also.joined(separator: " "))
        cells.text(planted.difficulty.rawValue)
        cells.text(planted.subjectKind)
        cells.text(planted.subject)
        cells.text(planted.actors.joined(separator: " "))
        cells.text(planted.records.joined(separator: " "))
        cells.day(planted.day)
        cells.money(planted.amount)
        cells.end()
        try file.append(cells.bytes)
    }

    func finish() throws(SynthesisError) { try file.flush() }
}
