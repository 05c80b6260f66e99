/// One record of a synthetic region, with people and places by their place in the world.
///
/// Times are local seconds since 1970-01-01T00:00, days are local days since then, amounts are in
/// minor units.
enum Row: Sendable {
    case staff(StaffRow)
    case patient(PatientRow)
    case coverage(CoverageRow)
    case visit(VisitRow)
    case tie(TieRow)
    case condition(ConditionRow)
    case order(OrderRow)
    case dispense(DispenseRow)
    case result(ResultRow)
    case administration(AdministrationRow)
    case identity(IdentityRow)
    case claim(ClaimRow)
    case response(ResponseRow)
    case access(AccessRow)
    case consent(ConsentRow)
    case roster(RosterRow)
    case delivery(DeliveryRow)
}

/// What a visit is, by its code of HL7 ActCode.
enum VisitClass: String, Sendable {
    case ambulatory = "AMB"
    case emergency = "EMER"
    case inpatient = "IMP"
    case hospice = "HSP"
    case virtual = "VR"
}

/// Takes rows, one after another, in the order in which they are anchored.
protocol RowSink {
    mutating func write(_ row: Row) throws(SynthesisError)
}

extension Row {
    /// When it happened, in local seconds: the time by which its table is read.
    var at: Int {
        switch self {
        case .staff(let row): row.at
        case .patient(let row): row.at
        case .coverage(let row): row.fromDay * 86_400 + 1
        case .visit(let row): row.to
        case .tie(let row): row.from
        case .condition(let row): row.at
        case .order(let row): row.at
        case .dispense(let row): row.at
        case .result(let row): row.at
        case .administration(let row): row.at
        case .identity(let row): row.at
        case .claim(let row): row.submitted
        case .response(let row): row.at
        case .access(let row): row.at
        case .consent(let row): row.fromDay * 86_400 + 1
        case .roster(let row): row.from
        case .delivery(let row): row.at
        }
    }
}
