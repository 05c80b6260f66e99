/// Stays that cannot have been, were not, or were made to look like more.
extension Simulation {
    /// ID-04: two hospitals bill the same nights.
    mutating func overlapStays(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let first = world.hospital(tier: 2, &chance)
        let second = world.hospital(tier: plant.difficulty == .camouflaged ? 3 : 2, &chance)
        let third = first == second ? world.hospital(tier: 3, &chance) : second
        guard first != third else { return nil }
        let days = plant.difficulty == .easy ? 8 : 5
        let begin = plant.difficulty == .easy ? 2 : days - 1
        let real = try stay(bed(person, first, reason: "J18.9"), days: days, &chance)
        let false1 = try stay(
            bed(person, third, reason: "J18.9"), days: days, after: begin, &chance)
        var deed = Deed(
            for: person, by: [false1.practitioner], on: max(real.to, false1.to) / 86_400)
        for row in [real, false1] { deed.add(.visits, row.id) }
        return deed
    }

    /// ID-05: a clinic bills a visit of somebody who lies in a hospital elsewhere.
    mutating func visitDuringStay(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let hospital = world.hospital(tier: plant.difficulty == .easy ? 3 : 2, &chance)
        let days = plant.difficulty == .easy ? 10 : 2
        try stay(bed(person, hospital, reason: "I63.9"), days: days, &chance)
        let clinic = world.people[person].home
        let when = day + (plant.difficulty == .easy ? 5 : 1)
        let doctor = world.doctor(at: clinic, "general", on: when, &chance)
        let at = when * 86_400 + 10 * 3_600
        let row = bareVisit(person, doctor, at: at, facility: clinic)
        try callIn(doctor, to: clinic, on: when)
        try check(person, clinic, at - 300)
        try write(.visit(row), on: when)
        try note(row)
        if plant.difficulty == .camouflaged {
            try access(row, doctor, "update", at: at + 600, "Note", on: when - day)
        }
        let bill = ClaimRow(
            id: id(), person: person, practitioner: doctor, facility: clinic, type: .professional,
            from: at, to: at + 600, submitted: at + 8 * 3_600, diagnosis: row.reason,
            visit: row.id, order: nil, orderFacility: nil,
            lines: [line(tables.service("consult"), 1, clinic, when)])
        try submit(bill, on: when, &chance)
        var deed = Deed(for: person, by: [doctor], on: day + days)
        deed.add(.visits, row.id)
        deed.add(bill)
        return deed
    }

    /// PR-17: one stay is billed as two.
    ///
    /// The threshold is in days between them.
    mutating func splitStay(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let limit = plant.scheme.threshold
        let gap = plant.difficulty == .easy ? 1 : limit * 9 / 10
        let first = try stayFor("admission", "I63.9", person, doctor, days: 5, after: 0, &chance)
        let second = try stayFor(
            "admission", "I63.9", person, doctor, days: 5, after: 5 + gap, &chance)
        guard let one = first.visit, let two = second.visit else { return nil }
        var deed = Deed(for: person, by: [doctor], on: day + 10 + gap)
        for visit in [one, two] { deed.add(.visits, visit) }
        deed.add(second)
        return deed
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
        var deed = Deed(for: person, by: [other], on: day + wait + 3)
        deed.add(.claims, first.id)
        deed.add(second)
        for visit in [first.visit, second.visit].compactMap({ $0 }) { deed.add(.visits, visit) }
        return deed
    }

    /// PR-24: more days of bed and nursing than the stay had.
    mutating func billExtraDays(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        var request = bed(
            person, world.practitioners[doctor].facility, reason: "J18.9", by: doctor)
        request.isClaimed = false
        let row = try stay(request, days: 4, &chance)
        let bill = bill(forStay: row, days: plant.difficulty == .easy ? 8 : 5, on: day)
        let when = row.to / 86_400
        return try send(bill, on: when, as: Deed(for: person, by: [doctor], on: when), &chance)
    }

    /// PR-20: a bed that nobody lay in: a stay without rounds, notes or drugs.
    mutating func billGhostBed(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let days = plant.difficulty == .easy ? 8 : 3
        let from = day * 86_400 + 9 * 3_600
        let row = bareVisit(
            person, doctor, at: from, seconds: days * 86_400, reason: "J18.9", .inpatient)
        world.people[person].stayUntil = day + days
        try check(person, row.facility, from - 300)
        try write(.visit(row), on: day + days)
        try access(row, doctor, "update", at: from + 600, "Note", on: 0)
        try note(row)
        let bill = bill(forStay: row, days: days, on: day)
        let when = day + days
        var deed = Deed(for: person, by: [doctor], on: when)
        deed.add(.visits, row.id)
        return try send(bill, on: when, as: deed, &chance)
    }

    /// What somebody comes for who is to lie in a ward.
    private func bed(
        _ person: Int, _ facility: Int, reason: String, by doctor: Int? = nil
    ) -> VisitRequest {
        VisitRequest(
            person: person, facility: facility, department: "internal", practitioner: doctor,
            visitClass: .inpatient, reason: reason, service: tables.service("admission"))
    }
}
