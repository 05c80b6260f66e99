/// Opioids from many hands, doses too high, drugs for the wrong person.
extension Simulation {
    /// A visit, an order and the drug handed over, all in one.
    mutating func supply(
        _ drug: String, days: Int, perDay: Int? = nil, refills: Int = 0, to person: Int,
        by doctor: Int, at pharmacy: Int, after wait: Int = 0, reason: String = "M54.5",
        _ chance: inout Chance
    ) throws(SynthesisError) -> DispenseRow {
        let row = try visit(request(person, doctor, reason: reason), &chance)
        let place = tables.drug(drug)
        let daily = perDay ?? tables.drugs[place].perDay
        let order = OrderRow(
            id: id(), person: person, practitioner: doctor, facility: row.facility, drug: place,
            at: row.to - 60, quantity: daily * days, days: days, refills: refills, visit: row.id,
            reason: reason)
        try write(.order(order))
        return try dispense(order, at: pharmacy, on: day + wait, &chance).dispense
    }

    private func deed(_ person: Int, _ actors: [Int], _ rows: [DispenseRow], _ day: Int) -> Deed {
        Deed(
            subject: person, actors: actors,
            records: rows.map { Name.record(.dispenses, $0.id) }, day: day,
            amount: rows.last?.paid ?? 0)
    }

    /// RX-01: more morphine a day than the threshold, in milligrams.
    mutating func overdose(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        // A tablet of 10 mg oxycodone is worth 15 mg of morphine.
        let tablets = (plant.magnitude + 14) / 15
        let pharmacy = world.people[person].pharmacy
        guard plant.difficulty == .camouflaged else {
            let row = try supply(
                "1049502", days: 6, perDay: tablets, to: person, by: doctor, at: pharmacy, &chance)
            return deed(person, [doctor], [row], day)
        }
        // Two doctors, two pharmacies, each below it.
        let other = accomplice(tier: 3, &chance)
        let first = try supply(
            "1049502", days: 6, perDay: tablets / 2, to: person, by: doctor, at: pharmacy, &chance)
        let second = try supply(
            "1049502", days: 6, perDay: tablets - tablets / 2, to: person, by: other,
            at: otherPharmacy(person, &chance), after: 1, &chance)
        return deed(person, [doctor, other], [first, second], day + 1)
    }

    /// RX-03: from doctor to doctor.
    ///
    /// The threshold is of prescribers and of pharmacies.
    mutating func shopDoctors(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let pharmacies = world.facilitiesByTier[0]
        let count = min(plant.magnitude, pharmacies.count)
        let doctors = world.practitioners.indices.filter {
            world.practitioners[$0].role == .doctor && $0 != world.excluded
        }
        guard count > plant.scheme.threshold - 1, doctors.count >= count else { return nil }
        let start = chance.below(doctors.count)
        let spread = plant.difficulty == .camouflaged ? 20 : 9
        var rows: [DispenseRow] = []
        for step in 0..<count {
            let doctor = doctors[(start + step * 5) % doctors.count]
            let order = OrderRow(
                id: id(), person: person, practitioner: doctor,
                facility: world.practitioners[doctor].facility, drug: tables.drug("835603"),
                at: (day + step * spread) * 86_400 + 36_000, quantity: 15, days: 5, refills: 0,
                visit: 0, reason: "M54.5")
            try write(.order(order), on: day + step * spread)
            rows.append(
                try dispense(
                    order, at: pharmacies[(start + step) % pharmacies.count],
                    on: day + step * spread, &chance
                ).dispense)
        }
        return deed(person, rows.map(\.practitioner), rows, day + (count - 1) * spread)
    }

    /// RX-08: more than the label's highest daily dose, in milligrams.
    mutating func exceedDose(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let row = try supply(
            "860975", days: 30, perDay: (plant.magnitude + 499) / 500, to: person, by: doctor,
            at: world.people[person].pharmacy, reason: "E11.9", &chance)
        return deed(person, [doctor], [row], day)
    }

    /// RX-09: two drugs that do the same.
    ///
    /// The threshold is in days of overlap.
    mutating func duplicateTherapy(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let other = plant.difficulty == .camouflaged ? accomplice(tier: 3, &chance) : doctor
        let first = try supply(
            "312961", days: 30, to: person, by: doctor, at: world.people[person].pharmacy,
            reason: "E78.5", &chance)
        let second = try supply(
            "197905", days: plant.magnitude, to: person, by: other,
            at: otherPharmacy(person, &chance), after: 2, reason: "E78.5", &chance)
        return deed(person, [doctor, other], [first, second], day + 2)
    }

    /// RX-14: a drug that is not for children.
    ///
    /// The threshold is an age in years.
    mutating func treatChild(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let limit = plant.difficulty == .easy ? plant.scheme.threshold / 2 : plant.scheme.threshold
        let children = world.people.indices.filter { number in
            let age = world.people[number].age(on: day)
            return age < limit && age >= (plant.difficulty == .easy ? 0 : limit - 3)
                && world.people[number].stayUntil < day
        }
        guard !children.isEmpty else { return nil }
        let person = children[chance.below(children.count)]
        let doctor = accomplice(tier: 2, &chance)
        let row = try supply(
            "835603", days: 5, to: person, by: doctor, at: world.people[person].pharmacy,
            reason: "S52.5", &chance)
        return deed(person, [doctor], [row], day)
    }

