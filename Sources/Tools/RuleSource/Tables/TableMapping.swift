internal import Foundation
internal import RuleLanguage

/// How files that somebody publishes become a knowledge table (docs/rules.md).
public struct TableMapping: Sendable {
    public let table: String
    /// The files' names in the folder of the data; `.gz` may follow in the folder.
    public let files: [String]
    let format: SourceRows.Format
    let head: [(name: String, text: String)]
    let keys: [Column]
    let values: [Column]
    let validFrom: Moment?
    let validTo: Moment?
    /// Rows are taken where each of these columns has one of the words, or none of them.
    let only: [(column: String, words: [String])]
    let skip: [(column: String, words: [String])]
    /// Which of several rows with one key stands, while the others are left out; nil: two are an
    /// error.
    let doubles: Doubles?

    /// Which of several rows with one key stands.
    enum Doubles: String, Sendable, CaseIterable {
        case first
        /// The one that is valid longest, and of those the first.
        case longest
    }

    struct Column: Sendable {
        let name: String
        let type: String
        let system: String?
        let from: Source
        /// What a word of the source is called in the table; others stay as they are.
        let words: [String: String]
        let changes: [Change]
    }

    enum Source: Sendable {
        /// The first of these columns that a file has.
        case column([String])
        case constant(String)
    }

    /// What is done to the text of a cell.
    enum Change: String, Sendable, CaseIterable {
        case lower
        /// A dot after the third character, as ICD-10-CM writes codes.
        case icd10
        /// Blanks at both ends go.
        case trim
    }

    struct Moment: Sendable {
        let from: Source
        /// Words that say that there is no day.
        let none: [String]
    }

    /// Reads a mapping.
    ///
    /// - Throws: ``SourceError`` with file, line and column of the first thing that is wrong.
    public init(_ text: String, file: String) throws(SourceError) {
        do throws(TextError) {
            self = try TableMapping(try Document(text))
        } catch {
            throw SourceError(file: file, position: error.position, message: error.message)
        }
    }

    private static let headNames = ["title", "source", "licence", "note", "known from"]

    private init(_ document: Document) throws(TextError) {
        let fields = RuleFields(
            try document.fields(
                TableMapping.headNames + [
                    "table", "file", "format", "separator", "columns", "items", "keys", "values",
                    "valid from", "valid to", "only", "skip", "doubles",
                ]), in: document)
        table = try fields.required("table").text()
        var files: [String] = []
        for item in try fields.required("file").list() { files.append(try item.text()) }
        self.files = files
        format = try SourceRows.Format(fields)
        var head: [(name: String, text: String)] = []
        for name in TableMapping.headNames {
            if let value = fields[name] { head.append((name, try value.text())) }
        }
        self.head = head
        for name in ["title", "source", "licence"] { _ = try fields.required(name).text() }
        keys = try TableMapping.columns(try fields.required("keys"))
        values = try fields["values"].map(TableMapping.columns) ?? []
        validFrom = try fields["valid from"].map(TableMapping.moment)
        validTo = try fields["valid to"].map(TableMapping.moment)
        only = try fields["only"].map(TableMapping.words) ?? []
        skip = try fields["skip"].map(TableMapping.words) ?? []
        doubles = try fields["doubles"].map { field throws(TextError) in
            guard let doubles = Doubles(rawValue: try field.text()) else {
                throw field.error("only 'first' or 'longest' can stand here, or nothing")
            }
            return doubles
        }
    }

    private static func columns(_ document: Document) throws(TextError) -> [Column] {
        var columns: [Column] = []
        for item in try document.items() {
            let fields = RuleFields(
                try item.fields(["column", "type", "system", "from", "is", "words", "change"]),
                in: item)
            let type = try fields.required("type")
            guard RuleType(name: try type.text()) != nil else {
                let names = RuleType.named.map(\.name)
                let hint = NearestName.of(try type.text(), in: names)
                throw type.error(
                    "there is no such type"
                        + (hint.map { "; did you mean '\($0)'?" }
                            ?? "; there are \(names.joined(separator: ", "))"))
            }
            var words: [String: String] = [:]
            for (name, value) in try fields["words"]?.fields() ?? [] {
                words[name.name] = try value.text()
            }
            var changes: [Change] = []
            for item in try fields["change"]?.list() ?? [] {
                guard let change = Change(rawValue: try item.text()) else {
                    let names = Change.allCases.map(\.rawValue).joined(separator: ", ")
                    throw item.error("there is no such change; there are \(names)")
                }
                changes.append(change)
            }
            columns.append(
                Column(
                    name: try fields.required("column").text(), type: try type.text(),
                    system: try fields["system"]?.text(), from: try source(fields), words: words,
                    changes: changes))
        }
        return columns
    }

    private static func moment(_ document: Document) throws(TextError) -> Moment {
        let fields = RuleFields(try document.fields(["from", "is", "none"]), in: document)
        var none: [String] = []
        for item in try fields["none"]?.list() ?? [] { none.append(try item.text()) }
        return Moment(from: try source(fields), none: none)
    }

    /// `from: COLUMN`, a list of columns, or `is: TEXT`.
    private static func source(_ fields: RuleFields) throws(TextError) -> Source {
        if let constant = fields["is"] { return .constant(try constant.text()) }
        var columns: [String] = []
        for item in try fields.required("from").list() { columns.append(try item.text()) }
        return .column(columns)
    }

    private static func words(
        _ document: Document
    ) throws(TextError) -> [(column: String, words: [String])] {
        var conditions: [(column: String, words: [String])] = []
        for (name, value) in try document.fields() {
            var words: [String] = []
            for item in try value.list() { words.append(try item.text()) }
            conditions.append((name.name, words))
        }
        return conditions
    }
}
