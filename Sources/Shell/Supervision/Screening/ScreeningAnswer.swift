public import Primitives

/// What the rules of a node say of facts that are not on the ledger.
public struct ScreeningAnswer: Hashable, Sendable {
    /// What one rule says of one fact, where that is more than nothing.
    public struct Row: Hashable, Sendable {
        public enum Outcome: UInt8, CaseIterable, Sendable {
            case found = 1
            case excused = 2
            case notEvaluated = 3
            /// Not evaluated, because entries that matter are sealed to others.
            case sealed = 4
        }

        public let rule: String
        public let outcome: Outcome
        /// `finding-body` of `docs/formats/finding.md`, where it is found; else empty.
        public let body: [UInt8]
        /// The exception that holds, or why it was not evaluated.
        public let words: String

        public init(rule: String, outcome: Outcome, body: [UInt8], words: String) {
            self.rule = rule
            self.outcome = outcome
            self.body = body
            self.words = words
        }
    }

    /// A rule that was asked, by the hash under which it is in force.
    public struct Rule: Hashable, Sendable {
        public let id: String
        public let hash: Digest

        public init(id: String, hash: Digest) {
            self.id = id
            self.hash = hash
        }
    }

    /// The last block whose facts the rules had, and its time.
    public let height: Height
    public let anchored: Timestamp
    /// The leaf index of the first entry to be: leaves from here on are the question's own.
    public let firstLeaf: UInt64
    public let rules: [Rule]
    public let rows: [Row]

    public init(
        height: Height, anchored: Timestamp, firstLeaf: UInt64, rules: [Rule], rows: [Row]
    ) {
        self.height = height
        self.anchored = anchored
        self.firstLeaf = firstLeaf
        self.rules = rules
        self.rows = rows
    }
}

extension ScreeningAnswer {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 + rules.count * 48 + rows.count * 512)
        writer.array(6)
        writer.unsigned(1)
        writer.unsigned(height.blocks)
        writer.integer(anchored.milliseconds)
        writer.unsigned(firstLeaf)
        writer.array(rules.count)
        for rule in rules {
            writer.array(2)
            writer.text(rule.id)
            writer.digest(rule.hash)
        }
        writer.array(rows.count)
        for row in rows {
            writer.array(4)
            writer.text(row.rule)
            writer.unsigned(UInt64(row.outcome.rawValue))
            writer.bytes(row.body)
            writer.text(row.words)
        }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> ScreeningAnswer {
        try reading("answer to a screening", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 6)
            try reader.version(1)
            let height = Height(try reader.unsigned())
            let anchored = Timestamp(milliseconds: try reader.integer())
            let firstLeaf = try reader.unsigned()
            var rules: [Rule] = []
            for _ in 0..<(try reader.array(atMost: 4_096)) {
                try reader.array(exactly: 2)
                rules.append(Rule(id: try reader.text(atMost: 64), hash: try reader.digest()))
            }
            var rows: [Row] = []
            for _ in 0..<(try reader.array(atMost: 1 << 20)) { rows.append(try row(&reader)) }
            return ScreeningAnswer(
                height: height, anchored: anchored, firstLeaf: firstLeaf, rules: rules,
                rows: rows)
        }
    }

    private static func row(_ reader: inout CBORReader) throws(CBORError) -> Row {
        try reader.array(exactly: 4)
        let rule = try reader.text(atMost: 64)
        let start = reader.offset
        let code = UInt8(try reader.unsigned("outcome", atMost: 255))
        guard let outcome = Row.Outcome(rawValue: code) else {
            throw .unexpected(offset: start, expected: "an outcome, 1 to 4", found: "\(code)")
        }
        let body = Array(try reader.bytes())
        return Row(
            rule: rule, outcome: outcome, body: body, words: try reader.text(atMost: 1 << 20))
    }
}
