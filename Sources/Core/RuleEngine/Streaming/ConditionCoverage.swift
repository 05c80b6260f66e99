/// Whether one of the smallest conditions of a rule was ever true, and ever false.
public struct ConditionCoverage: Sendable, Hashable {
    /// The part of the rule that it stands in.
    public let place: String
    public let text: String
    public let wasTrue: Bool
    public let wasFalse: Bool

    public init(place: String, text: String, wasTrue: Bool, wasFalse: Bool) {
        self.place = place
        self.text = text
        self.wasTrue = wasTrue
        self.wasFalse = wasFalse
    }

    public var isWhole: Bool { wasTrue && wasFalse }

    /// What two runs noted together.
    public func joined(with other: ConditionCoverage) -> ConditionCoverage {
        ConditionCoverage(
            place: place, text: text, wasTrue: wasTrue || other.wasTrue,
            wasFalse: wasFalse || other.wasFalse)
    }
}
