internal import Primitives
internal import Records

extension CSVValue {
    init(_ value: JSONValue, lookups: [String: CSVMapping.Lookup]) throws(ElementError) {
        guard value.isObject else {
            throw value.failure(.wrongType(expected: "an object", found: value.kindName))
        }
        try value.allow([
            "column", "constant", "lookup", "by", "join", "with", "id", "header", "item", "prefix",
            "unknown", "map", "otherwise", "lenient", "system", "unit", "currency", "issuer",
        ])
        self.init(try CSVValue.source(of: value, lookups: lookups))
        prefix = try value.text("prefix") ?? ""
        if let texts = value.member("unknown") {
            for text in texts.elements { unknowns.insert(text.string ?? "") }
        }
        for (text, translation) in try value.object("map")?.members ?? [] {
            translations[text] = try translation.text()
        }
        otherwise = try value.text("otherwise")
        isLenient = try value.flag("lenient") ?? false
        system = try value.text("system")
        currency = try value.text("currency")
        if let unit = try value.object("unit") {
            self.unit = [try CSVValue(unit, lookups: lookups)]
        }
        if let issuer = try value.object("issuer") {
            self.issuer = [try CSVValue(issuer, lookups: lookups)]
        }
    }

    private static func source(
        of value: JSONValue, lookups: [String: CSVMapping.Lookup]
    ) throws(ElementError) -> Source {
        if let name = try value.text("lookup") { return try lookup(name, value, lookups) }
        if let column = try value.text("column") { return .column(column) }
        if let text = try value.text("constant") { return .constant(text) }
        if let name = try value.text("id") {
            if name == "issuer" { return .issuer }
            guard let subject = CSVMapping.SubjectName(rawValue: name) else {
                throw ElementError(
                    element: value.path(of: "id"),
                    error: .notA(
                        expected: "patient, practitioner, claim, prescription or issuer",
                        found: name))
            }
            return .subject(subject)
        }
        if let name = try value.text("header") {
            guard let part = HeaderPart(rawValue: name) else {
                throw ElementError(
                    element: value.path(of: "header"),
                    error: .notA(expected: "action, purpose, basis or outcome", found: name))
            }
            return .header(part)
        }
        if let name = try value.text("item") {
            guard name == "text" || name == "number" else {
                throw ElementError(
                    element: value.path(of: "item"),
                    error: .notA(expected: "text or number", found: name))
            }
            return name == "text" ? .item : .itemNumber
        }
        var parts: [CSVValue] = []
        for part in try value.objects("join") {
            parts.append(try CSVValue(part, lookups: lookups))
        }
        guard !parts.isEmpty else {
            throw value.failure(
                .missing(expected: "one of column, constant, lookup, id, header, item and join"))
        }
        return .joined(parts, separator: try value.text("with") ?? " ")
    }

    private static func lookup(
        _ name: String, _ value: JSONValue, _ lookups: [String: CSVMapping.Lookup]
    ) throws(ElementError) -> Source {
        guard let lookup = lookups[name] else {
            let names = lookups.keys.sorted().joined(separator: ", ")
            throw ElementError(
                element: value.path(of: "lookup"),
                error: .notA(expected: "one of the lookups: \(names)", found: name))
        }
        let column = try value.requiredText("column", "a column of the lookup")
        guard lookup.columns.contains(column) else {
            throw ElementError(
                element: value.path(of: "column"),
                error: .notA(
                    expected: "one of \(lookup.columns.joined(separator: ", "))", found: column))
        }
        return .lookup(
            name, by: try value.requiredText("by", "the column to look up"), column: column)
    }

    /// Whether it speaks of the item for which a fact is made.
    var isOfItem: Bool {
        switch source {
        case .item, .itemNumber: true
        case .joined(let parts, _): parts.contains(where: \.isOfItem)
        default: (unit + issuer).contains(where: \.isOfItem)
        }
    }

    /// Throws where the value can never be of the field's type.
    func check(_ type: FactType, at value: JSONValue) throws(ElementError) {
        func need(_ present: Bool, _ key: String, _ expected: String) throws(ElementError) {
            if !present { throw value.missing(key, expected) }
        }
        switch type {
        case .code, .codes: try need(system != nil, "system", "the system that the code is from")
        case .money:
            try need(currency.flatMap(Currency.init) != nil, "currency", "a currency of ISO 4217")
        case .quantity: try need(!unit.isEmpty, "unit", "where the unit stands, or a constant")
        case .patient: try need(source == .subject(.patient), "id", "'patient'")
        case .practitioner: try need(source == .subject(.practitioner), "id", "'practitioner'")
        case .claim: try need(source == .subject(.claim), "id", "'claim'")
        case .prescription: try need(source == .subject(.prescription), "id", "'prescription'")
        case .institution: try need(source == .issuer, "id", "'issuer'")
        case .text, .integer, .decimal, .date, .instant, .bool: return
        }
    }
}

extension JSONValue {
    /// Throws at the first member whose key is none of these.
    func allow(_ keys: [String]) throws(ElementError) {
        for (key, value) in members where !keys.contains(key) {
            throw value.failure(
                .notA(expected: "one of \(keys.joined(separator: ", "))", found: key))
        }
    }
}
