/// A stretch of rule source: where a part of a rule was written.
///
/// Positions travel with a rule to its errors and explanations; they are no part of its bytes.
public struct SourcePosition: Hashable, Sendable {
    /// From 1.
    public let line: Int
    /// In characters, from 1.
    public let column: Int
    /// In characters, at least 1.
    public let length: Int

    public init(line: Int, column: Int, length: Int = 1) {
        self.line = line
        self.column = column
        self.length = max(1, length)
    }

    /// Where a part has no source, because the rule was read from canonical bytes.
    public static let none = SourcePosition(line: 0, column: 0)

    /// From the start of this stretch to the end of `other`, where both are on one line.
    public func through(_ other: SourcePosition) -> SourcePosition {
        guard line == other.line, other.column >= column else { return self }
        return SourcePosition(
            line: line, column: column, length: other.column + other.length - column)
    }
}

extension SourcePosition: CustomStringConvertible {
    public var description: String { "\(line):\(column)" }
}
