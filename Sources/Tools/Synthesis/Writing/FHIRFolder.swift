/// Writes a region as FHIR R4 resources, one line each and one file a type (NDJSON).
///
/// Only what `custos ingest` draws facts from: people, places, encounters, conditions, orders,
/// dispenses, claims, answers and audit events. The tables of ``CSVFolder`` hold more.
final class FHIRFolder: RowSink {
    let world: World
    private var files: [String: SharedFile] = [:]
    private let folder: String

    init(_ folder: String, world: World) throws(SynthesisError) {
        self.world = world
        self.folder = folder
        for place in world.facilities.indices {
            try put("Organization", [organization(place)])
        }
        for payer in Set(world.tables.plans.map(\.payer)).sorted() where !payer.isEmpty {
            let name = JSON.text(payer)
            try put(
                "Organization",
                [.member("id", JSON.text(FHIRFolder.id(of: payer))), .member("name", name)])
        }
        for number in world.practitioners.indices {
            try put("Practitioner", practitioner(number))
        }
        try put(world.facilities.map(\.institution))
    }

    func write(_ row: Row) throws(SynthesisError) {
        switch row {
        case .patient(let row): try put("Patient", members(row))
        case .visit(let row): try put("Encounter", members(row))
        case .condition(let row): try put("Condition", members(row))
        case .order(let row): try put("MedicationRequest", members(row))
        case .dispense(let row): try put("MedicationDispense", members(row))
        case .claim(let row): try put("Claim", members(row))
        case .response(let row): try put("ClaimResponse", members(row))
        case .access(let row): try put("AuditEvent", members(row))
        case .coverage, .tie, .result, .administration, .identity, .consent, .roster, .delivery,
            .staff:
            return
        }
    }

    func finish() throws(SynthesisError) {
        for name in files.keys.sorted() { try files[name]?.flush() }
    }

    private func put(_ type: String, _ members: [JSON]) throws(SynthesisError) {
        let file: SharedFile
        if let known = files[type] {
            file = known
        } else {
            file = try SharedFile("\(folder)/\(type).ndjson")
            files[type] = file
        }
        let body = JSON.object([.member("resourceType", JSON.text(type))] + members)
        try file.append(Array((body.text + "\n").utf8))
    }

    private func organization(_ place: Int) -> JSON {
        .members([
            .member("id", JSON.text(Name.facility(place))),
            .member("name", JSON.text("Facility \(place)")),
        ])
    }

    private func practitioner(_ number: Int) -> [JSON] {
        [
            .member("id", JSON.text(Name.practitioner(number))),
            .member(
                "identifier",
                .array([
                    .object([
                        .member("system", JSON.text("urn:region:staff-number")),
                        .member("value", JSON.text(identifier(number))),
                    ])
                ])),
            .member(
                "name",
                .array([
                    .object([
                        .member(
                            "family",
                            JSON.text(
                                world.tables.surnames[world.practitioners[number].surname].name))
                    ])
                ])),
        ]
    }

    private func identifier(_ number: Int) -> String {
        number == world.excluded ? World.excludedNumber : String(7_000_000_000 + number)
    }

    /// The file that says which organisation is which institution, beside the resources' folder.
    private func put(_ institutions: [String]) throws(SynthesisError) {
        let rules = institutions.enumerated().map { place, institution in
            JSON.object([
                .member("id", JSON.text(Name.facility(place))),
                .member("institution", JSON.text(institution)),
            ])
        }
        let payers = JSON.array([.object([.member("institution", JSON.text("insurer"))])])
        let file = try SharedFile("\(folder)/../assignment.json")
        let body = JSON.object([
            .member("format", JSON.text("custos assignment 1")),
            .member("organizations", .array(rules)), .member("payers", payers),
            .member("otherwise", JSON.text(institutions.first ?? "county-hospital")),
            .member("zone", JSON.text("+08:00")),
        ])
        try file.append(Array((body.text + "\n").utf8))
        try file.flush()
    }

    /// A payer's logical id.
    static func id(of payer: String) -> String {
        payer.split(separator: " ").joined(separator: "-").lowercased()
    }
}
