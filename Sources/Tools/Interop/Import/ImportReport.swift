/// What became of an input, counted.
public struct ImportReport: Equatable, Sendable {
    /// What became of the resources of one type, or the rows of one table.
    public struct Count: Equatable, Sendable {
        public var read = 0
        /// Those that became at least one draft.
        public var mapped = 0
        /// Those that hold directory data only: other resources refer to them.
        public var indexed = 0
        /// Those that concern no patient, and so nothing on the ledger.
        public var withoutPatient = 0
        public var refused = 0
        public var drafts = 0
    }

    /// By type of resource or name of table.
    public var counts: [String: Count] = [:]
    /// Resources of types that have no mapping, by type.
    public var notMapped: [String: Int] = [:]
    /// Lines that could not even be read as a resource.
    public var unreadableLines = 0
    /// What was left unknown, by element and reason: how often.
    public var notes: [String: Int] = [:]

    public init() {}

    public var drafts: Int { counts.values.reduce(0) { $0 + $1.drafts } }
    public var read: Int {
        counts.values.reduce(0) { $0 + $1.read } + notMapped.values.reduce(0, +)
    }
    public var refused: Int {
        counts.values.reduce(0) { $0 + $1.refused } + unreadableLines
    }
}

extension ImportReport: CustomStringConvertible {
    /// A line for each type, then what was not mapped and what stayed unknown.
    public var description: String {
        var lines: [String] = []
        for (type, count) in counts.sorted(by: { $0.key < $1.key }) {
            var parts = ["\(count.read) read"]
            if count.mapped > 0 { parts.append("\(count.drafts) entries from \(count.mapped)") }
            if count.indexed > 0 { parts.append("\(count.indexed) kept as directory data") }
            if count.withoutPatient > 0 {
                parts.append("\(count.withoutPatient) concern no patient")
            }
            if count.refused > 0 { parts.append("\(count.refused) refused") }
            lines.append("\(type): " + parts.joined(separator: ", "))
        }
        for (type, count) in notMapped.sorted(by: { $0.key < $1.key }) {
            lines.append("\(type): \(count) not mapped")
        }
        if unreadableLines > 0 { lines.append("unreadable lines: \(unreadableLines)") }
        for (note, count) in notes.sorted(by: { $0.key < $1.key }) {
            lines.append("left unknown, \(count) times: \(note)")
        }
        return lines.joined(separator: "\n")
    }
}
