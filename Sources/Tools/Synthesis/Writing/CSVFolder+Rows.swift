/// The cells of each table's rows, in the order of ``RegionTable/columns``.
extension CSVFolder {
    func put(_ row: PatientRow) {
        let person = world.people[row.person]
        head("p", row.id, row.facility, row.person)
        cells.moment(row.at)
        cells.text(person.isFemale ? "female" : "male")
        cells.day(person.birthDay)
        cells.day(row.death)
        cells.padded("H", row.household ?? person.household, 6)
        cells.text(world.tables.surnames[person.surname].name)
    }

    func put(_ row: CoverageRow) {
        let plan = world.tables.plans[row.plan ?? world.people[row.person].plan]
        head("v", row.id, row.facility, row.person)
        cells.moment(row.fromDay * 86_400 + 1)
        cells.text(plan.payer)
        cells.text(plan.name)
        cells.day(row.fromDay)
        cells.day(row.toDay)
    }

    func put(_ row: VisitRow) {
        head("e", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        facility(row.facility)
        cells.text(row.visitClass.rawValue)
        cells.moment(row.from)
        cells.moment(row.to)
        cells.text(row.reason)
        cells.text(row.isTransfer ? "true" : "false")
        cells.text(row.service.map { world.tables.services[$0].code } ?? "")
    }

    func put(_ row: TieRow) {
        head("t", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        cells.text(row.type)
        cells.moment(row.from)
        cells.moment(row.to)
        cells.id("e", row.visit)
    }

    func put(_ row: ConditionRow) {
        head("k", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        cells.text(row.code)
        cells.moment(row.at)
        cells.id("e", row.visit)
        cells.moment(row.recorded ?? row.at)
    }

    func put(_ row: OrderRow) {
        head("r", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        cells.text(world.tables.drugs[row.drug].code)
        cells.moment(row.at)
        cells.number(row.quantity)
        cells.number(row.days)
        cells.number(row.refills)
        cells.id("e", row.visit)
        cells.text(row.reason)
    }

    func put(_ row: DispenseRow) {
        let drug = world.tables.drugs[row.drug]
        head("d", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        cells.id("r", row.order)
        cells.text(world.facilities[row.orderFacility].institution)
        facility(row.facility)
        cells.text(drug.code)
        cells.moment(row.at)
        cells.number(row.quantity)
        cells.number(row.days)
        cells.money(row.paid)
        cells.number(drug.strength)
        cells.text(drug.unit)
        traceCodes(row.traceCode, row.packs)
    }

    /// Codes that follow each other, with spaces between them.
    private func traceCodes(_ first: Int, _ count: Int) {
        cells.text((0..<count).map { "T\(first + $0)" }.joined(separator: " "))
    }

    func put(_ row: ResultRow) {
        head("o", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        cells.text(world.tables.services[row.service].code)
        cells.moment(row.at)
        cells.number(row.value)
        cells.id("e", row.visit)
    }

    func put(_ row: AdministrationRow) {
        head("m", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        cells.text(world.tables.drugs[row.drug].code)
        cells.moment(row.at)
        cells.number(row.dose)
        cells.id("e", row.visit)
    }

    func put(_ row: IdentityRow) {
        head("i", row.id, row.facility, row.person)
        cells.text(row.method)
        cells.number(row.assurance)
        cells.moment(row.at)
        facility(row.facility)
    }

    func put(_ row: ClaimRow) {
        let plan = world.tables.plans[world.people[row.person].plan]
        head("c", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        facility(row.facility)
        cells.number(world.facilities[row.facility].tier)
        cells.text(plan.payer)
        cells.text(row.type.rawValue)
        cells.moment(row.from)
        cells.moment(row.to)
        cells.moment(row.submitted)
        cells.money(row.total)
        cells.text(row.diagnosis)
        cells.id("e", row.visit)
        cells.text(row.status)
        cells.id("r", row.order)
        cells.text(row.orderFacility.map { world.facilities[$0].institution } ?? "")
        for place in 0..<ClaimRow.lineCountMax {
            put(row.lines.indices.contains(place) ? row.lines[place] : nil)
        }
        cells.text(row.drug.map { world.tables.drugs[$0.drug].code } ?? "")
        cells.number(row.drug?.quantity)
        cells.money(row.drug?.price)
        cells.money(row.drug.map { $0.quantity * $0.price })
    }

    private func put(_ line: ClaimLine?) {
        cells.text(line.map { world.tables.services[$0.service].code } ?? "")
        cells.number(line?.units)
        cells.money(line?.price)
        cells.money(line?.net)
        cells.day(line?.day)
    }

    /// A practitioner's national number; that of the one who is excluded stands on the list.
    private func identifier(_ practitioner: Int) -> String {
        practitioner == world.excluded ? World.excludedNumber : String(7_000_000_000 + practitioner)
    }

    func put(_ row: ResponseRow) {
        cells.id("b", row.id)
        cells.text("insurer")
        cells.padded("P", row.person, 7)
        cells.id("c", row.claim)
        cells.text(world.facilities[row.claimFacility].institution)
        cells.text(world.tables.plans[world.people[row.person].plan].payer)
        cells.moment(row.at)
        cells.text("complete")
        cells.money(row.total)
        cells.money(row.paid)
        cells.money(row.paid == 0 ? row.total : 0)
    }

    func put(_ row: ConsentRow) {
        head("n", row.id, row.facility, row.person)
        cells.moment(row.fromDay * 86_400 + 1)
        cells.text(row.permits ? "true" : "false")
        cells.text(row.purpose)
        cells.day(row.fromDay)
    }

    func put(_ row: StaffRow) {
        let person = world.practitioners[row.practitioner]
        house("w", row.id, person.facility)
        practitioner(row.practitioner)
        facility(person.facility)
        cells.text(person.department)
        cells.text(person.role.rawValue)
        cells.text(identifier(row.practitioner))
        cells.text(world.tables.surnames[person.surname].name)
        cells.moment(row.at)
    }

    func put(_ row: RosterRow) {
        house("s", row.id, row.facility)
        practitioner(row.practitioner)
        facility(row.facility)
        cells.text(world.practitioners[row.practitioner].department)
        cells.moment(row.from)
        cells.moment(row.to)
    }

    func put(_ row: DeliveryRow) {
        house("g", row.id, row.facility)
        facility(row.facility)
        cells.text(world.tables.drugs[row.drug].code)
        cells.moment(row.at)
        cells.number(row.packs)
        cells.text("in")
        traceCodes(row.traceCode, row.packs)
    }

    func put(_ row: AccessRow) {
        head("a", row.id, row.facility, row.person)
        practitioner(row.practitioner)
        cells.text(row.role)
        cells.text(world.practitioners[row.practitioner].department)
        cells.text(row.action)
        cells.text(row.purpose)
        cells.text(row.basis)
        cells.text(row.outcome)
        cells.moment(row.at)
        cells.text(row.object)
        cells.id("e", row.visit)
    }
}
