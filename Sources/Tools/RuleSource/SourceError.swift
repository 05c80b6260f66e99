public import RuleLanguage

/// What is wrong with the text of a rule, where, and what would be right there.
public struct SourceError: Error, Equatable, Sendable {
    /// The file as it was named to the reader.
    public let file: String
    public let position: SourcePosition
    public let message: String

    public init(file: String, position: SourcePosition, message: String) {
        self.file = file
        self.position = position
        self.message = message
    }
}

extension SourceError: CustomStringConvertible {
    /// `FILE:LINE:COLUMN: MESSAGE`, without line and column where it is about the whole file.
    public var description: String {
        position == .none ? "\(file): \(message)" : "\(file):\(position): \(message)"
    }
}

/// What is wrong with a stretch of text, before its file is known.
struct TextError: Error {
    let position: SourcePosition
    let message: String
}
