/// A complaint that is borne with, and why.
struct Exception: Sendable {
    let check: String
    let path: String
    /// A stretch of the complaint, or of the line, that it is about.
    let about: String
    let reason: String

    /// What is borne with.
    ///
    /// The list may only shrink: an exception that nothing needs is itself a failure.
    static let all: [Exception] = []

    func covers(_ complaint: Complaint) -> Bool {
        complaint.check == check && complaint.path == path && complaint.what.contains(about)
    }
}
