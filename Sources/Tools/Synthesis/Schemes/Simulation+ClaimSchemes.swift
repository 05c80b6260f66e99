/// Claims for what was not done, not possible, or paid already.
extension Simulation {
    /// ID-06: services go on after death.
    mutating func claimAfterDeath(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        // Somebody who died lately: the card is still in somebody's hands.
        let start = chance.below(world.people.count)
        let order = world.people.indices.map { (start + $0) % world.people.count }
        let dead = order.first { number in
            let person = world.people[number]
            guard let death = person.deathDay else { return false }
            return death < day && death + 300 > day && tables.plans[person.plan].cap > 0
        }
        guard let person = dead else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let services = plant.difficulty == .easy ? ["consult", "bloodcount"] : ["consult"]
        var deed = Deed(for: person, by: [doctor], on: day)
        if plant.difficulty == .camouflaged {
            // What is written about the visit is part of the deed.
            noted = []
            deed.add(.visits, try unbilled(person, doctor, &chance).id)
            deed.add(noted ?? [])
            noted = nil
        }
        let bill = claim(person, doctor, services, on: day)
        return try send(bill, on: day, as: deed, &chance)
    }

    /// ID-18: a service that only the other sex can have.
    mutating func claimForOtherSex(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { !$0.isFemale }) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try unbilled(person, doctor, test: "bloodcount", &chance)
        let services =
            plant.difficulty == .camouflaged
            ? ["consult", "bloodcount", "delivery"] : ["delivery"]
        let bill = claim(person, doctor, services, on: day, visit: row)
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// PR-01: somebody who may not bill does so, by a number that is excluded.
    mutating func claimByExcluded(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = world.excluded
        let row = try unbilled(person, doctor, test: "urine", &chance)
        let services = plant.difficulty == .easy ? ["consult", "urine"] : ["consult"]
        let bill = claim(person, doctor, services, on: day, visit: row)
        return try send(bill, on: day, as: Deed(by: doctor, on: day), &chance)
    }

    /// PR-03: a claim is sent again under another number.
    mutating func duplicateClaim(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: chance.between(1, 3), &chance)
        let row = try unbilled(person, doctor, test: "bloodcount", &chance)
        let first = claim(person, doctor, ["consult", "bloodcount"], on: day, visit: row)
        try send(first, on: day, &chance)
        var again = first
        again.id = id()
        let wait = plant.difficulty == .easy ? 0 : chance.between(7, 45)
        again.submitted += wait * 86_400 + 600
        var deed = Deed(for: person, by: [doctor], on: day + wait)
        deed.add(.claims, again.id, amount: first.total)
        if plant.difficulty == .camouflaged {
            // One line of the old claim among others.
            again.lines = [line(tables.service("urine"), 1, first.facility, day), first.lines[1]]
            deed = Deed(for: person, by: [doctor], on: day + wait)
            deed.add(.claims, again.id, amount: first.lines[1].net)
        }
        try submit(again, on: day + wait, &chance)
        return deed
    }

    /// CE-01: a visit is billed that nobody ever saw.
    mutating func claimWithoutVisit(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: chance.between(1, 2), &chance)
        let services = plant.difficulty == .easy ? ["consult", "chestxray"] : ["consult"]
        // Camouflaged: known there, seen a week ago.
        let isKnown = plant.difficulty == .camouflaged
        if isKnown { try visit(request(person, doctor), &chance) }
        let when = isKnown ? day + 7 : day
        let bill = claim(person, doctor, services, on: when)
        return try send(bill, on: when, as: Deed(for: person, by: [doctor], on: when), &chance)
    }

    /// CE-03: the record is written after the claim was sent in.
    mutating func backfill(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let at = day * 86_400 + 10 * 3_600
        let row = bareVisit(person, doctor, at: at, seconds: 900, reason: "M25.5")
        try check(person, row.facility, at - 300)
        try write(.visit(row))
        if plant.difficulty == .camouflaged {
            try access(row, doctor, "read", at: at + 300, "Encounter", on: 0)
        }
        let when = day + (plant.difficulty == .easy ? 10 : 2)
        try note(row, on: when)
        let bill = claim(person, doctor, ["consult"], on: day, visit: row, reason: row.reason)
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: when), &chance)
    }

    /// CE-08: a diagnosis that no record knows, so that the case is worth more.
    mutating func inventDiagnosis(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        // Camouflaged: of the category that was seen, and dearer.
        let seen = plant.difficulty == .camouflaged ? "K29.7" : "R51"
        let row = try unbilled(person, doctor, reason: seen, test: "bloodcount", &chance)
        let reason =
            switch plant.difficulty {
            case .easy: "I21.9"
            case .near: "K25.4"
            case .camouflaged: "K29.0"
            }
        let bill = claim(
            person, doctor, ["consult", "bloodcount"], on: day, visit: row, reason: reason)
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// CE-06: a test is billed, and there is no result.
    mutating func billNoResult(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try unbilled(person, doctor, &chance)
        let tests =
            switch plant.difficulty {
            case .easy: ["chestxray", "bloodcount", "lipids"]
            case .near: ["chestxray"]
            case .camouflaged: ["consult", "urine"]
            }
        let bill = claim(person, doctor, tests, on: day, visit: row)
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// CE-11: nobody but the billing office ever opened the record.
    mutating func billUnopened(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: plant.difficulty == .easy ? 2 : 1, &chance)
        let at = day * 86_400 + 11 * 3_600
        let row = bareVisit(person, doctor, at: at)
        try check(person, row.facility, at - 300)
        try write(.visit(row))
        try note(row)
        let bill = claim(person, doctor, ["consult"], on: day, visit: row)
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// PR-26: dearer than the list.
    ///
    /// The threshold is in per cent of the price.
    mutating func overprice(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try unbilled(person, doctor, &chance)
        var bill = claim(person, doctor, ["consult"], on: day, visit: row)
        bill.lines[0].price = bill.lines[0].price * plant.magnitude / 100
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// PR-07: more units of a test than can be.
    ///
    /// The threshold is in units.
    mutating func multiplyUnits(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try unbilled(person, doctor, test: "chestxray", &chance)
        var bill = claim(person, doctor, ["consult", "chestxray"], on: day, visit: row)
        bill.lines[1].units = plant.magnitude
        return try send(bill, on: day, as: Deed(for: person, by: [doctor], on: day), &chance)
    }

    /// PR-38: billed for somebody who is on leave.
    mutating func billOnLeave(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        for when in day..<day + 60 {
            let away = world.practitioners.indices.filter { number in
                world.practitioners[number].role == .doctor && number != world.excluded
                    && world.isOnLeave(number, on: when)
            }
            guard !away.isEmpty else { continue }
            let doctor = away[chance.below(away.count)]
            let at = when * 86_400 + 10 * 3_600
            let row = bareVisit(person, doctor, at: at)
            try check(person, row.facility, at - 300)
            try write(.visit(row), on: when)
            try access(row, doctor, "update", at: at + 600, "Note", on: when - day)
            try note(row, on: when)
            let services = plant.difficulty == .easy ? ["consult", "checkup"] : ["consult"]
            let bill = claim(person, doctor, services, on: when, visit: row)
            return try send(bill, on: when, as: Deed(by: doctor, on: when), &chance)
        }
        return nil
    }
}

extension World {
    /// The one practitioner whose number stands on the list of exclusions.
    var excluded: Int { facilities[facilitiesByTier[2].first ?? 0].doctors.last ?? 0 }

    /// That number, as `rules/tables/exclusions.csv` has it.
    static let excludedNumber = "9990000017"
}
