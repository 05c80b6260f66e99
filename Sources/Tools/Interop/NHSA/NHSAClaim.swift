internal import Primitives
internal import Records

/// What a patient's current encounter in a message 3101 or 3102 claims.
struct NHSAClaim {
    let patient: OpaqueID
    let id: OpaqueID
    let encounterID: String
    let issuer: InstitutionID
    let practitioner: OpaqueID?

    private let person: JSONValue
    private let encounter: JSONValue
    private let submitted: FHIRTime?
    private let pseudonyms: any PseudonymSource

    /// What the national catalogue and NHSA's edition of ICD-10 are called in facts.
    private static let catalogue = "nhsa"
    private static let diseases = "icd10"

    init(
        _ person: JSONValue, assignment: Assignment, pseudonyms: any PseudonymSource,
        submitted: FHIRTime?
    ) throws(ElementError) {
        self.person = person
        self.submitted = submitted
        self.pseudonyms = pseudonyms
        let name = try person.requiredField("patn_id", "who the patient is")
        guard let patient = pseudonyms.patient(name) else {
            throw ElementError(
                element: person.path(of: "patn_id"), error: .unknownIdentity(name))
        }
        self.patient = patient
        let wanted = try person.requiredField("curr_mdtrt_id", "which encounter is meant")
        var found: JSONValue?
        for encounter in try person.nodes(.encounter) {
            let id = try encounter.requiredField("mdtrt_id", "the encounter's id")
            if id == wanted { found = encounter }
        }
        guard let found else {
            throw ElementError(
                element: person.path(of: "curr_mdtrt_id"),
                error: .unresolved(
                    reference: wanted, expected: "an encounter of fsi_encounter_dtos"))
        }
        encounter = found
        encounterID = wanted
        var organization = Organization(
            id: try found.requiredField("medins_id", "the institution's code"))
        organization.identifiers = [organization.id]
        organization.name = try found.field("medins_name")
        guard let issuer = assignment.institution(of: organization) else {
            throw ElementError(
                element: found.path(of: "medins_id"),
                error: .noInstitution(organization: organization.id))
        }
        self.issuer = issuer
        guard let id = pseudonyms.claim(wanted, issuer: issuer) else {
            throw ElementError(
                element: found.path(of: "mdtrt_id"), error: .unknownIdentity(wanted))
        }
        self.id = id
        practitioner = try found.field("dr_codg").flatMap { pseudonyms.practitioner($0) }
    }

    /// The claim, its lines, and what the message says of the patient.
    func facts() throws(ElementError) -> [Fact] {
        var orders: [JSONValue] = []
        for order in try encounter.nodes(.order)
        where try order.field("curr_drord_flag") != "0" { orders.append(order) }
        guard orders.count <= Payload.factCountMax - 2 else {
            throw encounter.failure(
                .tooMany(
                    what: "orders", count: orders.count, limit: Payload.factCountMax - 2))
        }
        let diagnoses = try diagnoses()
        var facts = [try claim(diagnoses)]
        for (index, order) in orders.enumerated() {
            facts.append(try line(order, index, diagnoses))
        }
        facts.append(try personFact())
        return facts
    }

    private func claim(_ diagnoses: [Code]) throws(ElementError) -> Fact {
        var fact = FactBuilder(.claim)
        fact.set("claim", id: id)
        fact.set("patient", id: patient)
        fact.set("practitioner", id: practitioner)
        fact.set("facility", text: try encounter.field("medins_id"))
        fact.set("institution", institution: issuer)
        fact.set("type", text: try type())
        fact.set("from", time: try NHSAMessage.time("adm_date", of: encounter))
        fact.set("to", time: try NHSAMessage.time("dscg_date", of: encounter))
        fact.set("submitted", time: submitted)
        fact.set("total", try money("medfee_sumamt", of: encounter))
        fact.set("diagnoses", codes: diagnoses)
        fact.set("encounter", text: encounterID)
        fact.set("status", text: "active")
        return fact.fact
    }

    private func line(
        _ order: JSONValue, _ index: Int, _ diagnoses: [Code]
    ) throws(ElementError) -> Fact {
        let begin = try NHSAMessage.time("drord_begn_date", of: order)
        let admitted = try NHSAMessage.time("adm_date", of: encounter)
        var fact = FactBuilder(.claimLine)
        fact.set("claim", id: id)
        fact.set("line", integer: Int64(index + 1))
        fact.set("patient", id: patient)
        let doctor = try order.field("drord_dr_codg").flatMap { pseudonyms.practitioner($0) }
        fact.set("practitioner", id: doctor ?? practitioner)
        fact.set("facility", text: try encounter.field("medins_id"))
        fact.set("institution", institution: issuer)
        let code = try order.requiredField("hilist_code", "the code of the national catalogue")
        fact.set("code", code: Code(system: NHSAClaim.catalogue, code: code))
        fact.set("units", try decimal("cnt", of: order).map(FactValue.decimal))
        fact.set("price", try money("pric", of: order))
        fact.set("net", try money("sumamt", of: order))
        fact.set("date", day: begin?.civilDay ?? admitted?.civilDay)
        fact.set("from", time: begin)
        fact.set("to", time: try NHSAMessage.time("drord_stop_date", of: order))
        fact.set("encounter", text: encounterID)
        fact.set("diagnoses", codes: diagnoses)
        fact.set("submitted", time: submitted)
        fact.set("claim_type", text: try type())
        if let prescription = try order.field("rxno") {
            fact.set("prescription", id: pseudonyms.prescription(prescription, issuer: issuer))
        }
        return fact.fact
    }

    private func personFact() throws(ElementError) -> Fact {
        var fact = FactBuilder(.patient)
        fact.set("patient", id: patient)
        let sexes = ["1": "male", "2": "female"]
        fact.set("sex", text: try person.field("gend").flatMap { sexes[$0] })
        fact.set("birth_date", day: try NHSAMessage.time("brdy", of: person)?.civilDay)
        return fact.fact
    }

    /// `pharmacy` for a purchase of drugs, `institutional` for all else.
    private func type() throws(ElementError) -> String? {
        try encounter.field("med_mdtrt_type").map { $0 == "3" ? "pharmacy" : "institutional" }
    }

    /// The main diagnosis first, each once.
    private func diagnoses() throws(ElementError) -> [Code] {
        var codes: [String] = []
        if let main = try encounter.field("dscg_main_dise_codg") { codes.append(main) }
        for diagnosis in try encounter.nodes(.diagnosis) {
            let code = try diagnosis.requiredField("dise_codg", "the code of the disease")
            if !codes.contains(code) { codes.append(code) }
        }
        return codes.map { Code(system: NHSAClaim.diseases, code: $0) }
    }

    private func decimal(
        _ key: String, of object: JSONValue
    ) throws(ElementError) -> ExactDecimal? {
        guard let text = try object.field(key) else { return nil }
        guard let decimal = ExactDecimal(text) else {
            throw ElementError(
                element: object.path(of: key),
                error: .notA(expected: "a decimal number", found: text))
        }
        return decimal
    }

    /// An amount in yuan.
    private func money(
        _ key: String, of object: JSONValue
    ) throws(ElementError) -> FactValue? {
        guard let decimal = try decimal(key, of: object) else { return nil }
        guard let currency = Currency("CNY"),
            let amount = Amount(major: decimal, currency: currency)
        else {
            throw ElementError(
                element: object.path(of: key),
                error: .notA(expected: "an amount in yuan and fen", found: "\(decimal)"))
        }
        return .money(amount)
    }
}
