internal import Primitives

extension Derivation {
    func encode(into writer: inout CBORWriter) {
        writer.array(rule == nil ? 7 : 8)
        writer.text(name.name)
        writer.text(kind.name)
        writer.text(variable.name)
        Rule.encode(filter, into: &writer)
        Rule.encode(bindings, into: &writer)
        Rule.encode(condition, into: &writer)
        writer.array(gives.count)
        for given in gives {
            writer.array(2)
            writer.text(given.name.name)
            given.value.encode(into: &writer)
        }
        if let rule { writer.text(rule.name) }
    }

    static func decode(from reader: inout CBORReader) throws(CBORError) -> Derivation {
        let start = reader.offset
        let count = try reader.array(atMost: 8)
        guard count >= 7 else {
            throw .unexpected(
                offset: start, expected: "an array of 7 or 8", found: "an array of \(count)")
        }
        let name = Named(try Expression.name(&reader))
        let kind = Named(try Expression.name(&reader))
        let variable = Named(try Expression.name(&reader))
        let filter = try Rule.optional(&reader)
        let bindings = try Rule.bindings(&reader)
        let condition = try Rule.optional(&reader)
        var gives: [Given] = []
        for _ in 0..<(try reader.array(atMost: 64)) {
            try reader.array(exactly: 2)
            gives.append(
                Given(
                    name: Named(try Expression.name(&reader)),
                    value: try Expression.decode(from: &reader)))
        }
        let rule = count == 8 ? Named(try Expression.name(&reader)) : nil
        return Derivation(
            name: name, rule: rule, kind: kind, variable: variable, filter: filter,
            bindings: bindings, condition: condition, gives: gives)
    }
}
