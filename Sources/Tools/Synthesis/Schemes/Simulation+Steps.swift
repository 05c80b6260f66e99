/// The steps of which schemes are made: who is drawn in, and what is written about them.
///
/// What the region does anyhow (visits, orders, dispenses, claims) stands in `Life/`.
extension Simulation {
    /// A grown-up who is alive and in no hospital; nil where many tries find nobody.
    mutating func victim(
        _ chance: inout Chance, where fits: (Person) -> Bool = { _ in true }
    ) -> Int? {
        for attempt in 0..<400 {
            let number = chance.below(world.people.count)
            let person = world.people[number]
            // Rather somebody whom no scheme has used lately, so that each case is one.
            if attempt < 300, let last = chosen[number], last + 200 > day { continue }
            if person.age(on: day) >= 18, person.stayUntil < day,
                person.deathDay.map({ $0 > day + 90 }) ?? true,
                tables.plans[person.plan].cap > 0, fits(person)
            {
                chosen[number] = day
                return number
            }
        }
        return nil
    }

    /// So many victims, no two the same; nil where the region is too small for them.
    mutating func victims(_ count: Int, _ chance: inout Chance) -> [Int]? {
        var people: [Int] = []
        for _ in 0..<count * 20 {
            guard people.count < count, let person = victim(&chance) else { break }
            if !people.contains(person) { people.append(person) }
        }
        return people.count == count ? people : nil
    }

    /// A victim without chronic disease, below that age.
    mutating func healthyVictim(below age: Int = .max, _ chance: inout Chance) -> Int? {
        let today = day
        return victim(&chance, where: { $0.care.isEmpty && $0.age(on: today) < age })
    }

    /// A doctor who works today, at a hospital of that tier; rather one whose account is in use,
    /// since an idle one that wakes up is another scheme.
    func accomplice(
        tier: Int, in department: String = "general", _ chance: inout Chance
    ) -> Int {
        for _ in 0..<8 {
            let hospital = world.hospital(tier: tier, &chance)
            let doctor = world.doctor(at: hospital, department, on: day, &chance)
            if lastOpened[doctor].map({ $0 + 60 > day }) ?? true { return doctor }
        }
        let hospital = world.hospital(tier: tier, &chance)
        return world.doctor(at: hospital, department, on: day, &chance)
    }

    /// An accomplice whose numbers no scheme has moved for a year, so that each case is one.
    ///
    /// Rather one who works today, then one who is called in; whoever comes where there is none.
    mutating func culprit(
        tier: Int, until last: Int? = nil, _ chance: inout Chance,
        where fits: (Int) -> Bool = { _ in true }
    ) -> Int {
        func isFree(_ doctor: Int) -> Bool {
            fits(doctor) && moved[doctor].map { $0 + 365 <= day } ?? true
        }
        var doctor = accomplice(tier: tier, &chance)
        for _ in 0..<20 where !isFree(doctor) { doctor = accomplice(tier: tier, &chance) }
        if !isFree(doctor) {
            let colleagues = world.facilitiesByTier[tier].flatMap { world.facilities[$0].doctors }
            doctor =
                colleagues.first { other in
                    isFree(other) && other != world.excluded && !world.isOnLeave(other, on: day)
                        && lastOpened[other].map { $0 + 60 > day } ?? true
                } ?? doctor
        }
        moved[doctor] = last ?? day
        return doctor
    }

    /// A pharmacy that is not the one nearby, where there is another.
    func otherPharmacy(_ person: Int, _ chance: inout Chance) -> Int {
        let pharmacies = world.facilitiesByTier[0].filter { $0 != world.people[person].pharmacy }
        return pharmacies.isEmpty
            ? world.people[person].pharmacy : pharmacies[chance.below(pharmacies.count)]
    }

