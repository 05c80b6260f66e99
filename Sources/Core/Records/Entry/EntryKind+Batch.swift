extension EntryKind {
    /// The most entries of this kind in a batch; nil where only the batch's size counts.
    ///
    /// Each of those that have a limit costs every node signature checks: evidence a few, an
    /// anchor those of a quorum, a statement one.
    public var batchCountMax: Int? {
        switch self {
        case .evidence: 16
        case .anchor: 4
        case .statement: 64
        default: nil
        }
    }

    /// The kind that an entry's first bytes tell, the rest unread; nil where no entry begins so.
    ///
    /// By `docs/formats/entry.md` the version and the kind stand first, one byte each.
    public init?(ofEntry bytes: [UInt8]) {
        if bytes.first == StatementBody.firstByte {
            self = .statement
            return
        }
        guard bytes.count > 4, bytes[1] == 0, bytes[2] == 1, bytes[3] == 1 else { return nil }
        self.init(rawValue: bytes[4])
    }
}