    /// RX-15: a drug for men, for a woman.
    mutating func treatOtherSex(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.isFemale }) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try supply(
            "310346", days: plant.difficulty == .easy ? 90 : 28, to: person, by: doctor,
            at: world.people[person].pharmacy, reason: "R39.1", &chance)
        return deed(person, [doctor], [row], day)
    }

    /// RX-27: handed out before the prescription is written.
    ///
    /// The threshold is in days.
    mutating func dispenseFirst(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let wait = plant.magnitude
        let order = OrderRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.practitioners[doctor].facility, drug: tables.drug("966224"),
            at: (day + wait) * 86_400 + 36_000, quantity: 30, days: 30, refills: 0, visit: 0,
            reason: "E03.9")
        let row = DispenseRow(
            id: id(), order: order.id, orderFacility: order.facility, person: person,
            practitioner: doctor, facility: world.people[person].pharmacy, drug: order.drug,
            at: day * 86_400 + 50_000, quantity: 30, days: 30, paid: 1_650,
            traceCode: try traceCodes(1, of: order.drug, at: world.people[person].pharmacy),
            packs: 1)
        try write(.dispense(row))
        _ = try claim(row, order, on: day, &chance)
        try write(.order(order), on: day + wait)
        return deed(person, [doctor], [row], day + wait)
    }

    /// RX-28: an opioid, a benzodiazepine and a muscle relaxant together.
    mutating func mixTrinity(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = calmingVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        var rows: [DispenseRow] = []
        for (step, drug) in ["835603", "197591", "197446"].enumerated() {
            let hidden = plant.difficulty == .camouflaged && step > 0
            rows.append(
                try supply(
                    drug, days: plant.difficulty == .easy ? 7 : 5, to: person,
                    by: hidden ? accomplice(tier: 2 + step % 2, &chance) : doctor,
                    at: hidden
                        ? otherPharmacy(person, &chance) : world.people[person].pharmacy,
                    after: hidden ? step : 0, &chance))
        }
        return deed(person, [doctor], rows, day + 2)
    }

    /// RX-30: filled more often than allowed.
    ///
    /// The threshold is in fills.
    mutating func overfill(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let row = try visit(request(person, doctor, reason: "E03.9"), &chance)
        let order = try prescribe(
            tables.drug("966224"), 30, plant.scheme.threshold - 1, row)
        var rows: [DispenseRow] = []
        for fill in 0..<plant.magnitude {
            let pharmacy =
                plant.difficulty == .camouflaged && fill == plant.magnitude - 1
                ? otherPharmacy(person, &chance) : world.people[person].pharmacy
            rows.append(
                try dispense(order, at: pharmacy, on: day + fill * 29, &chance).dispense)
        }
        return deed(person, [doctor], rows, day + (plant.magnitude - 1) * 29)
    }

    /// RX-31: the first opioid, and for longer than the threshold in days.
    mutating func startLong(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try supply(
            "835603", days: plant.magnitude, to: person, by: doctor,
            at: world.people[person].pharmacy, reason: "M25.5", &chance)
        return deed(person, [doctor], [row], day)
    }

    /// RX-23: the same drug again and again.
    ///
    /// The threshold is in purchases a month.
    mutating func buyOften(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        var rows: [DispenseRow] = []
        for time in 0..<plant.magnitude {
            let row = try supply(
                "314076", days: 14, to: person, by: doctor,
                at: plant.difficulty == .camouflaged
                    ? otherPharmacy(person, &chance) : world.people[person].pharmacy,
                after: time * 28 / plant.magnitude, reason: "I10", &chance)
            rows.append(row)
        }
        return deed(person, [doctor], rows, day + 28)
    }

    /// RX-07: for an acute illness, far more than a week.
    ///
    /// The threshold is in days.
    mutating func supplyLong(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let row = try supply(
            "308192", days: plant.magnitude, to: person, by: doctor,
            at: world.people[person].pharmacy, reason: "J06.9", &chance)
        // It is the order that is too long.
        let orders = row.order.map { [Name.record(.orders, $0)] } ?? []
        return Deed(
            subject: person, actors: [doctor],
            records: [Name.record(.dispenses, row.id)] + orders, day: day, amount: row.paid)
    }

    /// RX-32: two long-acting opioids at once.
    mutating func doubleLongActing(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let other = accomplice(tier: 3, &chance)
        let first = try supply(
            "1049502", days: 7, to: person, by: doctor, at: world.people[person].pharmacy,
            &chance)
        let second = try supply(
            "1049502", days: 7, to: person, by: other, at: otherPharmacy(person, &chance),
            after: plant.difficulty == .easy ? 1 : 5, &chance)
        return deed(person, [doctor, other], [first, second], day + 5)
    }
}
