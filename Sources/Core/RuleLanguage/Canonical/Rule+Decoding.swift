public import Primitives

extension Rule {
    /// Reads canonical bytes; nothing else is accepted, not even one byte after them.
    ///
    /// The rule still has to be checked. Its parts have no positions.
    public static func decode(_ bytes: [UInt8]) throws(CBORError) -> Rule {
        guard bytes.count <= byteCountMax else {
            throw .outOfRange(offset: 0, what: "length of a rule", limit: UInt64(byteCountMax))
        }
        var reader = CBORReader(bytes)
        let count = try reader.map(atMost: 14)
        guard count >= 13 else {
            throw .unexpected(offset: 0, expected: "a map of 13 or 14", found: "another map")
        }
        try key(0, &reader)
        try reader.version(languageVersion)
        try key(1, &reader)
        let header = try RuleHeader.decode(from: &reader)
        try key(2, &reader)
        try reader.array(exactly: 2)
        let kind = Named(try Expression.name(&reader))
        let variable = Named(try Expression.name(&reader))
        try key(3, &reader)
        let filter = try optional(&reader)
        try key(4, &reader)
        let bindings = try bindings(&reader)
        try key(5, &reader)
        let condition = try Expression.decode(from: &reader)
        try key(6, &reader)
        var exceptions: [Expression] = []
        for _ in 0..<(try reader.array(atMost: 64)) {
            exceptions.append(try Expression.decode(from: &reader))
        }
        try key(7, &reader)
        let subject = try Expression.decode(from: &reader)
        try key(8, &reader)
        let violating = try names(&reader)
        try key(9, &reader)
        let involved = try names(&reader)
        try key(10, &reader)
        let amount = try optional(&reader)
        try key(11, &reader)
        let reason = try reason(&reader)
        try key(12, &reader)
        let predicates = try predicates(&reader)
        var derivations: [Derivation] = []
        if count == 14 {
            try key(13, &reader)
            derivations = try self.derivations(&reader)
        }
        try reader.finish()
        return Rule(
            header: header, kind: kind, variable: variable, filter: filter, bindings: bindings,
            condition: condition, exceptions: exceptions, subject: subject,
            violating: violating, involved: involved, amount: amount, reason: reason,
            predicates: predicates, derivations: derivations)
    }

    private static func key(_ wanted: UInt64, _ reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let found = try reader.unsigned()
        guard found == wanted else {
            throw .key(offset: start, key: wanted, problem: .missing)
        }
    }

    static func optional(
        _ reader: inout CBORReader
    ) throws(CBORError) -> Expression? {
        try reader.isNull() ? nil : try Expression.decode(from: &reader)
    }

    private static func names(_ reader: inout CBORReader) throws(CBORError) -> [Named] {
        var names: [Named] = []
        for _ in 0..<(try reader.array(atMost: 64)) {
            names.append(Named(try Expression.name(&reader)))
        }
        return names
    }

    private static func reason(_ reader: inout CBORReader) throws(CBORError) -> [ReasonPart] {
        var parts: [ReasonPart] = []
        for _ in 0..<(try reader.array(atMost: 256)) {
            parts.append(
                try reader.nextMajorType() == 3
                    ? .text(try Expression.name(&reader))
                    : .value(try Expression.decode(from: &reader)))
        }
        return parts
    }

    static func bindings(_ reader: inout CBORReader) throws(CBORError) -> [Binding] {
        var bindings: [Binding] = []
        for _ in 0..<(try reader.array(atMost: 64)) {
            try reader.array(exactly: 3)
            let name = Named(try Expression.name(&reader))
            let isValue = try reader.unsigned("form of binding", atMost: 1) == 1
            bindings.append(
                Binding(
                    name: name,
                    content: isValue
                        ? .value(try Expression.decode(from: &reader))
                        : .window(try WindowPhrase.decode(from: &reader))))
        }
        return bindings
    }

    private static func derivations(
        _ reader: inout CBORReader
    ) throws(CBORError) -> [Derivation] {
        let start = reader.offset
        var derivations: [Derivation] = []
        for _ in 0..<(try reader.array(atMost: Checker.derivationCountMax)) {
            let start = reader.offset
            let derivation = try Derivation.decode(from: &reader)
            if let last = derivations.last, !last.precedes(derivation) {
                throw .notDeterministic(offset: start, reason: "reasoning rules are not in order")
            }
            derivations.append(derivation)
        }
        guard !derivations.isEmpty else {
            throw .notDeterministic(offset: start, reason: "no reasoning rules are left out")
        }
        return derivations
    }

    private static func predicates(
        _ reader: inout CBORReader
    ) throws(CBORError) -> [Predicate] {
        var predicates: [Predicate] = []
        for _ in 0..<(try reader.array(atMost: 64)) {
            let start = reader.offset
            try reader.array(exactly: 4)
            let name = try Expression.name(&reader)
            if let last = predicates.last,
                !last.name.name.utf8.lexicographicallyPrecedes(name.utf8)
            {
                throw .notDeterministic(offset: start, reason: "predicates are not in order")
            }
            var parameters: [Predicate.Parameter] = []
            for _ in 0..<(try reader.array(atMost: 16)) {
                try reader.array(exactly: 2)
                parameters.append(
                    Predicate.Parameter(
                        name: Named(try Expression.name(&reader)),
                        type: Named(try Expression.name(&reader))))
            }
            predicates.append(
                Predicate(
                    name: Named(name), parameters: parameters,
                    bindings: try bindings(&reader),
                    condition: try Expression.decode(from: &reader)))
        }
        return predicates
    }
}
