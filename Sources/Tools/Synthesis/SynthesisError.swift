/// Why a region could not be made, or a scoreboard not drawn.
public enum SynthesisError: Error, Equatable, Sendable {
    /// A file is not there, or is not UTF-8 text.
    case unreadable(path: String)
    case unwritable(path: String, reason: String)
    /// A table says something that it cannot mean; the line counts from 1.
    case table(file: String, line: Int, column: String, reason: String)
}

extension SynthesisError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path):
            "\(path) cannot be read: there is no such file, no permission, or it is not UTF-8"
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason)"
        case .table(let file, let line, let column, let reason):
            "\(file):\(line): \(column.isEmpty ? "" : "\(column): ")\(reason)"
        }
    }
}
