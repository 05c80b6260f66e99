internal import Records

/// Reading FHIR elements: absent is nil, the wrong type is an error, empty is an error.
extension JSONValue {
    func failure(_ error: InteropError) -> ElementError {
        ElementError(element: path, error: error)
    }

    func missing(_ key: String, _ expected: String) -> ElementError {
        ElementError(element: path(of: key), error: .missing(expected: expected))
    }

    func text() throws(ElementError) -> String {
        guard let string else {
            throw failure(.wrongType(expected: "a string", found: kindName))
        }
        guard !string.isEmpty else {
            throw failure(.notA(expected: "a text of at least one character", found: ""))
        }
        return string
    }

    func text(_ key: String) throws(ElementError) -> String? {
        guard let value = member(key) else { return nil }
        return try value.text()
    }

    /// The first of these members that is there.
    func firstText(of keys: String...) throws(ElementError) -> String? {
        for key in keys {
            if let text = try text(key) { return text }
        }
        return nil
    }

    func requiredText(_ key: String, _ expected: String) throws(ElementError) -> String {
        guard let text = try text(key) else { throw missing(key, expected) }
        return text
    }

    func flag(_ key: String) throws(ElementError) -> Bool? {
        guard let value = member(key) else { return nil }
        guard let bool = value.bool else {
            throw value.failure(.wrongType(expected: "true or false", found: value.kindName))
        }
        return bool
    }

    func object(_ key: String) throws(ElementError) -> JSONValue? {
        guard let value = member(key) else { return nil }
        guard value.isObject else {
            throw value.failure(.wrongType(expected: "an object", found: value.kindName))
        }
        return value
    }

    func requiredObject(_ key: String, _ expected: String) throws(ElementError) -> JSONValue {
        guard let value = try object(key) else { throw missing(key, expected) }
        return value
    }

    /// The objects of an array; none where it is absent.
    func objects(_ key: String) throws(ElementError) -> [JSONValue] {
        guard let value = member(key) else { return [] }
        guard value.isArray else {
            throw value.failure(.wrongType(expected: "an array", found: value.kindName))
        }
        var objects: [JSONValue] = []
        for element in value.elements {
            guard element.isObject else {
                throw element.failure(.wrongType(expected: "an object", found: element.kindName))
            }
            objects.append(element)
        }
        return objects
    }

    func time(_ key: String) throws(ElementError) -> FHIRTime? {
        guard let value = member(key) else { return nil }
        guard let string = value.string else {
            throw value.failure(.wrongType(expected: "a date or time", found: value.kindName))
        }
        guard let time = FHIRTime(value.bytes) else {
            throw value.failure(
                .notA(expected: "a date or a time with its zone, as FHIR has it", found: string))
        }
        return time
    }

    /// A whole number above zero, such as a sequence.
    func positive(_ key: String) throws(ElementError) -> Int64? {
        guard let value = member(key) else { return nil }
        guard let digits = value.number else {
            throw value.failure(.wrongType(expected: "a whole number", found: value.kindName))
        }
        guard let number = Int64(digits), number > 0 else {
            throw value.failure(.notA(expected: "a whole number from 1", found: digits))
        }
        return number
    }
}

/// Codes: a coding, or the first coding of a concept that has both a system and a code.
extension JSONValue {
    func coding() throws(ElementError) -> Code? {
        guard let system = try text("system"), let code = try text("code") else { return nil }
        return Code(system: CodeSystems.name(system), code: code)
    }

    func concept() throws(ElementError) -> Code? {
        for coding in try objects("coding") {
            if let code = try coding.coding() { return code }
        }
        return nil
    }

    func concept(_ key: String) throws(ElementError) -> Code? {
        try object(key)?.concept()
    }

    /// The code alone of the first coding that has one: for small value sets of FHIR's own.
    func bareCode(_ key: String) throws(ElementError) -> String? {
        guard let concept = try object(key) else { return nil }
        for coding in try concept.objects("coding") {
            if let code = try coding.text("code") { return code }
        }
        return nil
    }
}
