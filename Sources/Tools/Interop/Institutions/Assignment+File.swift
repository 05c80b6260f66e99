internal import Primitives

extension Assignment {
    /// Reads an assignment file.
    ///
    /// - Throws: ``InteropError/badMapping(file:element:reason:)``,
    ///   ``InteropError/malformedJSON(_:)``, ``InteropError/unreadable(path:reason:)``.
    public init(path: String) throws(InteropError) {
        guard let file = InputFile(path: path), file.format == .json else {
            throw .unreadable(path: path, reason: "an assignment is a .json file")
        }
        var reader = try LineReader(file, byteCountMax: 1 << 20)
        guard let bytes = try reader.next()?.bytes else {
            throw .unreadable(path: path, reason: "it is empty or longer than 1 MiB")
        }
        try self.init(bytes: bytes, file: path)
    }

    init(bytes: [UInt8], file: String) throws(InteropError) {
        self.init()
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(bytes).root
        } catch {
            throw .badMapping(file: file, element: "", reason: "\(error)")
        }
        do throws(ElementError) {
            try read(root)
        } catch {
            throw .badMapping(file: file, element: error.element, reason: "\(error.error)")
        }
    }

    private mutating func read(_ root: JSONValue) throws(ElementError) {
        for (key, value) in root.members {
            switch key {
            case "format":
                guard value.string == "custos assignment 1" else {
                    throw value.failure(
                        .notA(expected: "'custos assignment 1'", found: value.string ?? ""))
                }
            case "organizations": organizations = try Assignment.rules(root, key)
            case "payers": payers = try Assignment.rules(root, key)
            case "otherwise": otherwise = try Assignment.institution(value)
            case "patientIdentifiers": patientSystems = try Assignment.texts(value)
            case "practitionerIdentifiers": practitionerSystems = try Assignment.texts(value)
            case "zone": zoneMinutes = try Assignment.zone(value)
            case "note": continue
            default:
                throw value.failure(
                    .notA(
                        expected: "format, organizations, payers, otherwise, "
                            + "patientIdentifiers, practitionerIdentifiers, zone or note",
                        found: key))
            }
        }
        if root.member("format") == nil { throw root.missing("format", "'custos assignment 1'") }
    }

    private static func rules(
        _ root: JSONValue, _ key: String
    ) throws(ElementError) -> [AssignmentRule] {
        var rules: [AssignmentRule] = []
        for rule in try root.objects(key) {
            var conditions: [AssignmentCondition] = []
            var institutions: [InstitutionID] = []
            for (name, value) in rule.members {
                switch name {
                case "id": conditions.append(.id(try value.text()))
                case "identifier": conditions.append(.identifier(try value.text()))
                case "name": conditions.append(.name(try value.text()))
                case "type": conditions.append(.type(try value.text()))
                case "city": conditions.append(.city(try value.text()))
                case "state": conditions.append(.state(try value.text()))
                case "institution": institutions = [try institution(value)]
                case "spread":
                    for element in value.elements { institutions.append(try institution(element)) }
                default:
                    throw value.failure(
                        .notA(
                            expected: "id, identifier, name, type, city, state, institution "
                                + "or spread", found: name))
                }
            }
            guard !institutions.isEmpty else {
                throw rule.missing("institution", "an institution id, or 'spread' with several")
            }
            rules.append(AssignmentRule(conditions: conditions, institutions: institutions))
        }
        return rules
    }

    private static func institution(_ value: JSONValue) throws(ElementError) -> InstitutionID {
        let text = try value.text()
        guard let id = InstitutionID(text) else {
            throw value.failure(
                .notA(expected: "an institution id (1 to 32 of a-z, 0-9, -)", found: text))
        }
        return id
    }

    private static func texts(_ value: JSONValue) throws(ElementError) -> [String] {
        guard value.isArray else {
            throw value.failure(.wrongType(expected: "an array", found: value.kindName))
        }
        var texts: [String] = []
        for element in value.elements { texts.append(try element.text()) }
        return texts
    }

    private static func zone(_ value: JSONValue) throws(ElementError) -> Int16 {
        let text = try value.text()
        guard
            case .instant(_, let minutes) = FHIRTime(Array("2000-01-01T00:00:00\(text)".utf8)[...])
        else { throw value.failure(.notA(expected: "Z or ±hh:mm", found: text)) }
        return minutes
    }
}