    /// An access of any kind, without a reason unless one is given.
    mutating func open(
        _ person: Int, _ practitioner: Int, _ at: Int, facility: Int? = nil,
        action: String = "read", purpose: String = "treatment", basis: String = "none",
        outcome: String = "success", role: String = "attending", for deed: inout Deed
    ) throws(SynthesisError) {
        let access = AccessRow(
            id: id(), person: person, practitioner: practitioner,
            facility: facility ?? world.practitioners[practitioner].facility, role: role,
            action: action, purpose: purpose, basis: basis, outcome: outcome, at: at,
            object: "Encounter", visit: nil)
        try write(.access(access), on: at / 86_400)
        deed.add(.accesses, access.id)
    }

    /// Somebody's card is read; returns the id of the record.
    @discardableResult
    mutating func check(
        _ person: Int, _ facility: Int, _ at: Int
    ) throws(SynthesisError) -> Int {
        let row = IdentityRow(
            id: id(), person: person, facility: facility, method: "card", assurance: 1, at: at)
        try write(.identity(row), on: at / 86_400)
        return row.id
    }

    // MARK: Visits

    /// An ordinary visit to an accomplice, as a cover or as a step of a scheme.
    func request(
        _ person: Int, _ doctor: Int, reason: String = "R51", service: String = "consult"
    ) -> VisitRequest {
        VisitRequest(
            person: person, facility: world.practitioners[doctor].facility,
            department: world.practitioners[doctor].department, practitioner: doctor,
            visitClass: .ambulatory, reason: reason, service: tables.service(service))
    }

    /// A visit with all its workflow but the claim, which the scheme writes itself.
    @discardableResult
    mutating func unbilled(
        _ person: Int, _ doctor: Int, reason: String = "R51", test: String? = nil,
        _ chance: inout Chance
    ) throws(SynthesisError) -> VisitRow {
        var request = request(person, doctor, reason: reason)
        request.isClaimed = false
        request.test = test.map(tables.service)
        return try visit(request, &chance)
    }

    /// A visit that nothing belongs to but what the scheme writes, which writes it too.
    mutating func bareVisit(
        _ person: Int, _ doctor: Int, at: Int, seconds: Int = 600, facility: Int? = nil,
        reason: String = "R51", _ visitClass: VisitClass = .ambulatory
    ) -> VisitRow {
        VisitRow(
            id: id(), person: person, practitioner: doctor,
            facility: facility ?? world.practitioners[doctor].facility, visitClass: visitClass,
            from: at, to: at + seconds, reason: reason, isTransfer: false)
    }

    /// The diagnosis of a visit, as its doctor writes it down.
    mutating func note(_ row: VisitRow, on when: Int? = nil) throws(SynthesisError) {
        try write(
            .condition(
                ConditionRow(
                    id: id(), person: row.person, practitioner: row.practitioner,
                    facility: row.facility, code: row.reason, at: row.to, visit: row.id,
                    recorded: when.map { max(row.to, $0 * 86_400 + 9 * 3_600) })),
            on: when ?? day)
    }

    /// A stay with its claim, whatever plan the patient has.
    mutating func stayFor(
        _ service: String, _ reason: String, _ person: Int, _ doctor: Int, days: Int,
        after wait: Int, _ chance: inout Chance
    ) throws(SynthesisError) -> ClaimRow {
        var request = VisitRequest(
            person: person, facility: world.practitioners[doctor].facility,
            department: "surgery", practitioner: doctor, visitClass: .inpatient, reason: reason,
            service: tables.service(service))
        request.isClaimed = false
        let row = try stay(request, days: days, after: wait, &chance)
        let bill = bill(forStay: row, service, days: days, on: day + wait)
        try send(bill, on: row.to / 86_400, &chance)
        return bill
    }

    // MARK: Claims

    /// A claim for services, for a visit that was or for none.
    mutating func claim(
        _ person: Int, _ doctor: Int, _ services: [String], on day: Int, visit: VisitRow? = nil,
        reason: String = "R51"
    ) -> ClaimRow {
        let facility = world.practitioners[doctor].facility
        let from = visit?.from ?? day * 86_400 + 10 * 3_600
        let to = visit?.to ?? from + 1_800
        return ClaimRow(
            id: id(), person: person, practitioner: doctor, facility: facility,
            type: world.facilities[facility].tier <= 1 ? .professional : .institutional,
            from: from, to: to, submitted: max(to + 600, day * 86_400 + 18 * 3_600),
            diagnosis: reason, visit: visit?.id, order: nil, orderFacility: nil,
            lines: services.map { line(tables.service($0), 1, facility, day) })
    }

