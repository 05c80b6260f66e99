/// Claims for what was not done, not possible, or paid already.
extension Simulation {
    /// ID-06: services go on after death.
    mutating func claimAfterDeath(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        // Somebody who died lately: the card is still in somebody's hands.
        var dead: Int?
        let start = chance.below(world.people.count)
        for step in world.people.indices {
            let number = (start + step) % world.people.count
            let person = world.people[number]
            guard let death = person.deathDay, death < day, death + 300 > day,
                tables.plans[person.plan].cap > 0
            else { continue }
            dead = number
            break
        }
        guard let person = dead else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let services = plant.difficulty == .easy ? ["consult", "bloodcount"] : ["consult"]
        if plant.difficulty == .camouflaged {
            var visit = request(person, doctor)
            visit.isClaimed = false
            try self.visit(visit, &chance)
        }
        let bill = claim(person, doctor, services, on: day)
        try code(bill)
        try submit(bill, on: day, &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.claims, bill.id)],
            day: day, amount: bill.total)
    }

    /// ID-18: a service that only the other sex can have.
    mutating func claimForOtherSex(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance, where: { !$0.isFemale }) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        var visit = request(person, doctor)
        visit.isClaimed = false
        visit.test = tables.service("bloodcount")
        let row = try self.visit(visit, &chance)
        let services =
            plant.difficulty == .camouflaged
            ? ["consult", "bloodcount", "delivery"] : ["delivery"]
        let bill = claim(person, doctor, services, on: day, visit: row)
        try code(bill)
        try submit(bill, on: day, &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.claims, bill.id)],
            day: day, amount: bill.total)
    }

    /// PR-01: somebody who may not bill does so, by a number that is excluded.
    mutating func claimByExcluded(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = world.excluded
        var visit = request(person, doctor)
        visit.isClaimed = false
        visit.test = tables.service("urine")
        let row = try self.visit(visit, &chance)
        let services = plant.difficulty == .easy ? ["consult", "urine"] : ["consult"]
        let bill = claim(person, doctor, services, on: day, visit: row)
        try code(bill)
        try submit(bill, on: day, &chance)
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor],
            records: [Name.record(.claims, bill.id)], day: day, amount: bill.total)
    }

    /// PR-03: a claim is sent again under another number.
    mutating func duplicateClaim(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: chance.between(1, 3), &chance)
        var visit = request(person, doctor)
        visit.isClaimed = false
        visit.test = tables.service("bloodcount")
        let row = try self.visit(visit, &chance)
        let first = claim(person, doctor, ["consult", "bloodcount"], on: day, visit: row)
        try code(first)
        try submit(first, on: day, &chance)
        var again = first
        again.id = id()
        let wait = plant.difficulty == .easy ? 0 : chance.between(7, 45)
        again.submitted += wait * 86_400 + 600
        if plant.difficulty == .camouflaged {
            // One line of the old claim among others.
            again.lines = [line(tables.service("urine"), 1, first.facility, day), first.lines[1]]
        }
        try submit(again, on: day + wait, &chance)
        let twice = again.lines.filter { $0.service != tables.service("urine") }
        return Deed(
            subject: person, actors: [doctor],
            records: [Name.record(.claims, again.id)], day: day + wait,
            amount: twice.reduce(0) { $0 + $1.net })
    }

    /// CE-01: a visit is billed that nobody ever saw.
    mutating func claimWithoutVisit(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: chance.between(1, 2), &chance)
        let services = plant.difficulty == .easy ? ["consult", "chestxray"] : ["consult"]
        if plant.difficulty == .camouflaged {
            // Known there: seen a week ago.
            try visit(request(person, doctor), &chance)
        }
        let wait = plant.difficulty == .camouflaged ? 7 : 0
        let bill = claim(person, doctor, services, on: day + wait)
        try code(bill)
        try submit(bill, on: day + wait, &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.claims, bill.id)],
            day: day + wait, amount: bill.total)
    }
}

extension World {
    /// The one practitioner whose number stands on the list of exclusions.
    var excluded: Int { facilities[facilitiesByTier[2].first ?? 0].doctors.last ?? 0 }

    /// That number, as `rules/tables/exclusions.csv` has it.
    static let excludedNumber = "9990000017"
}
