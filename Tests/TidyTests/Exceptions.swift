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
    static let all: [Exception] = [
        Exception(
            check: "purity", path: "Sources/Core/Cryptography/Hashing/SHA256.swift",
            about: "Hasher", reason: "declares SHA256.Hasher, which is not Swift's seeded one")
    ]

    func covers(_ complaint: Complaint) -> Bool {
        complaint.check == check && complaint.path == path && complaint.what.contains(about)
    }
}
