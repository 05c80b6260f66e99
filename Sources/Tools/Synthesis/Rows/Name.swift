/// The identifiers under which the institutions' own systems know people and records.
enum Name {
    static func patient(_ number: Int) -> String { "P\(padded(number, 7))" }
    static func practitioner(_ number: Int) -> String { "D\(padded(number, 6))" }
    static func facility(_ number: Int) -> String { "F\(padded(number, 4))" }

    /// A record by its table and id, as an import names the row.
    static func record(_ table: RegionTable, _ id: Int) -> String {
        "\(table.rawValue)/\(table.letter)\(id)"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// The tables of a region, each a file of its name.
enum RegionTable: String, CaseIterable, Sendable {
    case patients, coverages, visits, ties, conditions, orders, dispenses, results
    case administrations, identities, claims, responses, accesses, consents, rosters, deliveries
    case staff

    /// Whether its rows are of a house, and name no patient.
    var isOfHouse: Bool { self == .staff || self == .rosters || self == .deliveries }

    /// What the ids of its rows begin with.
    var letter: String {
        switch self {
        case .patients: "p"
        case .coverages: "v"
        case .visits: "e"
        case .ties: "t"
        case .conditions: "k"
        case .orders: "r"
        case .dispenses: "d"
        case .results: "o"
        case .administrations: "m"
        case .identities: "i"
        case .claims: "c"
        case .responses: "b"
        case .accesses: "a"
        case .consents: "n"
        case .rosters: "s"
        case .deliveries: "g"
        case .staff: "w"
        }
    }
}
