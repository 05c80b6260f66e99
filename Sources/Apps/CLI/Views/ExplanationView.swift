internal import Primitives
internal import RuleEngine

/// A proof tree as a program reads it.
struct ExplanationView: Encodable {
    let rule: String
    let title: String
    let ruleHash: String
    let leaf: UInt64
    let row: UInt32
    /// `notConcerned`, `clear`, `excused`, `found` or `notEvaluated`.
    let outcome: String
    let verdict: String
    /// The fields of the judged row that are known.
    let values: [Field]
    /// `where`, `when`, every exception that was tried and windows of derived facts, each with its
    /// tree.
    let parts: [Part]
    /// The windows that were read, with the entries of their rows.
    let windows: [Window]

    struct Field: Encodable {
        let name: String
        let value: String
    }

    struct Part: Encodable {
        let place: String
        let name: String
        let tree: Node
    }

    struct Node: Encodable {
        let expression: String
        let value: String
        let row: TableRow?
        let from: [Node]

        init(_ node: Explanation.Node) {
            expression = node.text
            value = node.value
            row = node.row.map(TableRow.init)
            from = node.children.map(Node.init)
        }
    }

    /// A row of a knowledge table, with the days on which it is valid.
    struct TableRow: Encodable {
        let table: String
        let hash: String
        let keys: [String]
        let validFrom: String?
        let validTo: String?

        init(_ row: Explanation.TableRow) {
            table = row.table
            hash = row.hash.description
            keys = row.keys
            validFrom = row.from?.description
            validTo = row.to?.description
        }
    }

    struct Window: Encodable {
        let name: String
        let kind: String
        let leaves: [UInt64]
        let undecided: String?
    }

    init(_ explanation: Explanation) {
        rule = explanation.rule
        title = explanation.title
        ruleHash = explanation.ruleHash.description
        leaf = explanation.leafIndex
        row = explanation.ordinal
        outcome = "\(explanation.outcome)"
        verdict = explanation.verdict
        values = explanation.fields.map { Field(name: $0.name, value: $0.value) }
        parts = explanation.parts.map {
            Part(place: $0.place, name: $0.name, tree: Node($0.node))
        }
        windows = explanation.windows.map {
            Window(
                name: $0.name, kind: $0.kind, leaves: $0.leaves,
                undecided: $0.undecided.isEmpty ? nil : $0.undecided)
        }
    }
}
