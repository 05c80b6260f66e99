/// Somebody of the staff, as the house that employs them knows them.
struct StaffRow: Sendable {
    let id: Int
    let practitioner: Int
    let at: Int
}

/// A stretch of duty of a practitioner, at a place that need not be the usual one.
struct RosterRow: Sendable {
    let id: Int
    let practitioner: Int
    let facility: Int
    let from: Int
    let to: Int
}

/// Packs that came to a pharmacy in one box, by their trace codes, which follow each other.
struct DeliveryRow: Sendable {
    let id: Int
    /// Where it was delivered.
    let facility: Int
    let drug: Int
    let at: Int
    let traceCode: Int
    let packs: Int
}
