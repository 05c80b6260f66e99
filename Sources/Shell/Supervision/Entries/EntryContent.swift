public import Records

/// What this node can say of an entry's payload.
public enum EntryContent: Hashable, Sendable {
    /// The kind has no payload.
    case none
    /// It is sealed to others.
    case sealed
    /// It is sealed to this institution too, and has not come yet.
    case awaited
    /// It came, and is not what was committed or cannot be used.
    case mismatched(Mismatch.Reason)
    /// It came, and its key is gone: it was erased.
    case erased
    case opened(Payload)
}
