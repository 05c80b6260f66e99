internal import Primitives
public import RuleEngine

/// Why a rule found something, or did not, as trees and in words.
public struct ExplanationAnswer: Hashable, Sendable {
    /// For people.
    public let text: String
    /// A tree for each row that was judged.
    public let explanations: [Explanation]
    /// Leaves of the subject's entries that may hold such rows and cannot be opened here.
    public let sealed: [UInt64]

    public init(text: String, explanations: [Explanation], sealed: [UInt64] = []) {
        self.text = text
        self.explanations = explanations
        self.sealed = sealed
    }

    /// The most trees in one answer.
    public static let treeCountMax = 256
    /// The most leaves in one of its lists.
    private static let leafCountMax = 1 << 20
}

extension ExplanationAnswer {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 4_096)
        writer.array(4)
        writer.unsigned(1)
        writer.text(text)
        writer.array(explanations.count)
        for explanation in explanations { explanation.encode(into: &writer) }
        writer.leaves(sealed)
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> ExplanationAnswer {
        try reading("explanation", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 4)
            try reader.version(1)
            let text = try reader.text(atMost: 1 << 24)
            var explanations: [Explanation] = []
            for _ in 0..<(try reader.array(atMost: treeCountMax)) {
                explanations.append(try Explanation(from: &reader))
            }
            return ExplanationAnswer(
                text: text, explanations: explanations, sealed: try reader.leaves())
        }
    }
}

extension Explanation {
    fileprivate func encode(into writer: inout CBORWriter) {
        writer.array(10)
        writer.text(rule)
        writer.text(title)
        writer.digest(ruleHash)
        writer.unsigned(leafIndex)
        writer.unsigned(UInt64(ordinal))
        writer.unsigned(UInt64(outcome.rawValue))
        writer.text(verdict)
        writer.array(fields.count)
        for field in fields {
            writer.array(2)
            writer.text(field.name)
            writer.text(field.value)
        }
        writer.array(parts.count)
        for part in parts {
            writer.array(3)
            writer.text(part.place)
            writer.text(part.name)
            part.node.encode(into: &writer)
        }
        writer.array(windows.count)
        for window in windows {
            writer.array(4)
            writer.text(window.name)
            writer.text(window.kind)
            writer.leaves(window.leaves)
            writer.text(window.undecided)
        }
    }

    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 10)
        let rule = try reader.text(atMost: 64)
        let title = try reader.text(atMost: 4_096)
        let ruleHash = try reader.digest()
        let leafIndex = try reader.unsigned()
        let ordinal = UInt32(try reader.unsigned("ordinal", atMost: UInt64(UInt32.max)))
        let start = reader.offset
        let code = UInt8(try reader.unsigned("outcome", atMost: 255))
        guard let outcome = Outcome(rawValue: code) else {
            throw .unexpected(offset: start, expected: "an outcome, 1 to 5", found: "\(code)")
        }
        let verdict = try reader.text(atMost: 1 << 20)
        let fields = try reader.list(atMost: 1 << 20) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            return Field(name: try reader.text(atMost: 64), value: try reader.text(atMost: 1 << 20))
        }
        let parts = try reader.list(atMost: 1 << 20) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            return Part(
                place: try reader.text(atMost: 64), name: try reader.text(atMost: 4_096),
                node: try Node(from: &reader, depth: 0))
        }
        let windows = try reader.list(atMost: 1 << 20) { reader throws(CBORError) in
            try reader.array(exactly: 4)
            return Window(
                name: try reader.text(atMost: 4_096), kind: try reader.text(atMost: 64),
                leaves: try reader.leaves(), undecided: try reader.text(atMost: 1 << 20))
        }
        self.init(
            rule: rule, title: title, ruleHash: ruleHash, leafIndex: leafIndex,
            ordinal: ordinal, outcome: outcome, verdict: verdict, fields: fields, parts: parts,
            windows: windows)
    }
}

extension Explanation.Node {
    fileprivate func encode(into writer: inout CBORWriter) {
        writer.array(4)
        writer.text(text)
        writer.text(value)
        if let row {
            writer.array(5)
            writer.text(row.table)
            writer.digest(row.hash)
            writer.array(row.keys.count)
            for key in row.keys { writer.text(key) }
            writer.day(row.from)
            writer.day(row.to)
        } else {
            writer.null()
        }
        writer.array(children.count)
        for child in children { child.encode(into: &writer) }
    }

    fileprivate init(from reader: inout CBORReader, depth: Int) throws(CBORError) {
        guard depth < 256 else {
            throw .outOfRange(offset: reader.offset, what: "depth of a tree", limit: 256)
        }
        try reader.array(exactly: 4)
        let text = try reader.text(atMost: 1 << 20)
        let value = try reader.text(atMost: 1 << 20)
        var row: Explanation.TableRow?
        if try !reader.isNull() {
            try reader.array(exactly: 5)
            row = Explanation.TableRow(
                table: try reader.text(atMost: 64), hash: try reader.digest(),
                keys: try reader.list(atMost: 1 << 20) { reader throws(CBORError) in
                    try reader.text(atMost: 1 << 16)
                }, from: try reader.dayOrNull(), to: try reader.dayOrNull())
        }
        self.init(
            text: text, value: value, row: row,
            children: try reader.list(atMost: 1 << 20) { reader throws(CBORError) in
                try Explanation.Node(from: &reader, depth: depth + 1)
            })
    }
}

extension CBORWriter {
    fileprivate mutating func leaves(_ leaves: [UInt64]) {
        array(leaves.count)
        for leaf in leaves { unsigned(leaf) }
    }

    fileprivate mutating func day(_ day: Day?) {
        if let day { integer(Int64(day.number)) } else { null() }
    }
}

extension CBORReader {
    fileprivate mutating func leaves() throws(CBORError) -> [UInt64] {
        try list(atMost: 1 << 20) { reader throws(CBORError) in try reader.unsigned() }
    }

    fileprivate mutating func dayOrNull() throws(CBORError) -> Day? {
        if try isNull() { return nil }
        return Day(number: Int32(clamping: try integer()))
    }
}
