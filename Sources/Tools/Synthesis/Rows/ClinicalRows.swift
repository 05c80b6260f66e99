/// A person as a hospital's registration knows them.
struct PatientRow: Sendable {
    let id: Int
    let person: Int
    let at: Int
    let facility: Int
    /// The day of death, once it has come.
    let death: Int?
    /// Another address than that of the world; nil where it is that.
    var household: Int?
}

/// A visit or a stay.
struct VisitRow: Sendable {
    let id: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let visitClass: VisitClass
    let from: Int
    let to: Int
    let reason: String
    let isTransfer: Bool
    /// What was done, where it says more than the class: a place in the table of services.
    var service: Int?
}

/// A treatment relationship that is no visit: a ward's care team, an admission, a family doctor.
struct TieRow: Sendable {
    let id: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let type: String
    let from: Int
    /// Nil where it has no end yet.
    let to: Int?
    let visit: Int?
}

/// A diagnosis as written down.
struct ConditionRow: Sendable {
    let id: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let code: String
    let at: Int
    let visit: Int
    /// When it was written down, where that was later.
    var recorded: Int?
}

/// A prescription.
struct OrderRow: Sendable {
    let id: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let drug: Int
    let at: Int
    let quantity: Int
    let days: Int
    let refills: Int
    let visit: Int
    let reason: String
}

/// A drug as handed over by a pharmacy.
struct DispenseRow: Sendable {
    let id: Int
    /// Nil where there is no prescription.
    let order: Int?
    /// The facility of the order, whose institution issued it.
    let orderFacility: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let drug: Int
    let at: Int
    let quantity: Int
    let days: Int
    let paid: Int
    /// The first of the trace codes of the packs; the others follow it.
    let traceCode: Int
    let packs: Int
}

/// A measurement.
struct ResultRow: Sendable {
    let id: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let service: Int
    let at: Int
    let value: Int
    let visit: Int
}

/// A drug as given on a ward.
struct AdministrationRow: Sendable {
    let id: Int
    let person: Int
    let practitioner: Int
    let facility: Int
    let drug: Int
    let at: Int
    let dose: Int
    let visit: Int
}
