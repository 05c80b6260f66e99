public import Records

/// An answer, and what must be in the outbox before it leaves.
public struct DeskReply: Sendable {
    /// To be prepared, numbered and synced first: asking is an access, too.
    public let first: [Submission]
    public let answer: [UInt8]

    public init(_ answer: [UInt8], first: [Submission] = []) {
        self.first = first
        self.answer = answer
    }
}
