/// An attempt to decide one height, from 0.
public struct Round: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: UInt32

    public init(_ number: UInt32) {
        self.number = number
    }

    public static let zero = Round(0)

    public var next: Round { Round(number + 1) }

    public var description: String { String(number) }

    public static func < (left: Round, right: Round) -> Bool { left.number < right.number }
}
