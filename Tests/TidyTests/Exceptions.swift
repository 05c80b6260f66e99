/// A complaint that is borne with, and why.
struct Exception: Sendable {
    let check: String
    let path: String
    /// A stretch of the complaint, or of the line, that it is about.
    let about: String
    let reason: String

    /// What is borne with.
    ///
    /// An exception that nothing needs is itself a failure.
    static let all: [Exception] = [
        Exception(
            check: "purity", path: "Sources/Core/Cryptography/Hashing/SHA256.swift",
            about: "Hasher", reason: "declares SHA256.Hasher, which is not Swift's seeded one"),
        Exception(
            check: "purity", path: "Sources/Core/Ledger/State/PersonTable.swift",
            about: "Hasher",
            reason: "draws what ids are mixed with, as a dictionary does; no order of it shows"),
    ]

    func covers(_ complaint: Complaint) -> Bool {
        complaint.check == check && complaint.path == path && complaint.what.contains(about)
    }
}
