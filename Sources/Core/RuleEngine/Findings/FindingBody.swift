internal import Primitives
internal import RuleLanguage

/// Writes what a rule found, as `docs/formats/finding.md` has it.
struct FindingBody {
    let plan: Plan
    /// The subject; the name of its type is the rule's.
    let subject: Value
    let violating: [LeafPlace]
    let involved: [LeafPlace]
    let values: [(name: String, value: Value)]
    let amount: Value?
    /// What each exception gave; nil where that is unknown.
    let exceptions: [Bool?]
    let reason: String

    /// An entry by its place on the ledger.
    struct LeafPlace: Hashable, Comparable {
        let index: UInt64
        let hash: Digest

        static func < (left: LeafPlace, right: LeafPlace) -> Bool { left.index < right.index }
    }

    func encode() -> [UInt8] {
        let rule = plan.rule
        let header = rule.rule.header
        var writer = CBORWriter(reservingCapacity: 512)
        writer.map(14)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.text(header.id)
        writer.unsigned(2)
        writer.digest(rule.hash)
        writer.unsigned(3)
        writer.unsigned(Rule.languageVersion)
        writer.unsigned(4)
        writer.array(rule.tables.count)
        for table in rule.tables {
            writer.array(2)
            writer.text(plan.tables[table].schema.name)
            writer.digest(plan.tables[table].hash)
        }
        writer.unsigned(5)
        writer.array(2)
        writer.text(rule.subject.name)
        subject.encode(into: &writer)
        encodeLeaves(6, violating, &writer)
        encodeLeaves(7, involved, &writer)
        writer.unsigned(8)
        writer.array(values.count)
        for (name, value) in values {
            writer.array(2)
            writer.text(name)
            value.encode(into: &writer)
        }
        writer.unsigned(9)
        if let amount { amount.encode(into: &writer) } else { writer.null() }
        writer.unsigned(10)
        writer.unsigned(UInt64(header.result.rawValue))
        writer.unsigned(11)
        writer.array(header.basis.count)
        for basis in header.basis {
            writer.text(basis.note.isEmpty ? basis.law : "\(basis.law): \(basis.note)")
        }
        writer.unsigned(12)
        writer.array(exceptions.count)
        for (exception, held) in zip(rule.exceptions, exceptions) {
            writer.array(2)
            writer.text(exception.name)
            if let held { writer.bool(held) } else { writer.null() }
        }
        writer.unsigned(13)
        writer.text(reason)
        return writer.bytes
    }

    private func encodeLeaves(
        _ key: UInt64, _ leaves: [LeafPlace], _ writer: inout CBORWriter
    ) {
        writer.unsigned(key)
        writer.array(leaves.count)
        for leaf in leaves {
            writer.array(2)
            writer.unsigned(leaf.index)
            writer.digest(leaf.hash)
        }
    }
}
