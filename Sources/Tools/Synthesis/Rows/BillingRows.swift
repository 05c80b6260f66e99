/// An insurance policy for a year.
struct CoverageRow: Sendable {
    let id: Int
    let person: Int
    let facility: Int
    let fromDay: Int
    let toDay: Int
    /// Another plan than the one that the person has.
    var plan: Int?
}

/// One line of a claim.
struct ClaimLine: Sendable {
    var service: Int
    var units: Int
    var price: Int
    var day: Int

    var net: Int { units * price }
}

/// A claim, with at most ``lineCountMax`` lines.
struct ClaimRow: Sendable {
    var id: Int
    var person: Int
    var practitioner: Int
    var facility: Int
    var type: ClaimType
    var from: Int
    var to: Int
    var submitted: Int
    var diagnosis: String
    var visit: Int?
    var order: Int?
    var orderFacility: Int?
    var lines: [ClaimLine]
    /// The drug of a pharmacy's claim, with how many pieces, at which price.
    var drug: (drug: Int, quantity: Int, price: Int)?
    var status = "active"

    var total: Int {
        lines.reduce(0) { $0 + $1.net } + (drug.map { $0.quantity * $0.price } ?? 0)
    }

    static let lineCountMax = 6
}

enum ClaimType: String, Sendable {
    case professional, institutional, pharmacy
}

/// What the payer decided.
struct ResponseRow: Sendable {
    let id: Int
    let claim: Int
    /// The facility whose institution made the claim.
    let claimFacility: Int
    let person: Int
    let at: Int
    let total: Int
    let paid: Int
}
