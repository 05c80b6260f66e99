extension Simulation {
    /// An order, and the access by which it was made.
    mutating func prescribe(
        _ drug: Int, _ days: Int, _ refills: Int, _ row: VisitRow
    ) throws(SynthesisError) -> OrderRow {
        let order = OrderRow(
            id: id(), person: row.person, practitioner: row.practitioner, facility: row.facility,
            drug: drug, at: row.to - 60, quantity: days * tables.drugs[drug].perDay, days: days,
            refills: refills, visit: row.id, reason: row.reason)
        try write(.order(order))
        try access(row, row.practitioner, "create", at: row.to - 60, "MedicationRequest", on: 0)
        return order
    }

    /// A pharmacy hands over what was ordered, and claims it.
    @discardableResult
    mutating func dispense(
        _ order: OrderRow, at pharmacy: Int, on when: Int, second: Int? = nil,
        _ chance: inout Chance
    ) throws(SynthesisError) -> (dispense: DispenseRow, claim: ClaimRow?) {
        let packs = Self.packs(for: order.quantity)
        let open = when * 86_400 + (second ?? (9 * 60 + chance.below(10 * 60)) * 60)
        let price = tables.drugs[order.drug].price
        let row = DispenseRow(
            id: id(), order: order.id, orderFacility: order.facility, person: order.person,
            practitioner: order.practitioner, facility: pharmacy, drug: order.drug,
            // Nobody is handed a drug before it was ordered.
            at: max(open, order.at + 900), quantity: order.quantity, days: order.days,
            paid: order.quantity * price,
            traceCode: try traceCodes(packs, of: order.drug, at: pharmacy), packs: packs)
        try write(.dispense(row), on: when)
        return (row, try claim(row, order, on: when, &chance))
    }

    /// Packs hold thirty pieces, as `rules/tables/pack-sizes.csv` says too.
    static func packs(for quantity: Int) -> Int { max(1, (quantity + 29) / 30) }

    mutating func claim(
        _ row: DispenseRow, _ order: OrderRow, on when: Int, _ chance: inout Chance
    ) throws(SynthesisError) -> ClaimRow? {
        guard tables.plans[world.people[row.person].plan].cap > 0 else { return nil }
        var claim = ClaimRow(
            id: id(), person: row.person, practitioner: row.practitioner, facility: row.facility,
            type: .pharmacy, from: row.at, to: row.at, submitted: row.at + 300,
            diagnosis: order.reason, visit: nil, order: order.id, orderFacility: order.facility,
            lines: [])
        claim.drug = (row.drug, row.quantity, tables.drugs[row.drug].price)
        try submit(claim, on: when, &chance)
        return claim
    }

    /// Fills an order again when its day has come, mostly a few days before it runs out.
    mutating func refill(for number: Int, _ index: Int) throws(SynthesisError) {
        guard var refill = world.people[number].care[index].refill, refill.nextDay <= day else {
            return
        }
        var chance = Chance(world.seed, 4, UInt64(number), UInt64(day), UInt64(index))
        try dispense(
            refill.order, at: world.people[number].pharmacy, on: day,
            second: errand(of: number) + index * 5, &chance)
        world.people[number].care[index].suppliedUntil = day + refill.order.days
        refill.left -= 1
        refill.nextDay = togetherDay(number, day + nextFill(refill.order.days, &chance), &chance)
        world.people[number].care[index].refill = refill.left > 0 ? refill : nil
    }

    /// The second of today at which somebody of the household is at the pharmacy: one goes for all.
    private func errand(of number: Int) -> Int {
        var chance = Chance(world.seed, 6, UInt64(world.people[number].household), UInt64(day))
        return 9 * 3_600 + chance.below(9 * 3_600) + number % 8 * 20
    }

    /// The day, or one up to four days later on which another of the household has a refill due.
    private func togetherDay(_ number: Int, _ due: Int, _ chance: inout Chance) -> Int {
        guard chance.perMille(tables.setting(.familyPickup)) else { return due }
        let household = world.people[number].household
        for other in max(0, number - 8)..<min(world.people.count, number + 9)
        where other != number && world.people[other].household == household {
            for care in world.people[other].care {
                if let next = care.refill?.nextDay, (due...due + 4).contains(next) { return next }
            }
        }
        return due
    }

    /// In how many days a supply is fetched again: never before nine tenths of it are used up.
    func nextFill(_ days: Int, _ chance: inout Chance) -> Int {
        if chance.perMille(tables.setting(.refillLate)) { return days + chance.between(1, 12) }
        return days - chance.between(0, days / 10)
    }
}
