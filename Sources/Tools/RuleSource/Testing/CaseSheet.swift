internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage

/// Cases as rows of a sheet, each of which stands for itself: `ID.tests.csv` (docs/rules.md).
///
/// The column `NAME` says of which kind the fact of that name is, and `NAME.FIELD` what it has in
/// a field. Facts stand on the ledger in the order of their columns.
struct CaseSheet {
    private static let ownColumns = ["case", "expect", "flags", "says", "because", "now"]
    private static let sealedColumns = RuleTestReader.entryFields.map { "sealed.\($0)" }

    private let columns: [Document]
    private let names: [String]
    /// The names of facts, in the order of their columns.
    private let facts: [String]

    static func cases(_ text: String) throws(TextError) -> [RuleTestFile.Case] {
        // Where a comma stands in numbers, programs for sheets write semicolons between cells.
        let head = text.prefix { !$0.isNewline }
        let separator: Character = head.contains(",") ? "," : ";"
        do throws(TextError) {
            return try cases(try CSVRows.rows(text, separator: separator))
        } catch {
            throw TextError(
                position: CSVRows.position(ofCell: error.position, in: text, separator: separator),
                message: error.message)
        }
    }

    /// The cases of rows; what is wrong has the number of the cell in place of a column.
    private static func cases(
        _ rows: [(line: Int, cells: [String])]
    ) throws(TextError) -> [RuleTestFile.Case] {
        guard let first = rows.first else {
            throw TextError(position: .none, message: "the first line must name the columns")
        }
        let sheet = try CaseSheet(first.line, first.cells)
        var cases: [RuleTestFile.Case] = []
        for row in rows.dropFirst() where row.cells.contains(where: { !$0.isEmpty }) {
            cases.append(try sheet.testCase(row.line, row.cells))
        }
        guard !cases.isEmpty else {
            throw TextError(position: .none, message: "there are no cases here")
        }
        return cases
    }

    private static func cell(_ text: String, _ line: Int, _ place: Int) -> Document {
        Document(cell: text, at: SourcePosition(line: line, column: place + 1))
    }

    private init(_ line: Int, _ names: [String]) throws(TextError) {
        self.names = names
        columns = names.enumerated().map { Self.cell($1, line, $0) }
        facts = names.filter { !$0.isEmpty && !$0.contains(".") && !Self.ownColumns.contains($0) }
        let known = Self.ownColumns + facts
        for (name, column) in zip(names, columns) where !name.isEmpty {
            guard names.count(where: { $0 == name }) == 1 else {
                throw column.error("the column '\(name)' stands twice")
            }
            let fact = name.split(separator: ".").first.map(String.init) ?? name
            guard !known.contains(fact), !Self.sealedColumns.contains(name) else { continue }
            let nearest =
                NearestName.of(name, in: Self.sealedColumns)
                ?? NearestName.of(fact, in: facts)
            throw column.error(
                "no column '\(fact)' says of which kind the fact is"
                    + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
        }
        for needed in ["case", "expect"] where !names.contains(needed) {
            throw Self.cell("", line, 0).error(
                "the column '\(needed)' is missing; there are " + names.joined(separator: ", "))
        }
    }

    private func testCase(
        _ line: Int, _ cells: [String]
    ) throws(TextError) -> RuleTestFile.Case {
        guard cells.count == names.count else {
            throw Self.cell("", line, 0).error(
                "\(cells.count) cells; the first line names \(names.count) columns")
        }
        var fields: [(name: Named, value: Document)] = []
        for (place, text) in cells.enumerated() where !text.isEmpty && !names[place].isEmpty {
            let name = Named(names[place], at: columns[place].position)
            fields.append((name, Self.cell(text, line, place)))
        }
        let row = RuleFields(fields, in: Self.cell("", line, 0))
        let sketches = try sketches(fields)
        var anchored: [AnchoredFact] = []
        for (number, sketch) in sketches.enumerated() {
            anchored.append(try sketch.sketch.anchored(leaf: UInt64(number + 1)))
        }
        let flags = try row["flags"].map { value throws(TextError) in
            try numbers(value, sketches.map(\.name))
        }
        return RuleTestFile.Case(
            name: try row.required("case").text(),
            now: try row["now"].map { value throws(TextError) in try FactText.moment(value) },
            facts: anchored, sealed: try sealed(fields, row),
            expected: try RuleTestReader.expectation(try row.required("expect")),
            flags: flags, says: try row["says"]?.text(),
            because: try row["because"]?.text())
    }

    /// The numbers of the facts that a cell names, from 1.
    private func numbers(
        _ cell: Document, _ facts: [String]
    ) throws(TextError) -> [UInt64] {
        var numbers: [UInt64] = []
        for item in try cell.items() {
            let name = try item.text()
            guard let number = facts.firstIndex(of: name) else {
                throw item.error(
                    "there is no fact '\(name)' in this case; there are "
                        + facts.joined(separator: ", "))
            }
            numbers.append(UInt64(number + 1))
        }
        return numbers.sorted()
    }

    /// The facts of a case.
    private func sketches(
        _ fields: [(name: Named, value: Document)]
    ) throws(TextError) -> [(name: String, sketch: FactSketch)] {
        var sketches: [(name: String, sketch: FactSketch)] = []
        for name in facts {
            guard let kind = fields.first(where: { $0.name.name == name })?.value else { continue }
            guard let found = FactKind(name: try kind.text()) else {
                throw kind.error(FactSketch.unknownKind(try kind.text()))
            }
            sketches.append((name, FactSketch(found, at: kind)))
        }
        for (name, value) in fields where !Self.sealedColumns.contains(name.name) {
            let parts = name.name.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            guard let place = sketches.firstIndex(where: { $0.name == parts[0] }) else {
                throw value.error(
                    "there is no fact '\(parts[0])' in this case; its kind stands in the column "
                        + "'\(parts[0])'")
            }
            try sketches[place].sketch.checkName(
                parts[1], at: Document(cell: name.name, at: name.position))
            try sketches[place].sketch.set(parts[1], to: value)
        }
        return sketches
    }

    /// The entry that is sealed to others, where the case has one.
    private func sealed(
        _ fields: [(name: Named, value: Document)], _ row: RuleFields
    ) throws(TextError) -> [SealedEntry] {
        let said = fields.filter { Self.sealedColumns.contains($0.name.name) }.map {
            (name: Named(String($0.name.name.dropFirst(7)), at: $0.name.position), value: $0.value)
        }
        guard let first = said.first else { return [] }
        return [try RuleTestReader.entry(RuleFields(said, in: first.value), leaf: 1_000)]
    }
}
