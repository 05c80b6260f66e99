/// A line, row or element that did not become what it should have, and where it stands.
public struct Problem: Error, Equatable, Sendable {
    /// The file as it was named to the import.
    public let file: String
    /// From 1.
    public let line: Int
    /// A path such as `Claim.item[2].net.value`, or a column's name; empty for the whole line.
    public let element: String
    public let error: InteropError

    public init(file: String, line: Int, element: String, error: InteropError) {
        self.file = file
        self.line = line
        self.element = element
        self.error = error
    }
}

extension Problem: CustomStringConvertible {
    public var description: String {
        "\(file):\(line): \(element.isEmpty ? "" : "\(element): ")\(error)"
    }
}

/// What is wrong with an element, before the file and line are known.
struct ElementError: Error, Equatable {
    let element: String
    let error: InteropError
}
