public import RuleEngine
public import Records
public import Primitives

/// The cases that stand beside a rule (docs/rules.md).
public struct RuleTestFile: Sendable {
    /// The id of the rule that is tested.
    public let rule: String
    public let cases: [Case]

    public struct Case: Sendable {
        public let name: String
        /// The time of the newest block; nil: long after all facts, when every window has closed.
        public let now: Timestamp?
        public let facts: [AnchoredFact]
        public let sealed: [SealedEntry]
        public let expected: Expectation
        /// Which facts must be flagged, by number from 1; nil where the case does not say.
        public let flags: [UInt64]?
        /// A part of the reason in words.
        public let says: String?
        /// A part of the cause for which a row is not evaluated.
        public let because: String?
    }

    /// What must come of a case.
    public enum Expectation: String, Sendable, CaseIterable {
        case flag
        case noFlag = "no flag"
        case notEvaluated = "not evaluated"
    }
}
