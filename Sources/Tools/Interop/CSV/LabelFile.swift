internal import Records

/// What others know about the rows of a table, which are wrong, and how: a file, not code.
///
/// `docs/synthesis.md` says what the file may hold; `mappings/labelled/` has examples.
public struct LabelFile {
    /// One row that is labelled.
    public struct Label: Equatable, Sendable {
        /// The row as an import names it, `claims/c17`; nil where the label is about no row.
        public let record: String?
        /// In which way it is wrong, in the words of whoever labelled it.
        public let scheme: String
        /// The pattern of the catalogue that this is; empty where it is none.
        public let pattern: String
        public let subject: String
    }

    private let name: String
    private let files: [String]
    private let items: String?
    private let key: String?
    private let condition: CSVMapping.Condition?
    private let scheme: CSVValue
    private let subject: CSVValue
    private let patterns: [String: String]

    /// Reads a file of labels.
    ///
    /// - Throws: ``InteropError/badMapping(file:element:reason:)`` with the place in the file,
    ///   ``InteropError/unreadable(path:reason:)``.
    public init(path: String) throws(InteropError) {
        self = try CSVMapping.reading(
            try CSVMapping.bytes(of: path), path: path, LabelFile.init(root:))
    }

    private init(root: JSONValue) throws(ElementError) {
        try root.allow([
            "format", "name", "file", "items", "key", "when", "scheme", "subject", "patterns",
            "note",
        ])
        let format = try root.requiredText("format", "'custos labels 1'")
        guard format == "custos labels 1" else {
            throw ElementError(
                element: "format", error: .notA(expected: "'custos labels 1'", found: format))
        }
        name = try root.requiredText("name", "the name of the table whose rows are labelled")
        files = try root.fileNames()
        items = try root.text("items")
        key = try root.text("key")
        condition = try root.object("when").flatMapped(CSVMapping.Condition.init)
        scheme = try CSVValue(
            root.requiredObject("scheme", "in which way it is wrong"), lookups: [:])
        subject = try CSVValue(root.requiredObject("subject", "whom it is about"), lookups: [:])
        var patterns: [String: String] = [:]
        for (text, pattern) in try root.requiredObject("patterns", "what each scheme is").members {
            patterns[text] = try pattern.text()
        }
        self.patterns = patterns
    }

    /// The labels of the rows in a folder's files, in their order.
    ///
    /// - Throws: ``InteropError`` where a file or a row cannot be read.
    public func labels(in folder: String) throws(InteropError) -> [Label] {
        let wanted =
            scheme.columns + subject.columns + (condition.map { [$0.column] } ?? [])
            + (key.map { $0 == CSVMapping.lineKey ? [] : [$0] } ?? [])
        var labels: [Label] = []
        for file in files {
            var reader = try CSVImport.reader(
                try CSVImport.file(file, in: folder), items: items, wanted)
            let places = try reader.places(of: wanted, mapping: name)
            while let item = try reader.next() {
                switch item {
                case .problem(_, let error): throw .malformedCSV(error)
                case .row(let row):
                    if let condition, let place = places[condition.column],
                        !condition.holds(row.fields[place])
                    {
                        continue
                    }
                    labels.append(label(row, places))
                }
            }
        }
        return labels
    }

    private func label(_ row: CSVRow, _ places: [String: Int]) -> Label {
        func text(_ value: CSVValue) -> String {
            switch value.source {
            case .column(let column): places[column].map { row.fields[$0] } ?? ""
            case .constant(let text): text
            default: ""
            }
        }
        let named = key.map { key in
            let text = key == CSVMapping.lineKey ? "\(row.line)" : row.fields[places[key] ?? 0]
            return "\(name)/\(text)"
        }
        let scheme = text(scheme)
        return Label(
            record: named, scheme: scheme, pattern: patterns[scheme] ?? "", subject: text(subject))
    }
}
