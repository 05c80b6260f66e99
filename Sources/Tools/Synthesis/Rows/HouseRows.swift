/// A stretch of duty of a practitioner, at a place that need not be the usual one.
struct RosterRow: Sendable {
    let id: Int
    let practitioner: Int
    let facility: Int
    let from: Int
    let to: Int
}

/// A pack that came to a pharmacy, by its trace code.
struct DeliveryRow: Sendable {
    let id: Int
    /// Where it was delivered.
    let facility: Int
    let drug: Int
    let at: Int
    let traceCode: Int
}
