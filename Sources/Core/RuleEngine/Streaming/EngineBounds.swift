/// How much the engine does and keeps for one judgement and one key.
///
/// Whoever comes to a bound gets no finding and no clearance but the answer `not evaluated`, with
/// ``RuleLanguage/Cause/bound(_:)``. The answer depends on the facts alone, not on their order.
public struct EngineBounds: Sendable, Hashable {
    /// The most rows that are kept under one key of one index; with more, windows over that key
    /// are not evaluated.
    ///
    /// A large hospital has a few hundred thousand claims a year.
    public var rowsOfKeyMax = 1 << 19
    /// The most rows that one window of one judgement has.
    public var rowsOfWindowMax = 16_384
    /// The most rows that are looked at for one judgement, each counted as often as it is.
    public var visitsOfJudgementMax = 1_000_000

    public init() {}
}

extension EngineBounds {
    var keyText: String { "more than \(rowsOfKeyMax) rows under one key" }
    var windowText: String { "more than \(rowsOfWindowMax) rows in a window" }
    var visitText: String { "more than \(visitsOfJudgementMax) rows looked at" }
}
