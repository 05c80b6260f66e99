internal import Records

/// How the rows of one table become drafts: a file, not code.
///
/// `docs/interop.md` says what the file may hold; `mappings/` has examples.
public struct CSVMapping: Equatable, Sendable {
    /// The table's name, for reports.
    public let name: String
    /// The files that hold the table, `poe.csv`, one after another; `.gz` may follow in the folder.
    public let files: [String]
    /// The member that is the array of rows, where the files are JSON; nil: they are CSV.
    let items: String?
    /// Added to times that are written without a zone: `Z` or `±hh:mm`.
    let zone: String
    /// The column whose text names a row, or `#` for its line; nil where rows have no name but
    /// the table's.
    let key: String?
    let lookups: [String: Lookup]
    let entries: [EntryRule]

    /// The key of who calls rows by their lines.
    static let lineKey = "#"

    /// Another table in which a key finds values.
    struct Lookup: Equatable, Sendable {
        let file: String
        let key: String
        let columns: [String]
        let condition: Condition?
    }

    /// Which rows are meant: those where a column holds one of these texts, or, where none are
    /// named, any text at all.
    struct Condition: Equatable, Sendable {
        let column: String
        let texts: Set<String>

        func holds(_ text: String) -> Bool {
            texts.isEmpty ? !text.isEmpty : texts.contains(text)
        }

        var words: String {
            texts.isEmpty ? "any text" : "one of \(texts.sorted().joined(separator: ", "))"
        }
    }

    /// One entry that a row becomes.
    struct EntryRule: Equatable, Sendable {
        let kind: EntryKind
        let condition: Condition?
        /// Who says it; nil: the issuer that the import was given.
        let issuer: CSVValue?
        let time: CSVValue
        /// Values of the subjects, by the name of the subject.
        let subjects: [SubjectName: CSVValue]
        let access: AccessRule?
        let facts: [FactRule]
        /// Whether the row travels along as the source document: not with an entry that names
        /// nobody, where the row does.
        let hasSource: Bool
    }

    enum SubjectName: String, CaseIterable, Sendable {
        case patient, practitioner, claim, prescription
    }

    /// The clear header of an access, each value in the words of `docs/formats/entry.md`.
    struct AccessRule: Equatable, Sendable {
        let action: CSVValue
        let purpose: CSVValue
        let basis: CSVValue
        let outcome: CSVValue
    }

    /// A column whose text holds several items, of which each becomes a fact.
    struct Items: Equatable, Sendable {
        let column: String
        let separator: Character
    }

    struct FactRule: Equatable, Sendable {
        let kind: FactKind
        let condition: Condition?
        /// One fact for each item, instead of one for the row.
        let items: Items?
        let fields: [(name: String, type: FactType, value: CSVValue)]

        static func == (left: FactRule, right: FactRule) -> Bool {
            left.kind == right.kind && left.condition == right.condition
                && left.items == right.items
                && left.fields.elementsEqual(right.fields) {
                    $0.name == $1.name && $0.type == $1.type && $0.value == $1.value
                }
        }
    }
}

/// Where a value comes from, and what is done to it.
struct CSVValue: Equatable, Sendable {
    enum Source: Equatable, Sendable {
        case column(String)
        case constant(String)
        /// The column of the lookup's row that the value of `by` finds.
        case lookup(String, by: String, column: String)
        case joined([CSVValue], separator: String)
        /// The item for which the fact is made, or which of them it is, from 1.
        case item
        case itemNumber
        case subject(CSVMapping.SubjectName)
        case issuer
        /// The same word as in the access header.
        case header(HeaderPart)
    }

    enum HeaderPart: String, Sendable {
        case action, purpose, basis, outcome
    }

    let source: Source
    var prefix = ""
    /// Texts that stand for unknown, beside the empty one.
    var unknowns: Set<String> = []
    var translations: [String: String] = [:]
    /// What a text becomes that has no translation; nil refuses it.
    var otherwise: String?
    /// Whether a text that is not of the type is unknown, rather than wrong.
    var isLenient = false
    var system: String?
    var currency: String?
    /// One value, for a quantity.
    var unit: [CSVValue] = []
    /// One value, for the id of a claim or prescription that another institution issued.
    var issuer: [CSVValue] = []

    init(_ source: Source) {
        self.source = source
    }

    /// The column that stands for the value in messages.
    var column: String {
        switch source {
        case .column(let name), .lookup(_, let name, _): name
        case .joined(let parts, _): parts.first?.column ?? ""
        case .constant(let text): "'\(text)'"
        case .subject(let name): name.rawValue
        case .issuer: "issuer"
        case .item, .itemNumber: "item"
        case .header(let part): part.rawValue
        }
    }

    /// All columns that the value reads.
    var columns: [String] {
        let own: [String]
        switch source {
        case .column(let name), .lookup(_, let name, _): own = [name]
        case .joined(let parts, _): own = parts.flatMap(\.columns)
        default: own = []
        }
        return own + unit.flatMap(\.columns) + issuer.flatMap(\.columns)
    }
}
