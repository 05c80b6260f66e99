/// Drugs that are fetched too often, too early, or with others.
extension Simulation {
    /// A visit to a doctor who orders a drug, with nothing handed over yet.
    mutating func order(
        _ drug: String, days: Int, for person: Int, by doctor: Int, on when: Int? = nil,
        reason: String = "M54.5", _ chance: inout Chance
    ) throws(SynthesisError) -> OrderRow {
        let row = try visit(request(person, doctor, reason: reason), &chance)
        return try prescribe(tables.drug(drug), days, 0, row)
    }

    /// Somebody young enough for a benzodiazepine, with no chronic disease.
    mutating func calmingVictim(_ chance: inout Chance) -> Int? {
        let today = day
        return victim(&chance, where: { $0.care.isEmpty && $0.age(on: today) < 64 })
    }

    /// A pharmacy that is not the one nearby, where there is another.
    func otherPharmacy(_ person: Int, _ chance: inout Chance) -> Int {
        let pharmacies = world.facilitiesByTier[0].filter { $0 != world.people[person].pharmacy }
        return pharmacies.isEmpty
            ? world.people[person].pharmacy : pharmacies[chance.below(pharmacies.count)]
    }

    /// RX-04: an opioid, and a benzodiazepine from somebody else meanwhile.
    mutating func overlapSupplies(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = calmingVictim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let hidden = plant.difficulty == .camouflaged
        let other = hidden ? accomplice(tier: 3, &chance) : doctor
        let overlap = plant.magnitude
        let opioid = try order("835603", days: 28, for: person, by: doctor, &chance)
        let first = try dispense(opioid, at: world.people[person].pharmacy, on: day, &chance)
        let calming = try order("197591", days: overlap, for: person, by: other, &chance)
        let pharmacy = hidden ? otherPharmacy(person, &chance) : world.people[person].pharmacy
        let second = try dispense(calming, at: pharmacy, on: day + 3, &chance)
        return Deed(
            subject: person, actors: [doctor, other],
            records: [first, second].map { Name.record(.dispenses, $0.dispense.id) },
            day: day + 3, amount: second.dispense.paid)
    }

    /// RX-05: fetched again long before it is used up.
    mutating func refillEarly(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let order = try order("966224", days: 30, for: person, by: doctor, reason: "E03.9", &chance)
        try dispense(order, at: world.people[person].pharmacy, on: day, &chance)
        // A tenth below the threshold, or half of it, in per cent of the supply.
        let share =
            plant.difficulty == .easy
            ? plant.scheme.threshold / 2 : plant.scheme.threshold * 9 / 10
        let wait = 30 * share / 100
        let pharmacy =
            plant.difficulty == .camouflaged
            ? otherPharmacy(person, &chance) : world.people[person].pharmacy
        let again = try dispense(order, at: pharmacy, on: day + wait, &chance)
        return Deed(
            subject: person, actors: [doctor],
            records: [Name.record(.dispenses, again.dispense.id)], day: day + wait,
            amount: again.dispense.paid)
    }

    /// RX-10: two drugs that must not be taken together.
    mutating func combineDrugs(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { $0.care.isEmpty }) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let other =
            plant.difficulty == .camouflaged ? accomplice(tier: 3, &chance) : doctor
        let statin = try order(
            "312961", days: 30, for: person, by: doctor, reason: "E78.5", &chance)
        try dispense(statin, at: world.people[person].pharmacy, on: day, &chance)
        let antibiotic = try order(
            "197517", days: 7, for: person, by: other, reason: "J20.9", &chance)
        let wait = plant.difficulty == .easy ? 1 : 22
        let second = try dispense(
            antibiotic, at: otherPharmacy(person, &chance), on: day + wait, &chance)
        return Deed(
            subject: person, actors: [doctor, other],
            records: [Name.record(.dispenses, second.dispense.id)], day: day + wait,
            amount: second.dispense.paid)
    }
}
