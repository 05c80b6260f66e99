internal import Primitives
internal import Records

extension CSVMapping {
    /// Reads a mapping file and checks all of it that does not need the table.
    ///
    /// - Throws: ``InteropError/badMapping(file:element:reason:)`` with the place in the file,
    ///   ``InteropError/unreadable(path:reason:)``.
    public init(path: String) throws(InteropError) {
        try self.init(bytes: try CSVMapping.bytes(of: path), path: path)
    }

    /// The bytes of a mapping, or of what else stands beside mappings.
    static func bytes(of path: String) throws(InteropError) -> [UInt8] {
        guard let file = InputFile(path: path), file.format == .json else {
            throw .unreadable(path: path, reason: "it is no .json file")
        }
        var reader = try LineReader(file, byteCountMax: 1 << 20)
        guard let bytes = try reader.next()?.bytes else {
            throw .unreadable(path: path, reason: "it is empty or longer than 1 MiB")
        }
        return bytes
    }

    /// What a file says, by what is to be made of it; its path stands in errors.
    static func reading<Value>(
        _ bytes: [UInt8], path: String, _ make: (JSONValue) throws(ElementError) -> Value
    ) throws(InteropError) -> Value {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(bytes).root
        } catch {
            throw .badMapping(file: path, element: "", reason: "\(error)")
        }
        do throws(ElementError) {
            return try make(root)
        } catch {
            throw .badMapping(file: path, element: error.element, reason: "\(error.error)")
        }
    }

    /// The mapping in a file, or those of a folder in the order of their names.
    ///
    /// - Throws: ``InteropError``, as ``init(path:)``.
    public static func list(_ path: String) throws(InteropError) -> [CSVMapping] {
        var mappings: [CSVMapping] = []
        for file in try InputFile.list([path], formats: [.json]) {
            mappings.append(try CSVMapping(path: file.path))
        }
        guard !mappings.isEmpty else {
            throw .unreadable(path: path, reason: "there is no mapping, a .json file")
        }
        return mappings
    }

    /// Reads a mapping from its bytes; `path` stands in errors.
    public init(bytes: [UInt8], path: String) throws(InteropError) {
        self = try CSVMapping.reading(bytes, path: path, CSVMapping.init(root:))
    }

    private init(root: JSONValue) throws(ElementError) {
        try root.allow([
            "format", "name", "file", "items", "zone", "key", "lookups", "entries", "note",
        ])
        let format = try root.requiredText("format", "'custos csv mapping 1'")
        guard format == "custos csv mapping 1" else {
            throw ElementError(
                element: "format", error: .notA(expected: "'custos csv mapping 1'", found: format))
        }
        name = try root.requiredText("name", "a name for the table")
        files = try root.fileNames()
        items = try root.text("items")
        key = try root.text("key")
        zone = try root.text("zone") ?? "Z"
        guard case .instant = FHIRTime(Array("2000-01-01T00:00:00\(zone)".utf8)[...]) else {
            throw ElementError(
                element: "zone", error: .notA(expected: "Z or ±hh:mm", found: zone))
        }
        var lookups: [String: Lookup] = [:]
        for (name, value) in try root.object("lookups")?.members ?? [] {
            lookups[name] = try Lookup(value)
        }
        self.lookups = lookups
        var entries: [EntryRule] = []
        for value in try root.objects("entries") {
            entries.append(try EntryRule(value, lookups: lookups))
        }
        guard !entries.isEmpty else { throw root.missing("entries", "one entry or more") }
        self.entries = entries
    }

    /// The columns of the table itself that the mapping reads.
    var columns: [String] {
        var columns: [String] = key.map { $0 == CSVMapping.lineKey ? [] : [$0] } ?? []
        for entry in entries {
            columns += entry.issuer?.columns ?? []
            columns += entry.time.columns + (entry.condition.map { [$0.column] } ?? [])
            for name in SubjectName.allCases { columns += entry.subjects[name]?.columns ?? [] }
            if let access = entry.access {
                columns += access.action.columns + access.purpose.columns
                columns += access.basis.columns + access.outcome.columns
            }
            for fact in entry.facts {
                columns += fact.condition.map { [$0.column] } ?? []
                columns += fact.items.map { [$0.column] } ?? []
                columns += fact.fields.flatMap(\.value.columns)
            }
        }
        return columns
    }
}

extension JSONValue {
    /// The text, or the texts of the list, of the member `file`.
    func fileNames() throws(ElementError) -> [String] {
        guard let list = member("file"), list.isArray else {
            return [try requiredText("file", "the table's file, such as 'poe.csv', or a list")]
        }
        var names: [String] = []
        for element in list.elements { names.append(try element.text()) }
        guard !names.isEmpty else { throw missing("file", "one file or more") }
        return names
    }
}

extension CSVMapping.Lookup {
    init(_ value: JSONValue) throws(ElementError) {
        try value.allow(["file", "key", "columns", "where"])
        file = try value.requiredText("file", "the file of the lookup")
        key = try value.requiredText("key", "the column that is looked up")
        guard let list = value.member("columns"), list.isArray else {
            throw value.missing("columns", "the columns that are wanted, as an array")
        }
        var columns: [String] = []
        for column in list.elements { columns.append(try column.text()) }
        self.columns = columns
        condition = try value.object("where").flatMapped(CSVMapping.Condition.init)
    }
}

