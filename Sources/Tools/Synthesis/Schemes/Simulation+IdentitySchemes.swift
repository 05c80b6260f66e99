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
        let first = try check(person, near, "card", at)
        let second = try check(person, far, "card", at + gap * 60)
        if plant.difficulty == .camouflaged {
            let doctor = world.doctor(at: near, "general", on: day, &chance)
            try visit(request(person, doctor), &chance)
        }
        return Deed(subject: person, records: [first, second], day: day)
    }

    mutating func check(
        _ person: Int, _ facility: Int, _ method: String, _ at: Int
    ) throws(SynthesisError) -> String {
        let row = IdentityRow(
            id: id(), person: person, facility: facility, method: method, assurance: 1, at: at)
        try write(.identity(row), on: at / 86_400)
        return Name.record(.identities, row.id)
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
        try code(bill)
        try submit(bill, on: day, &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.claims, bill.id)], day: day,
            amount: bill.total)
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
        return Deed(subject: person, records: [Name.record(.coverages, row.id)], day: day)
    }

    /// ID-10: a visit that was, but of somebody whom nobody checked.
    mutating func visitUnchecked(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: plant.difficulty == .easy ? 2 : 1, &chance)
        let at = day * 86_400 + 10 * 3_600
        let row = VisitRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.practitioners[doctor].facility, visitClass: .ambulatory, from: at,
            to: at + 900, reason: "R51", isTransfer: false)
        try write(.visit(row))
        try access(row, doctor, "update", at: at + 900, "Note", on: 0)
        try note(row)
        if plant.difficulty == .camouflaged {
            // Checked, but on the day before.
            _ = try check(person, row.facility, "card", at - 20 * 3_600)
        }
        let bill = claim(person, doctor, ["consult"], on: day, visit: row)
        try code(bill)
        try submit(bill, on: day, &chance)
        return Deed(
            subject: person, actors: [doctor], records: [Name.record(.claims, bill.id)], day: day,
            amount: bill.total)
    }

    /// The diagnosis of a visit, as its doctor writes it down.
    mutating func note(_ row: VisitRow) throws(SynthesisError) {
        try write(
            .condition(
                ConditionRow(
                    id: id(), person: row.person, practitioner: row.practitioner,
                    facility: row.facility, code: row.reason, at: row.to, visit: row.id)))
    }

    /// ID-17: an organ is removed that was removed before.
    mutating func removeTwice(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let other = plant.difficulty == .camouflaged ? accomplice(tier: 3, &chance) : doctor
        let first = try stayFor("appendectomy", "K35.8", person, doctor, days: 3, after: 0, &chance)
        let wait = plant.difficulty == .easy ? 10 : 60
        let second = try stayFor(
            "appendectomy", "K35.8", person, other, days: 3, after: wait, &chance)
        return Deed(
            subject: person, actors: [other],
            records: [first, second].map { Name.record(.claims, $0.id) }
                + [first, second].compactMap { $0.visit.map { Name.record(.visits, $0) } },
            day: day + wait + 3,
            amount: second.total)
    }

    /// A stay with its claim, whatever plan the patient has.
    mutating func stayFor(
        _ service: String, _ reason: String, _ person: Int, _ doctor: Int, days: Int,
        after wait: Int, _ chance: inout Chance
    ) throws(SynthesisError) -> ClaimRow {
        let facility = world.practitioners[doctor].facility
        var request = VisitRequest(
            person: person, facility: facility, department: "surgery", practitioner: doctor,
            visitClass: .inpatient, reason: reason, service: tables.service(service))
        request.isClaimed = false
        let row = try stay(request, days: days, after: wait, &chance)
        var bill = claim(
            person, doctor, [service, "bed", "nursing"], on: day + wait, visit: row,
            reason: reason)
        for place in [1, 2] { bill.lines[place].units = days }
        bill.submitted = row.to + 3_600
        try code(bill)
        try submit(bill, on: row.to / 86_400, &chance)
        return bill
    }

    /// NW-03: a household that keeps growing on paper.
    ///
    /// The threshold is in persons.
    mutating func moveTogether(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let household = 900_000 + plant.number
        var records: [String] = []
        var people: Set<Int> = []
        while people.count < min(plant.magnitude + 1, world.people.count) {
            guard let person = victim(&chance) else { return nil }
            guard people.insert(person).inserted else { continue }
            let row = PatientRow(
                id: id(), person: person, at: day * 86_400 + 40_000 + people.count,
                facility: world.people[person].home, death: nil, household: household)
            try write(.patient(row))
            records.append(Name.record(.patients, row.id))
        }
        return Deed(subject: people.min() ?? 0, records: records, day: day)
    }
}
