/// Drugs for the wrong person, in the wrong dose, or fetched too often.
extension Simulation {
    /// RX-05: fetched again long before it is used up.
    mutating func refillEarly(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let order = try order("966224", days: 30, for: person, by: doctor, reason: "E03.9", &chance)
        try dispense(order, at: world.people[person].pharmacy, on: day, &chance)
        // A tenth below the threshold, or half of it, in per cent of the supply.
        let share =
            plant.difficulty == .easy
            ? plant.scheme.threshold / 2 : plant.scheme.threshold * 9 / 10
        let when = day + 30 * share / 100
        let pharmacy =
            plant.difficulty == .camouflaged
            ? otherPharmacy(person, &chance) : world.people[person].pharmacy
        let again = try dispense(order, at: pharmacy, on: when, &chance).dispense
        return Deed(for: person, by: [doctor], supplying: again, on: when)
    }

    /// RX-10: two drugs that must not be taken together.
    mutating func combineDrugs(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let other =
            plant.difficulty == .camouflaged ? accomplice(tier: 3, &chance) : doctor
        let statin = try order(
            "312961", days: 30, for: person, by: doctor, reason: "E78.5", &chance)
        try dispense(statin, at: world.people[person].pharmacy, on: day, &chance)
        let antibiotic = try order(
            "197517", days: 7, for: person, by: other, reason: "J20.9", &chance)
        let when = day + (plant.difficulty == .easy ? 1 : 22)
        let second = try dispense(
            antibiotic, at: otherPharmacy(person, &chance), on: when, &chance
        ).dispense
        return Deed(for: person, by: [doctor, other], supplying: second, on: when)
    }

    /// RX-08: more than the label's highest daily dose, in milligrams.
    mutating func exceedDose(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let row = try supply(
            "860975", days: 30, perDay: (plant.magnitude + 499) / 500, to: person, by: doctor,
            reason: "E11.9", &chance)
        return Deed(for: person, by: [doctor], supplying: row, on: day)
    }

    /// RX-09: two drugs that do the same.
    ///
    /// The threshold is in days of overlap.
    mutating func duplicateTherapy(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let other = plant.difficulty == .camouflaged ? accomplice(tier: 3, &chance) : doctor
        let first = try supply(
            "312961", days: 30, to: person, by: doctor, reason: "E78.5", &chance)
        let second = try supply(
            "197905", days: plant.magnitude, to: person, by: other,
            at: otherPharmacy(person, &chance), after: 2, reason: "E78.5", &chance)
        return Deed(for: person, by: [doctor, other], supplying: first, second, on: day + 2)
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
        let row = try supply("835603", days: 5, to: person, by: doctor, reason: "S52.5", &chance)
        return Deed(for: person, by: [doctor], supplying: row, on: day)
    }

    /// RX-15: a drug for men, for a woman.
    mutating func treatOtherSex(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.isFemale }) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try supply(
            "310346", days: plant.difficulty == .easy ? 90 : 28, to: person, by: doctor,
            reason: "R39.1", &chance)
        return Deed(for: person, by: [doctor], supplying: row, on: day)
    }

    /// RX-27: handed out before the prescription is written.
    ///
    /// The threshold is in days.
    mutating func dispenseFirst(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let when = day + plant.magnitude
        let order = try order(
            "966224", quantity: 30, days: 30, for: person, by: doctor,
            at: when * 86_400 + 36_000, reason: "E03.9")
        let row = try handOut(order, at: day * 86_400 + 50_000, paid: 1_650)
        _ = try claim(row, order, on: day, &chance)
        return Deed(for: person, by: [doctor], supplying: row, on: when)
    }

    /// RX-30: filled more often than allowed.
    ///
    /// The threshold is in fills.
    mutating func overfill(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let visit = try visit(request(person, doctor, reason: "E03.9"), &chance)
        let order = try prescribe(
            tables.drug("966224"), 30, plant.scheme.threshold - 1, visit)
        let last = plant.magnitude - 1
        var deed = Deed(for: person, by: [doctor], on: day + last * 29)
        for fill in 0...last {
            let pharmacy =
                plant.difficulty == .camouflaged && fill == last
                ? otherPharmacy(person, &chance) : world.people[person].pharmacy
            let row = try dispense(order, at: pharmacy, on: day + fill * 29, &chance).dispense
            deed.add(.dispenses, row.id, amount: fill == last ? row.paid : 0)
        }
        return deed
    }

    /// RX-23: the same drug again and again.
    ///
    /// The threshold is in purchases a month.
    mutating func buyOften(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        var deed = Deed(for: person, by: [doctor], on: day + 28)
        for time in 0..<plant.magnitude {
            let row = try supply(
                "314076", days: 14, to: person, by: doctor,
                at: plant.difficulty == .camouflaged ? otherPharmacy(person, &chance) : nil,
                after: time * 28 / plant.magnitude, reason: "I10", &chance)
            deed.add(.dispenses, row.id, amount: time == plant.magnitude - 1 ? row.paid : 0)
        }
        return deed
    }

    /// RX-07: for an acute illness, far more than a week.
    ///
    /// The threshold is in days.
    mutating func supplyLong(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let row = try supply(
            "308192", days: plant.magnitude, to: person, by: doctor, reason: "J06.9", &chance)
        var deed = Deed(for: person, by: [doctor], supplying: row, on: day)
        // It is the order that is too long.
        if let order = row.order { deed.add(.orders, order) }
        return deed
    }
}
