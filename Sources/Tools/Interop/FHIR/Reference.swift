/// What a FHIR Reference says: where it leads, or by which identifier its target is known.
///
/// Read are `Type/id`, with a base and a version before and after it; `urn:uuid:id`; `#id` of a
/// contained resource; `Type?identifier=system|value`; and `identifier` beside or instead.
///
/// Source: FHIR R4, Reference; conditional references as in transactions.
struct Reference: Equatable {
    /// The type of the target, where the reference says it.
    let type: String?
    /// The target's logical id.
    let id: String?
    let isContained: Bool
    /// `system|value`, or the value alone where no system is given.
    let identifier: String?
    /// As it was written, or what else names the target; for messages.
    let text: String

    /// Reads a Reference; `assumed` is the type of a target that it does not say.
    init(_ value: JSONValue, as assumed: String? = nil) throws(ElementError) {
        let reference = try value.text("reference")
        var identifier = try value.object("identifier").flatMapped(Reference.identifier)
        let stated = try value.text("type") ?? assumed
        var (type, id) = (stated, String?.none)
        var isContained = false
        if let reference {
            if reference.hasPrefix("#") {
                isContained = true
                id = String(reference.dropFirst())
            } else if reference.hasPrefix("urn:uuid:") {
                id = String(reference.dropFirst(9))
            } else if reference.hasPrefix("urn:") {
                id = reference
            } else if let question = reference.firstIndex(of: "?") {
                type = type ?? String(reference[..<question])
                let query = reference[reference.index(after: question)...]
                if query.hasPrefix("identifier=") {
                    identifier = identifier ?? String(query.dropFirst(11))
                }
            } else {
                var parts = reference.split(separator: "/", omittingEmptySubsequences: true)
                if let history = parts.firstIndex(of: "_history") {
                    parts.removeSubrange(history...)
                }
                id = parts.popLast().map(String.init)
                type = type ?? parts.popLast().map(String.init)
            }
        }
        self.type = type
        self.id = id
        self.isContained = isContained
        self.identifier = identifier
        let display = try value.text("display")
        self.text = reference ?? identifier ?? display ?? ""
    }

    /// Whether the reference leads anywhere; one with a display alone does not.
    var hasTarget: Bool { id != nil || identifier != nil }

    /// Whether the target may be of this type: it is said to be, or nothing is said.
    func mayBe(_ type: String) -> Bool { self.type == nil || self.type == type }

    /// `system|value` of an Identifier, nil where it has no value.
    static func identifier(_ value: JSONValue) throws(ElementError) -> String? {
        guard let text = try value.text("value") else { return nil }
        guard let system = try value.text("system") else { return text }
        return "\(system)|\(text)"
    }
}

extension Optional {
    /// What `body` makes of the value, nil where there is none; keeps the type of the error.
    func flatMapped<Result>(
        _ body: (Wrapped) throws(ElementError) -> Result?
    ) throws(ElementError) -> Result? {
        guard let self else { return nil }
        return try body(self)
    }
}

extension JSONValue {
    /// The reference under a key, nil where there is none or it leads nowhere.
    func reference(_ key: String) throws(ElementError) -> Reference? {
        guard let value = try object(key) else { return nil }
        let reference = try Reference(value)
        return reference.hasTarget ? reference : nil
    }

    /// The first of these references that leads anywhere.
    func firstReference(of keys: String...) throws(ElementError) -> Reference? {
        for key in keys {
            if let reference = try reference(key) { return reference }
        }
        return nil
    }

    /// The contained resource with this local id.
    func contained(_ id: String) throws(ElementError) -> JSONValue? {
        for resource in try objects("contained") where resource.member("id")?.string == id {
            return resource
        }
        return nil
    }
}
