/// The rows that a rule looks at beside the one it judges: a kind, keys, a stretch of time.
///
/// `dispense of d.patient within 180d before d.date where drug in class('opioid')`
public struct WindowPhrase: Sendable {
    /// A field of the kind that must equal a value of the judged row.
    public struct Key: Sendable {
        /// The field's name; nil where it follows from the value.
        public let field: String?
        public let value: Expression

        public init(field: String?, value: Expression) {
            self.field = field
            self.value = value
        }
    }

    public let kind: String
    public let position: SourcePosition
    /// The fields that say when a row begins and ends, where they are not the kind's own.
    public let times: [String]
    public let keys: [Key]
    public let stretch: Stretch?
    /// Which rows beside the judged one: all, all others, or those before it on the ledger.
    public let order: Order
    public let filter: Expression?

    public init(
        kind: String, position: SourcePosition, times: [String], keys: [Key],
        stretch: Stretch?, order: Order, filter: Expression?
    ) {
        self.kind = kind
        self.position = position
        self.times = times
        self.keys = keys
        self.stretch = stretch
        self.order = order
        self.filter = filter
    }

    /// Which rows stand where on the ledger; the raw value stands in canonical rules.
    public enum Order: UInt8, Sendable, CaseIterable {
        case any = 0
        /// Not the judged row itself.
        case other = 1
        /// Before the judged row on the ledger.
        case earlier = 2
    }

    /// A stretch of time, seen from the judged row.
    public indirect enum Stretch: Sendable {
        /// From `length` before to right before the point: `within 180d before d.date`.
        case withinBefore(Expression, Expression)
        /// As before, the point included and the far end not: `within 180d up to d.date`.
        case withinUpTo(Expression, Expression)
        case withinAfter(Expression, Expression)
        case withinFrom(Expression, Expression)
        /// As far before as after, both ends included: `within 30d around a.at`.
        case withinAround(Expression, Expression)
        case before(Expression)
        case upTo(Expression)
        case after(Expression)
        case from(Expression)
        /// Both ends included.
        case between(Expression, Expression)
        /// The civil day of a point in time.
        case on(Expression)
        /// Every row whose own stretch shares a moment with that of the row named.
        case overlapping(Expression)
        case overlappingRange(Expression, Expression)
        /// Every row that lies wholly between the two, ends included.
        case during(Expression, Expression)
        /// Every row that goes from the first to the second or further on both sides.
        case covering(Expression, Expression)
    }
}
