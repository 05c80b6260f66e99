public import Primitives

/// A wait that the replica asked for.
///
/// One that fires late, or twice, is recognised and ignored, so that nobody needs to cancel any.
public struct Timer: Hashable, Sendable {
    /// What is waited for.
    public enum Step: UInt8, Hashable, Sendable, CaseIterable {
        case propose = 1
        case prevote = 2
        case precommit = 3
    }

    public let height: Height
    public let round: Round
    public let step: Step

    public init(height: Height, round: Round, step: Step) {
        self.height = height
        self.round = round
        self.step = step
    }
}

extension Timer: CustomStringConvertible {
    public var description: String { "\(step) \(height)/\(round)" }
}
