public import Primitives

/// Why bytes are no submission.
public enum SubmissionError: Error, Equatable, Sendable {
    case oversize(byteCount: Int, limit: Int)
    case malformed(CBORError)
    /// The payload inside cannot be read.
    case payload(FactError)
}

extension SubmissionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .oversize(let byteCount, let limit):
            "the submission has \(byteCount) bytes; at most \(limit) are allowed"
        case .malformed(let error):
            "the submission is malformed: \(error)"
        case .payload(let error):
            "the submission's payload cannot be read: \(error)"
        }
    }
}
