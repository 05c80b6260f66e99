/// An access to a record, attempted or done; words as `docs/formats/entry.md` has them.
struct AccessRow: Sendable {
    let id: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let role: String
    let action: String
    let purpose: String
    var basis = "relationship"
    var outcome = "success"
    let at: Int
    let object: String
    let visit: Int?
}

/// A check of who somebody is.
struct IdentityRow: Sendable {
    let id: Int
    let person: Int
    let facility: Int
    let method: String
    let assurance: Int
    let at: Int
}

/// What a patient permits or forbids.
struct ConsentRow: Sendable {
    let id: Int
    let person: Int
    let facility: Int
    let permits: Bool
    let purpose: String
    let fromDay: Int
}
