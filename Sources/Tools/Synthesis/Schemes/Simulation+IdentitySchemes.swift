/// Cards, policies and addresses that are not what they seem.
extension Simulation {
    /// ID-01: the card is read in two houses, minutes apart.
    ///
    /// The threshold is in minutes.
    mutating func sweepCard(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let near = world.people[person].home
        let far = world.hospital(tier: 3, &chance)
        guard world.facilities[near].institution != world.facilities[far].institution else {
            return nil
        }
        let limit = plant.scheme.threshold
        let gap = plant.difficulty == .easy ? limit / 2 : limit * 9 / 10
        let at = day * 86_400 + 14 * 3_600
        var deed = Deed(for: person, on: day)
        deed.add(.identities, try check(person, near, at))
        deed.add(.identities, try check(person, far, at + gap * 60))
        if plant.difficulty == .camouflaged {
            let doctor = world.doctor(at: near, "general", on: day, &chance)
            try visit(request(person, doctor), &chance)
        }
        return deed
    }

    /// ID-08: a service from before the policy began, sent in afterwards.
    mutating func claimBeforePolicy(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let before = plant.difficulty == .easy ? 30 : 1
        var bill = claim(person, doctor, ["consult", "urine"], on: world.firstDay - before)
        bill.submitted = day * 86_400 + 17 * 3_600
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// ID-09: enrolled in a second scheme for the same months.
    mutating func enrollTwice(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let plans = tables.plans.indices.filter {
            tables.plans[$0].cap > 0
                && tables.plans[$0].payer != tables.plans[world.people[person].plan].payer
        }
        guard let plan = plans.first else { return nil }
        let row = CoverageRow(
            id: id(), person: person, facility: world.people[person].home, fromDay: day,
            toDay: day + (plant.difficulty == .easy ? 180 : 30), plan: plan)
        try write(.coverage(row))
        var deed = Deed(for: person, on: day)
        deed.add(.coverages, row.id)
        return deed
    }

    /// ID-10: a visit that was, but of somebody whom nobody checked.
    mutating func visitUnchecked(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: plant.difficulty == .easy ? 2 : 1, &chance)
        let at = day * 86_400 + 10 * 3_600
        let row = bareVisit(person, doctor, at: at, seconds: 900)
        try write(.visit(row))
        try access(row, doctor, "update", at: at + 900, "Note", on: 0)
        try note(row)
        if plant.difficulty == .camouflaged {
            // Checked, but on the day before.
            try check(person, row.facility, at - 20 * 3_600)
        }
        let bill = claim(person, doctor, ["consult"], on: day, visit: row)
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// NW-03: a household that keeps growing on paper.
    ///
    /// The threshold is in persons.
    mutating func moveTogether(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let household = 900_000 + plant.number
        let count = min(plant.magnitude + 1, world.people.count)
        guard let people = victims(count, &chance) else { return nil }
        var deed = Deed(for: people.min() ?? 0, on: day)
        for (step, person) in people.enumerated() {
            let row = PatientRow(
                id: id(), person: person, at: day * 86_400 + 40_001 + step,
                facility: world.people[person].home, death: nil, household: household)
            try write(.patient(row))
            deed.add(.patients, row.id)
        }
        return deed
    }
}
