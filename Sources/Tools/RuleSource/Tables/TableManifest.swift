internal import RuleLanguage

/// What the manifest of a knowledge table says.
struct TableManifest {
    let schema: TableSchema
    let source: String
    let licence: String
    private let systems: [String: String]
    private let from: String?
    private let to: String?

    /// A column of the CSV file.
    struct Place {
        let name: String
        let index: Int
        let type: RuleType
        /// The system of codes that are written without one.
        let system: String?
    }

    struct Places {
        let keys: [Place]
        let values: [Place]
        let from: Int?
        let to: Int?
    }

    init(_ document: Document) throws(TextError) {
        let fields = RuleFields(
            try document.fields([
                "name", "title", "source", "licence", "keys", "values", "valid from", "valid to",
            ]), in: document)
        var systems: [String: String] = [:]
        let keys = try TableManifest.columns(try fields.required("keys"), &systems)
        let values = try fields["values"].map { document throws(TextError) in
            try TableManifest.columns(document, &systems)
        }
        from = try fields["valid from"]?.text()
        to = try fields["valid to"]?.text()
        schema = TableSchema(
            name: try fields.required("name").text(), keys: keys, values: values ?? [],
            hasValidity: from != nil || to != nil)
        source = try fields.required("source").text()
        licence = try fields.required("licence").text()
        self.systems = systems
    }

    private static func columns(
        _ document: Document, _ systems: inout [String: String]
    ) throws(TextError) -> [TableSchema.Column] {
        var columns: [TableSchema.Column] = []
        for item in try document.items() {
            let fields = RuleFields(try item.fields(["column", "type", "system"]), in: item)
            let name = try fields.required("column").text()
            let word = try fields.required("type")
            guard let type = RuleType(name: try word.text()) else {
                let nearest = NearestName.of(try word.text(), in: RuleType.named.map(\.name))
                throw word.error(
                    "there is no type '\(try word.text())'"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
            }
            systems[name] = try fields["system"]?.text()
            columns.append(TableSchema.Column(name: name, type: type))
        }
        return columns
    }

    /// Where the columns stand in the file.
    func columns(in head: CSVText.Line) throws(TextError) -> Places {
        Places(
            keys: try places(schema.keys, head), values: try places(schema.values, head),
            from: try from.map { name throws(TextError) in try index(name, head) },
            to: try to.map { name throws(TextError) in try index(name, head) })
    }

    private func places(
        _ columns: [TableSchema.Column], _ head: CSVText.Line
    ) throws(TextError) -> [Place] {
        var places: [Place] = []
        for column in columns {
            places.append(
                Place(
                    name: column.name, index: try index(column.name, head), type: column.type,
                    system: systems[column.name]))
        }
        return places
    }

    private func index(_ name: String, _ head: CSVText.Line) throws(TextError) -> Int {
        guard let index = head.cells.firstIndex(of: name) else {
            throw TextError(
                position: head.position,
                message: "there is no column '\(name)'; there are "
                    + head.cells.joined(separator: ", "))
        }
        return index
    }
}
