internal import Primitives

extension Rule {
    /// The version of the rule language, which stands in rules and in findings.
    public static let languageVersion: UInt64 = 1
    /// The longest canonical rule, in bytes.
    public static let byteCountMax = 1 << 18

    /// The canonical bytes, which the rule's hash covers.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 2_048)
        writer.map(derivations.isEmpty ? 13 : 14)
        writer.unsigned(0)
        writer.unsigned(Rule.languageVersion)
        writer.unsigned(1)
        header.encode(into: &writer)
        writer.unsigned(2)
        writer.array(2)
        writer.text(kind.name)
        writer.text(variable.name)
        writer.unsigned(3)
        Rule.encode(filter, into: &writer)
        writer.unsigned(4)
        Rule.encode(bindings, into: &writer)
        writer.unsigned(5)
        condition.encode(into: &writer)
        writer.unsigned(6)
        Expression.encode(exceptions, into: &writer)
        writer.unsigned(7)
        subject.encode(into: &writer)
        writer.unsigned(8)
        Rule.encode(violating, into: &writer)
        writer.unsigned(9)
        Rule.encode(involved, into: &writer)
        writer.unsigned(10)
        Rule.encode(amount, into: &writer)
        writer.unsigned(11)
        encodeReason(into: &writer)
        writer.unsigned(12)
        writer.array(used.count)
        for predicate in used { predicate.encode(into: &writer) }
        if !derivations.isEmpty {
            writer.unsigned(13)
            writer.array(derivations.count)
            for derivation in asked { derivation.encode(into: &writer) }
        }
        return writer.bytes
    }

    /// The predicates by name, so that the order of files does not change the bytes.
    private var used: [Predicate] {
        predicates.sorted {
            $0.name.name.utf8.lexicographicallyPrecedes($1.name.name.utf8)
        }
    }

    /// The reasoning rules by what they derive, and then by their names.
    private var asked: [Derivation] { derivations.sorted { $0.precedes($1) } }

    private func encodeReason(into writer: inout CBORWriter) {
        writer.array(reason.count)
        for part in reason {
            switch part {
            case .text(let text): writer.text(text)
            case .value(let expression): expression.encode(into: &writer)
            }
        }
    }

    static func encode(_ expression: Expression?, into writer: inout CBORWriter) {
        if let expression { expression.encode(into: &writer) } else { writer.null() }
    }

    private static func encode(_ names: [Named], into writer: inout CBORWriter) {
        writer.array(names.count)
        for name in names { writer.text(name.name) }
    }

    static func encode(_ bindings: [Binding], into writer: inout CBORWriter) {
        writer.array(bindings.count)
        for binding in bindings {
            writer.array(3)
            writer.text(binding.name.name)
            switch binding.content {
            case .window(let window):
                writer.unsigned(0)
                window.encode(into: &writer)
            case .value(let expression):
                writer.unsigned(1)
                expression.encode(into: &writer)
            }
        }
    }
}

extension Predicate {
    func encode(into writer: inout CBORWriter) {
        writer.array(4)
        writer.text(name.name)
        writer.array(parameters.count)
        for parameter in parameters {
            writer.array(2)
            writer.text(parameter.name.name)
            writer.text(parameter.type.name)
        }
        Rule.encode(bindings, into: &writer)
        condition.encode(into: &writer)
    }
}
