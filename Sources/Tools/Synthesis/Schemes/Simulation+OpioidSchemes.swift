/// Opioids and what calms: too much, too long, from too many hands.
extension Simulation {
    /// RX-04: an opioid, and a benzodiazepine from somebody else meanwhile.
    mutating func overlapSupplies(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(below: calmingAge, &chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let hidden = plant.difficulty == .camouflaged
        let other = hidden ? accomplice(tier: 3, &chance) : doctor
        let opioid = try order("835603", days: 28, for: person, by: doctor, &chance)
        let first = try dispense(opioid, at: world.people[person].pharmacy, on: day, &chance)
        let calming = try order("197591", days: plant.magnitude, for: person, by: other, &chance)
        let pharmacy = hidden ? otherPharmacy(person, &chance) : world.people[person].pharmacy
        let second = try dispense(calming, at: pharmacy, on: day + 3, &chance)
        return Deed(
            for: person, by: [doctor, other], supplying: first.dispense, second.dispense,
            on: day + 3)
    }

    /// The age from which a benzodiazepine is a matter of its own.
    private var calmingAge: Int { 64 }

    /// RX-01: more morphine a day than the threshold, in milligrams.
    mutating func overdose(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        // A tablet of 10 mg oxycodone is worth 15 mg of morphine.
        let tablets = (plant.magnitude + 14) / 15
        guard plant.difficulty == .camouflaged else {
            let row = try supply(
                "1049502", days: 6, perDay: tablets, to: person, by: doctor, &chance)
            return Deed(for: person, by: [doctor], supplying: row, on: day)
        }
        // Two doctors, two pharmacies, each below it.
        let other = accomplice(tier: 3, &chance)
        let first = try supply(
            "1049502", days: 6, perDay: tablets / 2, to: person, by: doctor, &chance)
        let second = try supply(
            "1049502", days: 6, perDay: tablets - tablets / 2, to: person, by: other,
            at: otherPharmacy(person, &chance), after: 1, &chance)
        return Deed(for: person, by: [doctor, other], supplying: first, second, on: day + 1)
    }

    /// RX-03: from doctor to doctor.
    ///
    /// The threshold is of prescribers and of pharmacies.
    mutating func shopDoctors(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let pharmacies = world.facilitiesByTier[0]
        let count = min(plant.magnitude, pharmacies.count)
        let doctors = world.practitioners.indices.filter {
            world.practitioners[$0].role == .doctor && $0 != world.excluded
        }
        guard count > plant.scheme.threshold - 1, doctors.count >= count else { return nil }
        let start = chance.below(doctors.count)
        let spread = plant.difficulty == .camouflaged ? 20 : 9
        let visited = (0..<count).map { doctors[(start + $0 * 5) % doctors.count] }
        var deed = Deed(for: person, by: visited, on: day + (count - 1) * spread)
        for (step, doctor) in visited.enumerated() {
            let when = day + step * spread
            let order = try order(
                "835603", quantity: 15, days: 5, for: person, by: doctor,
                at: when * 86_400 + 36_000, reason: "M54.5")
            let row = try dispense(
                order, at: pharmacies[(start + step) % pharmacies.count], on: when, &chance
            ).dispense
            deed.add(.dispenses, row.id, amount: step == count - 1 ? row.paid : 0)
        }
        return deed
    }

    /// RX-28: an opioid, a benzodiazepine and a muscle relaxant together.
    mutating func mixTrinity(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(below: calmingAge, &chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let days = plant.difficulty == .easy ? 7 : 5
        var deed = Deed(for: person, by: [doctor], on: day + 2)
        for (step, drug) in ["835603", "197591", "197446"].enumerated() {
            let hidden = plant.difficulty == .camouflaged && step > 0
            let row = try supply(
                drug, days: days, to: person,
                by: hidden ? accomplice(tier: 2 + step % 2, &chance) : doctor,
                at: hidden ? otherPharmacy(person, &chance) : nil, after: hidden ? step : 0,
                &chance)
            deed.add(.dispenses, row.id, amount: step == 2 ? row.paid : 0)
        }
        return deed
    }

    /// RX-31: the first opioid, and for longer than the threshold in days.
    mutating func startLong(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try supply(
            "835603", days: plant.magnitude, to: person, by: doctor, reason: "M25.5", &chance)
        return Deed(for: person, by: [doctor], supplying: row, on: day)
    }

    /// RX-32: two long-acting opioids at once.
    mutating func doubleLongActing(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let other = accomplice(tier: 3, &chance)
        let first = try supply("1049502", days: 7, to: person, by: doctor, &chance)
        let second = try supply(
            "1049502", days: 7, to: person, by: other, at: otherPharmacy(person, &chance),
            after: plant.difficulty == .easy ? 1 : 5, &chance)
        return Deed(for: person, by: [doctor, other], supplying: first, second, on: day + 5)
    }

    /// PH-09: a controlled drug without a prescription.
    mutating func sellControlled(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = healthyVictim(below: calmingAge, &chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let days = plant.magnitude
        let drug = tables.drug(plant.difficulty == .camouflaged ? "197591" : "835603")
        let quantity = days * tables.drugs[drug].perDay
        let pharmacy = world.people[person].pharmacy
        let packs = Self.packs(for: quantity)
        let row = DispenseRow(
            id: id(), order: nil, orderFacility: pharmacy, person: person, practitioner: doctor,
            facility: pharmacy, drug: drug, at: day * 86_400 + 62_000, quantity: quantity,
            days: days, paid: quantity * tables.drugs[drug].price,
            traceCode: try traceCodes(packs, of: drug, at: pharmacy), packs: packs)
        try write(.dispense(row))
        return Deed(for: person, by: [doctor], supplying: row, on: day)
    }
}
