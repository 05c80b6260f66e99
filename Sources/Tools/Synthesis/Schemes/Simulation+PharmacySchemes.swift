/// Packs sold twice, drugs without prescription, bills for what nobody fetched.
extension Simulation {
    /// PH-01: the code of a pack is settled a second time.
    mutating func settleTwice(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }),
            let other = victim(&chance, where: { $0.care.isEmpty }), person != other
        else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let first = try supply(
            "308192", days: 7, to: person, by: doctor, at: world.people[person].pharmacy,
            reason: "N39.0", &chance)
        let wait = plant.difficulty == .easy ? 0 : 40
        let order = try self.order(
            "308192", days: 7, for: other, by: doctor, reason: "N39.0", &chance)
        let again = DispenseRow(
            id: id(), order: order.id, orderFacility: order.facility, person: other,
            practitioner: doctor, facility: first.facility, drug: first.drug,
            at: (day + wait) * 86_400 + 60_000, quantity: first.quantity, days: first.days,
            paid: first.paid, traceCode: first.traceCode,
            // Camouflaged: beside a pack of its own.
            packs: plant.difficulty == .camouflaged ? first.packs + 1 : first.packs)
        if plant.difficulty == .camouflaged {
            _ = try traceCodes(1, of: first.drug, at: first.facility)
        }
        try write(.dispense(again), on: day + wait)
        _ = try claim(again, order, on: day + wait, &chance)
        return Deed(
            subject: other, actors: [doctor],
            records: [first, again].map { Name.record(.dispenses, $0.id) }, day: day + wait,
            amount: again.paid)
    }

    /// PH-03: fewer packs than pieces billed.
    mutating func shortPacks(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let order = try self.order(
            "310965", days: plant.difficulty == .easy ? 60 : 12, for: person, by: doctor, &chance)
        let row = DispenseRow(
            id: id(), order: order.id, orderFacility: order.facility, person: person,
            practitioner: doctor, facility: world.people[person].pharmacy, drug: order.drug,
            at: day * 86_400 + 61_000, quantity: order.quantity, days: order.days,
            paid: order.quantity * tables.drugs[order.drug].price,
            traceCode: try traceCodes(1, of: order.drug, at: world.people[person].pharmacy),
            packs: 1)
        try write(.dispense(row))
        _ = try claim(row, order, on: day, &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.dispenses, row.id)],
            day: day, amount: row.paid)
    }

    /// PH-09: a controlled drug without a prescription.
    mutating func sellControlled(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = calmingVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let days = plant.magnitude
        let place = tables.drug(plant.difficulty == .camouflaged ? "197591" : "835603")
        let row = DispenseRow(
            id: id(), order: nil, orderFacility: world.people[person].pharmacy, person: person,
            practitioner: doctor, facility: world.people[person].pharmacy, drug: place,
            at: day * 86_400 + 62_000, quantity: days * tables.drugs[place].perDay, days: days,
            paid: days * tables.drugs[place].perDay * tables.drugs[place].price,
            traceCode: try traceCodes(1, of: place, at: world.people[person].pharmacy), packs: 1)
        try write(.dispense(row))
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.dispenses, row.id)],
            day: day, amount: row.paid)
    }

    /// PH-11: billed, and never handed out.
    mutating func billUncollected(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let drug = plant.difficulty == .easy ? "1049502" : "308192"
        let order = try self.order(drug, days: 7, for: person, by: doctor, &chance)
        let at = day * 86_400 + 63_000
        var bill = ClaimRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.people[person].pharmacy, type: .pharmacy, from: at, to: at,
            submitted: at + 300, diagnosis: order.reason, visit: nil, order: order.id,
            orderFacility: order.facility, lines: [])
        bill.drug = (order.drug, order.quantity, tables.drugs[order.drug].price)
        try submit(bill, on: day, &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.claims, bill.id)], day: day,
            amount: bill.total)
    }

    /// PH-12: very many pieces in one order.
    ///
    /// The threshold is in pieces.
    mutating func sellBulk(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let row = try supply(
            "245314", days: 60, perDay: (plant.magnitude + 59) / 60, to: person, by: doctor,
            at: world.people[person].pharmacy, reason: "J45.9", &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.dispenses, row.id)],
            day: day, amount: row.paid)
    }

    /// PH-08: one purchase as two, seconds apart.
    mutating func splitPurchase(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let order = try self.order("313782", days: 10, for: person, by: doctor, &chance)
        var records: [String] = []
        for part in 0..<(plant.difficulty == .easy ? 4 : 2) {
            let row = DispenseRow(
                id: id(), order: order.id, orderFacility: order.facility, person: person,
                practitioner: doctor, facility: world.people[person].pharmacy,
                drug: order.drug, at: day * 86_400 + 64_000 + part, quantity: 15, days: 5,
                paid: 225,
                traceCode: try traceCodes(1, of: order.drug, at: world.people[person].pharmacy),
                packs: 1)
            try write(.dispense(row))
            records.append(Name.record(.dispenses, row.id))
        }
        return Deed(
            subject: person, actors: [doctor], records: records, day: day,
            amount: 225 * records.count)
    }

    /// PH-02: packs that were delivered to a hospital are handed out by a pharmacy elsewhere.
    mutating func divertPack(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let pharmacy = world.people[person].pharmacy
        let hospital = world.hospital(tier: 3, &chance)
        guard world.facilities[hospital].institution != world.facilities[pharmacy].institution
        else { return nil }
        let order = try self.order(
            "308192", days: 7, for: person, by: doctor, reason: "N39.0", &chance)
        let packs = plant.difficulty == .easy ? 3 : 1
        var records: [String] = []
        for part in 0..<packs {
            let code = try deliver(order.drug, to: hospital)
            // Camouflaged: handed out weeks after, among packs of the pharmacy's own.
            let wait = plant.difficulty == .camouflaged ? 20 : 0
            let row = DispenseRow(
                id: id(), order: order.id, orderFacility: order.facility, person: person,
                practitioner: doctor, facility: pharmacy, drug: order.drug,
                at: (day + wait) * 86_400 + 65_000 + part * 60, quantity: order.quantity / packs,
                days: order.days / packs, paid: order.quantity / packs * 50, traceCode: code,
                packs: 1)
            try write(.dispense(row), on: day + wait)
            records.append(Name.record(.dispenses, row.id))
        }
        return Deed(
            subject: person, actors: [doctor], records: records, day: day,
            amount: order.quantity * 50)
    }

    /// PH-07: a doctor's patients all go to one pharmacy, far from home.
    ///
    /// A ring of two.
    mutating func steer(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        let pharmacies = world.facilitiesByTier[0]
        guard !pharmacies.isEmpty else { return nil }
        let pharmacy = pharmacies[chance.below(pharmacies.count)]
        var records: [String] = []
        var amount = 0
        for _ in 0..<plant.magnitude {
            guard let person = victim(&chance, where: { $0.care.isEmpty }) else { continue }
            let row = try supply(
                "245314", days: 30, to: person, by: doctor, at: pharmacy, reason: "J45.9",
                &chance)
            records.append(Name.record(.dispenses, row.id))
            amount += row.paid
        }
        let owner = world.facilities[pharmacy].doctors.first
        return Deed(
            isAboutPractitioner: true, subject: doctor,
            actors: [doctor] + (owner.map { [$0] } ?? []),
            records: records, day: day, amount: amount)
    }
}
