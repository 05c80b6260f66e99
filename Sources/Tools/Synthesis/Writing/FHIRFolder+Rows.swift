/// The members of each resource.
extension FHIRFolder {
    private static var snomed: String { "http://snomed.info/sct" }
    private static var icd: String { "http://hl7.org/fhir/sid/icd-10" }
    private static var rxnorm: String { "http://www.nlm.nih.gov/research/umls/rxnorm" }

    private func id(_ table: RegionTable, _ number: Int) -> JSON {
        .member("id", JSON.text(table.letter + String(number)))
    }

    private func patient(_ number: Int, as name: String = "subject") -> JSON {
        .member(name, JSON.reference("Patient", Name.patient(number)))
    }

    private func practitioner(_ number: Int) -> JSON {
        JSON.reference("Practitioner", Name.practitioner(number))
    }

    private func encounter(_ visit: Int) -> JSON { JSON.reference("Encounter", "e\(visit)") }

    private func facility(_ number: Int) -> JSON {
        JSON.reference("Organization", Name.facility(number))
    }

    /// A person has one resource: what is registered later comes under the same id.
    func members(_ row: PatientRow) -> [JSON] {
        let person = world.people[row.person]
        var members: [JSON] = [
            .member("id", JSON.text(Name.patient(row.person))),
            .member("meta", .object([.member("lastUpdated", JSON.moment(row.at))])),
            .member("gender", JSON.text(person.isFemale ? "female" : "male")),
            .member("birthDate", JSON.day(person.birthDay)),
            .member("managingOrganization", facility(row.facility)),
        ]
        if let death = row.death { members.append(.member("deceasedDateTime", JSON.day(death))) }
        return members
    }

    func members(_ row: VisitRow) -> [JSON] {
        var members: [JSON] = [
            id(.visits, row.id), .member("status", JSON.text("finished")),
            .member("class", .object([.member("code", JSON.text(row.visitClass.rawValue))])),
            patient(row.person),
            .member(
                "participant",
                .array([.object([.member("individual", practitioner(row.practitioner))])])),
            .member("period", JSON.period(row.from, row.to)),
            .member("reasonCode", .array([JSON.concept(Self.icd, row.reason)])),
            .member("serviceProvider", facility(row.facility)),
        ]
        if let service = row.service {
            let code = world.tables.services[service].code
            members.append(.member("type", .array([JSON.concept(Self.snomed, code)])))
        }
        if row.isTransfer {
            let source = JSON.concept(
                "http://terminology.hl7.org/CodeSystem/admit-source", "hosp-trans")
            members.append(.member("hospitalization", .object([.member("admitSource", source)])))
        }
        return members
    }

    func members(_ row: ConditionRow) -> [JSON] {
        [
            id(.conditions, row.id), .member("code", JSON.concept(Self.icd, row.code)),
            patient(row.person), .member("encounter", encounter(row.visit)),
            .member("onsetDateTime", JSON.moment(row.at)),
            .member("recordedDate", JSON.moment(row.at)),
            .member("asserter", practitioner(row.practitioner)),
        ]
    }

    private func quantity(_ number: Int, _ unit: String) -> JSON {
        .object([.member("value", JSON.number(number)), .member("code", JSON.text(unit))])
    }

    func members(_ row: OrderRow) -> [JSON] {
        let code = world.tables.drugs[row.drug].code
        return [
            id(.orders, row.id), .member("status", JSON.text("active")),
            .member("intent", JSON.text("order")),
            .member("medicationCodeableConcept", JSON.concept(Self.rxnorm, code)),
            patient(row.person), .member("encounter", encounter(row.visit)),
            .member("authoredOn", JSON.moment(row.at)),
            .member("requester", practitioner(row.practitioner)),
            .member("reasonCode", .array([JSON.concept(Self.icd, row.reason)])),
            .member(
                "dispenseRequest",
                .object([
                    .member("numberOfRepeatsAllowed", JSON.number(row.refills)),
                    .member("quantity", quantity(row.quantity, "{tbl}")),
                    .member("expectedSupplyDuration", quantity(row.days, "d")),
                ])),
        ]
    }

    func members(_ row: DispenseRow) -> [JSON] {
        let code = world.tables.drugs[row.drug].code
        var members: [JSON] = [
            id(.dispenses, row.id), .member("status", JSON.text("completed")),
            .member("medicationCodeableConcept", JSON.concept(Self.rxnorm, code)),
            patient(row.person),
            .member("performer", .array([.object([.member("actor", facility(row.facility))])])),
            .member("quantity", quantity(row.quantity, "{tbl}")),
            .member("daysSupply", quantity(row.days, "d")),
            .member("whenHandedOver", JSON.moment(row.at)),
        ]
        if let order = row.order {
            members.append(
                .member(
                    "authorizingPrescription",
                    .array([JSON.reference("MedicationRequest", "r\(order)")])))
        }
        return members
    }

