extension RegionTable {
    /// The place among all tables.
    var place: Int { RegionTable.places[self] ?? 0 }

    private static let places = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    /// The names of the columns, in their order.
    var columns: [String] {
        ["id", "institution"] + (isOfHouse ? [] : ["patient"]) + own
    }

    private var own: [String] {
        switch self {
        case .patients: ["at", "sex", "birth_date", "death_date", "household", "surname"]
        case .coverages: ["at", "payer", "plan", "from", "to"]
        case .visits:
            ["practitioner", "facility", "class", "from", "to", "reason", "transfer", "type"]
        case .ties: ["practitioner", "type", "from", "to", "encounter"]
        case .conditions: ["practitioner", "code", "at", "encounter", "recorded"]
        case .orders:
            [
                "practitioner", "drug", "written", "quantity", "days", "refills", "encounter",
                "reason",
            ]
        case .dispenses:
            [
                "practitioner", "order", "order_institution", "pharmacy", "drug", "at",
                "quantity", "days", "paid", "strength", "strength_unit", "trace_codes",
            ]
        case .results: ["practitioner", "code", "at", "value", "encounter"]
        case .administrations: ["practitioner", "drug", "at", "dose", "encounter"]
        case .identities: ["method", "assurance", "at", "place"]
        case .claims:
            [
                "practitioner", "facility", "level", "payer", "type", "from", "to",
                "submitted", "total", "diagnosis", "encounter", "status", "order",
                "order_institution",
            ] + lines + ["drug", "drug_units", "drug_price", "drug_net"]
        case .responses:
            [
                "claim", "claim_institution", "payer", "decided", "outcome", "total", "paid",
                "denied",
            ]
        case .accesses:
            [
                "practitioner", "role", "department", "action", "purpose", "basis", "outcome",
                "at", "object", "encounter",
            ]
        case .consents: ["at", "permits", "purpose", "from"]
        case .staff:
            ["practitioner", "facility", "department", "role", "identifier", "surname", "at"]
        case .rosters: ["practitioner", "facility", "department", "from", "to"]
        case .deliveries: ["facility", "drug", "at", "quantity", "direction", "trace_codes"]
        }
    }

    private var lines: [String] {
        (1...ClaimRow.lineCountMax).flatMap { number in
            ["code", "units", "price", "net", "date"].map { "\($0)\(number)" }
        }
    }
}