    /// A claim for a stay, with so many days of bed and of nursing.
    mutating func bill(
        forStay row: VisitRow, _ service: String = "admission", days: Int, on day: Int
    ) -> ClaimRow {
        var bill = claim(
            row.person, row.practitioner, [service, "bed", "nursing"], on: day, visit: row,
            reason: row.reason)
        for place in [1, 2] { bill.lines[place].units = days }
        bill.submitted = row.to + 3_600
        return bill
    }

    /// A claim is coded and sent in.
    mutating func send(
        _ bill: ClaimRow, on when: Int, _ chance: inout Chance
    ) throws(SynthesisError) {
        try code(bill)
        try submit(bill, on: when, &chance)
    }

    /// A claim is coded and sent in, which is all of the deed.
    mutating func send(
        _ bill: ClaimRow, on when: Int, as deed: Deed, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed {
        try send(bill, on: when, &chance)
        var deed = deed
        deed.add(bill)
        return deed
    }

    // MARK: Drugs

    /// A visit to a doctor who orders a drug, with nothing handed over yet.
    mutating func order(
        _ drug: String, days: Int, for person: Int, by doctor: Int, reason: String = "M54.5",
        _ chance: inout Chance
    ) throws(SynthesisError) -> OrderRow {
        let row = try visit(request(person, doctor, reason: reason), &chance)
        return try prescribe(tables.drug(drug), days, 0, row)
    }

    /// A visit, an order and the drug handed over, all in one.
    mutating func supply(
        _ drug: String, days: Int, perDay: Int? = nil, to person: Int, by doctor: Int,
        at pharmacy: Int? = nil, after wait: Int = 0, reason: String = "M54.5",
        _ chance: inout Chance
    ) throws(SynthesisError) -> DispenseRow {
        let row = try visit(request(person, doctor, reason: reason), &chance)
        let place = tables.drug(drug)
        let order = OrderRow(
            id: id(), person: person, practitioner: doctor, facility: row.facility, drug: place,
            at: row.to - 60, quantity: (perDay ?? tables.drugs[place].perDay) * days, days: days,
            refills: 0, visit: row.id, reason: reason)
        try write(.order(order))
        return try dispense(
            order, at: pharmacy ?? world.people[person].pharmacy, on: day + wait, &chance
        ).dispense
    }

    /// An order that belongs to no visit.
    mutating func order(
        _ drug: String, quantity: Int, days: Int, for person: Int, by doctor: Int, at: Int,
        reason: String
    ) throws(SynthesisError) -> OrderRow {
        let order = OrderRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.practitioners[doctor].facility, drug: tables.drug(drug), at: at,
            quantity: quantity, days: days, refills: 0, visit: 0, reason: reason)
        try write(.order(order), on: at / 86_400)
        return order
    }

    /// Handed out by a pharmacy as it likes, whatever was ordered, and with no claim; in as many
    /// packs as the quantity takes unless said otherwise.
    mutating func handOut(
        _ order: OrderRow, at: Int, quantity: Int? = nil, days: Int? = nil, paid: Int,
        pack: Int? = nil, packs: Int? = nil
    ) throws(SynthesisError) -> DispenseRow {
        let pharmacy = world.people[order.person].pharmacy
        let number = id()
        let count = packs ?? (pack == nil ? Self.packs(for: quantity ?? order.quantity) : 1)
        let code =
            if let pack { pack } else { try traceCodes(count, of: order.drug, at: pharmacy) }
        let row = DispenseRow(
            id: number, order: order.id, orderFacility: order.facility, person: order.person,
            practitioner: order.practitioner, facility: pharmacy, drug: order.drug, at: at,
            quantity: quantity ?? order.quantity, days: days ?? order.days, paid: paid,
            traceCode: code, packs: count)
        try write(.dispense(row), on: at / 86_400)
        return row
    }
}
