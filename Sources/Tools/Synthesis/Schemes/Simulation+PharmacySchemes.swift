/// Packs sold twice, diverted or missing, and bills for what nobody fetched.
extension Simulation {
    /// PH-01: the code of a pack is settled a second time.
    mutating func settleTwice(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance), let other = healthyVictim(&chance),
            person != other
        else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let first = try supply(
            "308192", days: 7, to: person, by: doctor, reason: "N39.0", &chance)
        let when = day + (plant.difficulty == .easy ? 0 : 40)
        let order = try order(
            "308192", days: 7, for: other, by: doctor, reason: "N39.0", &chance)
        // Camouflaged: beside a pack of its own.
        let isBeside = plant.difficulty == .camouflaged
        let again = DispenseRow(
            id: id(), order: order.id, orderFacility: order.facility, person: other,
            practitioner: doctor, facility: first.facility, drug: first.drug,
            at: when * 86_400 + 60_000, quantity: first.quantity, days: first.days,
            paid: first.paid, traceCode: first.traceCode,
            packs: isBeside ? first.packs + 1 : first.packs)
        if isBeside { _ = try traceCodes(1, of: first.drug, at: first.facility) }
        try write(.dispense(again), on: when)
        _ = try claim(again, order, on: when, &chance)
        return Deed(for: other, by: [doctor], supplying: first, again, on: when)
    }

    /// PH-03: fewer packs than pieces billed.
    mutating func shortPacks(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let order = try order(
            "310965", days: plant.difficulty == .easy ? 60 : 12, for: person, by: doctor, &chance)
        let row = try handOut(
            order, at: day * 86_400 + 61_000,
            paid: order.quantity * tables.drugs[order.drug].price, packs: 1)
        _ = try claim(row, order, on: day, &chance)
        return Deed(for: person, by: [doctor], supplying: row, on: day)
    }

    /// PH-11: billed, and never handed out.
    mutating func billUncollected(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let drug = plant.difficulty == .easy ? "1049502" : "308192"
        let order = try order(drug, days: 7, for: person, by: doctor, &chance)
        let at = day * 86_400 + 63_000
        var bill = ClaimRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.people[person].pharmacy, type: .pharmacy, from: at, to: at,
            submitted: at + 300, diagnosis: order.reason, visit: nil, order: order.id,
            orderFacility: order.facility, lines: [])
        bill.drug = (order.drug, order.quantity, tables.drugs[order.drug].price)
        try submit(bill, on: day, &chance)
        var deed = Deed(for: person, by: [doctor], on: day)
        deed.add(bill)
        return deed
    }

    /// PH-12: very many packs in one order.
    ///
    /// The threshold is in packs.
    mutating func sellBulk(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let row = try supply(
            "966224", days: 60, perDay: (plant.magnitude + 1) / 2, to: person, by: doctor,
            reason: "E03.9", &chance)
        return Deed(for: person, by: [doctor], supplying: row, on: day)
    }

    /// PH-08: one purchase as two, seconds apart.
    mutating func splitPurchase(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let order = try order("313782", days: 10, for: person, by: doctor, &chance)
        var deed = Deed(for: person, by: [doctor], on: day)
        for part in 0..<(plant.difficulty == .easy ? 4 : 2) {
            deed.add(
                try handOut(
                    order, at: day * 86_400 + 64_000 + part, quantity: 15, days: 5, paid: 225))
        }
        return deed
    }

    /// PH-02: packs that were delivered to a hospital are handed out by a pharmacy elsewhere.
    mutating func divertPack(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let pharmacy = world.facilities[world.people[person].pharmacy]
        let hospital = world.hospital(tier: 3, &chance)
        guard world.facilities[hospital].institution != pharmacy.institution else { return nil }
        let order = try order(
            "308192", days: 7, for: person, by: doctor, reason: "N39.0", &chance)
        let packs = plant.difficulty == .easy ? 3 : 1
        // Camouflaged: handed out weeks after, among packs of the pharmacy's own.
        let when = day + (plant.difficulty == .camouflaged ? 20 : 0)
        var deed = Deed(for: person, by: [doctor], on: day)
        for part in 0..<packs {
            let pack = try deliver(order.drug, to: hospital)
            deed.add(
                try handOut(
                    order, at: when * 86_400 + 65_000 + part * 60,
                    quantity: order.quantity / packs, days: order.days / packs,
                    paid: order.quantity / packs * 50, pack: pack))
        }
        return deed
    }

    /// PH-07: a doctor's patients all go to one pharmacy, far from home.
    ///
    /// A ring of two. Honest patients of the doctor who take the drug would dilute it, so that what
    /// is a tenth above the threshold would lie below it.
    mutating func steer(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let drug = "245314"
        let carers = Set(
            world.people.flatMap(\.care)
                .filter { tables.conditions[$0.condition].drug == tables.drug(drug) }
                .map(\.practitioner))
        let doctor = culprit(tier: 2, &chance, where: { !carers.contains($0) })
        let pharmacies = world.facilitiesByTier[0]
        guard !pharmacies.isEmpty else { return nil }
        let pharmacy = pharmacies[chance.below(pharmacies.count)]
        let owner = world.facilities[pharmacy].doctors.first
        var deed = Deed(by: doctor, with: owner.map { [$0] } ?? [], on: day)
        for _ in 0..<plant.magnitude {
            guard let person = healthyVictim(&chance) else { continue }
            deed.add(
                try supply(
                    drug, days: 30, to: person, by: doctor, at: pharmacy, reason: "J45.9",
                    &chance))
        }
        return deed
    }
}
