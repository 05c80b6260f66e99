/// Who does the parts of a sweep, each a function of what it is given.
///
/// Core does them one after another; a caller that has threads does them side by side.
public protocol SweepWorkers: Sendable {
    /// How many parts can be done at once.
    var count: Int { get }

    /// The answer of `body` for each part, in the order of the parts.
    func map<Part: Sendable, Answer: Sendable>(
        _ parts: [Part], _ body: @Sendable (Part) -> Answer
    ) -> [Answer]
}

/// Does one part after another.
public struct SerialWorkers: SweepWorkers {
    public let count = 1

    public init() {}

    public func map<Part: Sendable, Answer: Sendable>(
        _ parts: [Part], _ body: @Sendable (Part) -> Answer
    ) -> [Answer] {
        parts.map(body)
    }
}