extension CSVMapping.Condition {
    init(_ value: JSONValue) throws(ElementError) {
        try value.allow(["column", "in"])
        column = try value.requiredText("column", "a column")
        var texts: Set<String> = []
        if let list = value.member("in") {
            guard list.isArray else {
                throw value.missing("in", "the texts that are meant, as an array")
            }
            for element in list.elements { texts.insert(element.string ?? "") }
            if texts.isEmpty { throw value.missing("in", "one text or more") }
        }
        self.texts = texts
    }
}

extension CSVMapping.EntryRule {
    init(
        _ value: JSONValue, lookups: [String: CSVMapping.Lookup]
    ) throws(ElementError) {
        let names = CSVMapping.SubjectName.allCases.map(\.rawValue)
        try value.allow(["kind", "when", "issuer", "time", "access", "facts", "source"] + names)
        let kindName = try value.requiredText("kind", "a kind of entry")
        guard let kind = EntryKind(name: kindName), kind.hasPayload, kind != .finding else {
            throw ElementError(
                element: value.path(of: "kind"),
                error: .notA(expected: "a kind of entry with a payload", found: kindName))
        }
        self.kind = kind
        condition = try value.object("when").flatMapped(CSVMapping.Condition.init)
        issuer = try value.object("issuer").flatMapped { issuer throws(ElementError) in
            try CSVValue(issuer, lookups: lookups)
        }
        time = try CSVValue(
            value.requiredObject("time", "where the event time stands"), lookups: lookups)
        var subjects: [CSVMapping.SubjectName: CSVValue] = [:]
        for name in CSVMapping.SubjectName.allCases {
            guard let subject = try value.object(name.rawValue) else { continue }
            subjects[name] = try CSVValue(subject, lookups: lookups)
        }
        self.subjects = subjects
        access = try value.object("access").flatMapped { access throws(ElementError) in
            try CSVMapping.AccessRule(access, lookups: lookups)
        }
        if (kind == .access) != (access != nil) {
            throw value.missing("access", "an access header for an access, and for nothing else")
        }
        var facts: [CSVMapping.FactRule] = []
        for fact in try value.objects("facts") {
            facts.append(try CSVMapping.FactRule(fact, lookups: lookups))
        }
        self.facts = facts
        hasSource = try value.flag("source") ?? true
        for name in requiredSubjects where subjects[name] == nil {
            throw value.missing(name.rawValue, "its identifier: a \(kind) names it")
        }
    }
}

extension CSVMapping.EntryRule {
    /// The subjects without which an entry is refused, or its payload no evidence.
    var requiredSubjects: [CSVMapping.SubjectName] {
        switch kind {
        case .record:
            facts.contains { $0.kind.schema.fields.contains { $0.type == .patient } }
                || facts.isEmpty ? [.patient] : []
        case .claim, .claimResponse: [.patient, .claim]
        case .prescription: [.patient, .practitioner, .prescription]
        default: [.patient]
        }
    }
}

extension CSVMapping.AccessRule {
    init(_ value: JSONValue, lookups: [String: CSVMapping.Lookup]) throws(ElementError) {
        try value.allow(["action", "purpose", "basis", "outcome"])
        func part(_ key: String) throws(ElementError) -> CSVValue {
            try CSVValue(
                value.requiredObject(key, "where it comes from, or a constant"), lookups: lookups)
        }
        action = try part("action")
        purpose = try part("purpose")
        basis = try part("basis")
        outcome = try part("outcome")
    }
}

extension CSVMapping.Items {
    init(_ value: JSONValue) throws(ElementError) {
        try value.allow(["column", "separator"])
        column = try value.requiredText("column", "the column that holds the items")
        let text = try value.text("separator") ?? " "
        guard let separator = text.first, text.count == 1 else {
            throw ElementError(
                element: value.path(of: "separator"),
                error: .notA(expected: "one character", found: text))
        }
        self.separator = separator
    }
}

extension CSVMapping.FactRule {
    init(_ value: JSONValue, lookups: [String: CSVMapping.Lookup]) throws(ElementError) {
        try value.allow(["kind", "when", "each", "fields"])
        condition = try value.object("when").flatMapped(CSVMapping.Condition.init)
        items = try value.object("each").flatMapped(CSVMapping.Items.init)
        let name = try value.requiredText("kind", "a kind of fact")
        guard let kind = FactKind(name: name) else {
            let kinds = FactKind.allCases.map(\.name).joined(separator: ", ")
            throw ElementError(
                element: value.path(of: "kind"),
                error: .notA(expected: "a kind of fact: \(kinds)", found: name))
        }
        self.kind = kind
        var fields: [(name: String, type: FactType, value: CSVValue)] = []
        for (name, field) in try value.requiredObject("fields", "the fact's fields").members {
            guard let schema = kind.schema.field(named: name) else {
                let names = kind.schema.fields.map(\.name).joined(separator: ", ")
                throw field.failure(
                    .notA(expected: "a field of \(kind.name): \(names)", found: name))
            }
            let mapped = try CSVValue(field, lookups: lookups)
            try mapped.check(schema.type, at: field)
            if mapped.isOfItem, items == nil {
                throw value.missing("each", "the column with the items that 'item' means")
            }
            fields.append((name, schema.type, mapped))
        }
        self.fields = fields
    }
}