    func members(_ row: ClaimRow) -> [JSON] {
        let payer = world.tables.plans[world.people[row.person].plan].payer
        var items = row.lines.enumerated().map { place, line in
            item(
                place + 1, Self.snomed, world.tables.services[line.service].code, line.units,
                line.price, JSON.day(line.day), row.visit)
        }
        if let drug = row.drug {
            items.append(
                item(
                    1, Self.rxnorm, world.tables.drugs[drug.drug].code, drug.quantity, drug.price,
                    JSON.day(row.from / 86_400), nil))
        }
        var members: [JSON] = [
            id(.claims, row.id), .member("status", JSON.text(row.status)),
            .member(
                "type",
                JSON.concept(
                    "http://terminology.hl7.org/CodeSystem/claim-type", row.type.rawValue)),
            .member("use", JSON.text("claim")), patient(row.person, as: "patient"),
            .member("billablePeriod", JSON.period(row.from, row.to)),
            .member("created", JSON.moment(row.submitted)),
            .member("insurer", insurer(payer)), .member("provider", facility(row.facility)),
            .member(
                "diagnosis",
                .array([
                    .object([
                        .member("sequence", JSON.number(1)),
                        .member("diagnosisCodeableConcept", JSON.concept(Self.icd, row.diagnosis)),
                    ])
                ])),
            .member("item", .array(items)), .member("total", JSON.money(row.total)),
        ]
        if row.practitioner >= 0 {
            members.append(
                .member(
                    "careTeam",
                    .array([
                        .object([
                            .member("sequence", JSON.number(1)),
                            .member("provider", practitioner(row.practitioner)),
                        ])
                    ])))
        }
        if let order = row.order {
            members.append(
                .member("prescription", JSON.reference("MedicationRequest", "r\(order)")))
        }
        return members
    }

    private func insurer(_ payer: String) -> JSON {
        .object([
            .member("reference", JSON.text("Organization/\(FHIRFolder.id(of: payer))")),
            .member("display", JSON.text(payer)),
        ])
    }

    private func item(
        _ sequence: Int, _ system: String, _ code: String, _ units: Int, _ price: Int,
        _ day: JSON, _ visit: Int?
    ) -> JSON {
        .object(
            [
                .member("sequence", JSON.number(sequence)),
                .member("diagnosisSequence", .array([JSON.number(1)])),
                .member("productOrService", JSON.concept(system, code)),
                .member("servicedDate", day),
                .member("quantity", .object([.member("value", JSON.number(units))])),
                .member("unitPrice", JSON.money(price)),
                .member("net", JSON.money(units * price)),
            ] + (visit.map { [.member("encounter", .array([encounter($0)]))] } ?? []))
    }

    func members(_ row: ResponseRow) -> [JSON] {
        let payer = world.tables.plans[world.people[row.person].plan].payer
        func total(_ category: String, _ amount: Int) -> JSON {
            .object([
                .member(
                    "category",
                    JSON.concept("http://terminology.hl7.org/CodeSystem/adjudication", category)),
                .member("amount", JSON.money(amount)),
            ])
        }
        return [
            id(.responses, row.id), .member("status", JSON.text("active")),
            patient(row.person, as: "patient"), .member("created", JSON.moment(row.at)),
            .member("insurer", insurer(payer)),
            .member("request", JSON.reference("Claim", "c\(row.claim)")),
            .member("outcome", JSON.text("complete")),
            .member(
                "total",
                .array([
                    total("submitted", row.total), total("denied", row.paid == 0 ? row.total : 0),
                ])),
            .member("payment", .object([.member("amount", JSON.money(row.paid))])),
        ]
    }

    private static let actions = [
        "create": "C", "read": "R", "update": "U", "delete": "D", "execute": "E",
    ]
    private static let outcomes = [
        "success": "0", "minor-failure": "4", "serious-failure": "8", "major-failure": "12",
    ]
    private static let purposes = [
        "treatment": "TREAT", "payment": "HPAYMT", "operations": "HOPERAT", "emergency": "ETREAT",
        "research": "HRESCH",
    ]

    func members(_ row: AccessRow) -> [JSON] {
        let reason = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
        let purpose = row.basis == "break-glass" ? "BTG" : Self.purposes[row.purpose]
        var agent: [JSON] = [
            .member("requestor", .raw("true")), .member("who", practitioner(row.practitioner)),
            .member("role", .array([.object([.member("text", JSON.text(row.role))])])),
        ]
        if let purpose {
            agent.append(.member("purposeOfUse", .array([JSON.concept(reason, purpose)])))
        }
        var entities: [JSON] = [
            .object([.member("what", JSON.reference("Patient", Name.patient(row.person)))])
        ]
        if let visit = row.visit { entities.append(.object([.member("what", encounter(visit))])) }
        return [
            id(.accesses, row.id),
            .member("action", JSON.text(Self.actions[row.action] ?? "R")),
            .member("recorded", JSON.moment(row.at)),
            .member("outcome", JSON.text(Self.outcomes[row.outcome] ?? "0")),
            .member("agent", .array([.object(agent)])),
            .member(
                "source",
                .object([
                    .member("observer", facility(row.facility)),
                    .member(
                        "site",
                        JSON.text(world.practitioners[row.practitioner].department)),
                ])),
            .member("entity", .array(entities)),
        ]
    }
}
