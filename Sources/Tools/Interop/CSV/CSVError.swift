/// Why bytes are not the CSV that was expected.
///
/// Source: RFC 4180.
public enum CSVError: Error, Equatable, Sendable {
    /// A quoted field is still open at the end of the file.
    case unclosedQuote
    /// A quote stands inside a field that does not begin with one.
    case strayQuote
    /// Something other than a comma or line end follows a closing quote.
    case afterQuote(UInt8)
    case notUTF8
    case fieldCount(found: Int, expected: Int)
    case tooLong(limit: Int)
    case duplicateColumn(String)
    case noHeader
}

extension CSVError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unclosedQuote: "a quoted field is open at the end of the file"
        case .strayQuote: "a quote stands inside a field that does not begin with one"
        case .afterQuote(let byte):
            "after a closing quote comes a comma or the end of the row, not the byte \(byte)"
        case .notUTF8: "the row is not UTF-8"
        case .fieldCount(let found, let expected):
            "the row has \(found) fields; the header has \(expected)"
        case .tooLong(let limit): "the row is longer than the \(limit) bytes that are read"
        case .duplicateColumn(let name): "the header names the column '\(name)' twice"
        case .noHeader: "the file is empty; its first row would name the columns"
        }
    }
}
