/// How long a node keeps the entries of blocks; where both limits are given, the longer holds.
///
/// Only entries go. Headers, commit proofs, the ledger tree and the lists of terms stay, so that
/// whatever is kept can still be proved, and answers are still complete.
///
/// ```json
/// "retain": { "days": 365, "heights": 100000, "archive": "archive" }
/// ```
public struct Retention: Codable, Equatable, Sendable {
    /// For how many blocks below the last one.
    public var heights: UInt64?
    /// For how many days before the time of the last block.
    public var days: UInt64?
    /// The folder that blocks are written to before their entries are deleted, in files that verify
    /// by themselves (`docs/formats/archive.md`); without it nothing is left of them.
    public var archive: String?

    public init(heights: UInt64? = nil, days: UInt64? = nil, archive: String? = nil) {
        self.heights = heights
        self.days = days
        self.archive = archive
    }

    /// What is wrong with it, or nil.
    var problem: String? {
        if heights == nil, days == nil { return "retain needs heights or days" }
        if heights == 0 || days == 0 { return "retain.heights and retain.days are 1 or more" }
        if (days ?? 0) > 36_500 { return "retain.days is at most 36,500" }
        return nil
    }
}
