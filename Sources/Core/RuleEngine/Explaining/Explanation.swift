public import Primitives

/// Why a rule says what it says of one row: a proof tree with everything that was read.
public struct Explanation: Hashable, Sendable {
    /// What came of it, without the words.
    public enum Outcome: UInt8, Sendable, CaseIterable {
        case notConcerned = 1
        case clear = 2
        case excused = 3
        case found = 4
        case notEvaluated = 5
    }

    /// One expression, its value in words, and what the value comes from.
    public struct Node: Hashable, Sendable {
        public let text: String
        public let value: String
        /// What a look-up in a knowledge table gave, where the expression is one.
        public let row: TableRow?
        public let children: [Node]

        public init(text: String, value: String, row: TableRow?, children: [Node]) {
            self.text = text
            self.value = value
            self.row = row
            self.children = children
        }
    }

    /// A row of a knowledge table that was read.
    public struct TableRow: Hashable, Sendable {
        public let table: String
        public let hash: Digest
        public let keys: [String]
        /// First and last day on which it is valid; nil where there is no end.
        public let from: Day?
        public let to: Day?

        public init(table: String, hash: Digest, keys: [String], from: Day?, to: Day?) {
            self.table = table
            self.hash = hash
            self.keys = keys
            self.from = from
            self.to = to
        }
    }

    /// A part of the rule: `where`, `when`, `except` with the exception's name, or `with` the name
    /// of a window whose condition said something of each row.
    public struct Part: Hashable, Sendable {
        public let place: String
        public let name: String
        public let node: Node

        public init(place: String, name: String, node: Node) {
            self.place = place
            self.name = name
            self.node = node
        }
    }

    /// A window that was read, and the entries of its rows.
    public struct Window: Hashable, Sendable {
        public let name: String
        public let kind: String
        /// A leaf for each row.
        public let leaves: [UInt64]
        /// Why rows may be missing or too many; empty where they are not.
        public let undecided: String

        public init(name: String, kind: String, leaves: [UInt64], undecided: String) {
            self.name = name
            self.kind = kind
            self.leaves = leaves
            self.undecided = undecided
        }
    }

    /// A field of the judged row.
    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public let rule: String
    public let title: String
    public let ruleHash: Digest
    /// The entry whose row was judged, and which of its rows.
    public let leafIndex: UInt64
    public let ordinal: UInt32
    public let outcome: Outcome
    /// The outcome in words: the exception, or why it was not evaluated.
    public let verdict: String
    /// The known fields of the judged row.
    public let fields: [Field]
    public let parts: [Part]
    public let windows: [Window]

    public init(
        rule: String, title: String, ruleHash: Digest, leafIndex: UInt64, ordinal: UInt32,
        outcome: Outcome, verdict: String, fields: [Field], parts: [Part], windows: [Window]
    ) {
        self.rule = rule
        self.title = title
        self.ruleHash = ruleHash
        self.leafIndex = leafIndex
        self.ordinal = ordinal
        self.outcome = outcome
        self.verdict = verdict
        self.fields = fields
        self.parts = parts
        self.windows = windows
    }
}

extension Explanation.TableRow {
    /// The table, the keys, and the days on which it is valid where it has an end.
    var words: String {
        let from = from.map { " from \($0)" } ?? ""
        let to = to.map { " to \($0)" } ?? ""
        return "table \(table): \(keys.joined(separator: ", "))\(from)\(to)"
    }

    /// The days on which it is valid.
    var validity: String {
        switch (from, to) {
        case (nil, nil): "always"
        case (let from?, nil): "from \(from) on"
        case (nil, let to?): "to \(to)"
        case (let from?, let to?): "from \(from) to \(to)"
        }
    }
}

extension Explanation {
    /// The tree in words, a line each.
    public var text: String {
        var lines = ["\(rule), \(title)", "leaf \(leafIndex): \(verdict)"]
        for part in parts {
            lines.append(part.place == "with" ? "with \(part.name):" : "\(part.place):")
            Explanation.add(part.node, 1, to: &lines)
        }
        for window in windows {
            let count = window.leaves.count
            let leaves = window.leaves.map(String.init).joined(separator: ", ")
            lines.append(
                "window \(window.name): \(count) rows" + (count == 0 ? "" : ", leaves \(leaves)")
                    + (window.undecided.isEmpty ? "" : "; undecided: \(window.undecided)"))
        }
        return lines.joined(separator: "\n")
    }

    private static func add(_ node: Node, _ depth: Int, to lines: inout [String]) {
        let row = node.row.map { "  [\($0.words)]" }
        lines.append(
            String(repeating: "  ", count: depth) + "\(node.text) = \(node.value)" + (row ?? ""))
        for child in node.children { add(child, depth + 1, to: &lines) }
    }
}
