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
