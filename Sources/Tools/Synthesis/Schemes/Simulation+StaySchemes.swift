/// Stays and visits that cannot both have been.
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
        func bed(_ facility: Int) -> VisitRequest {
            VisitRequest(
                person: person, facility: facility, department: "internal",
                visitClass: .inpatient, reason: "J18.9", service: tables.service("admission"))
        }
        let real = try stay(bed(first), days: days, &chance)
        let false1 = try stay(bed(third), days: days, after: begin, &chance)
        let last = max(real.to, false1.to) / 86_400
        return Deed(
            subject: person, actors: [false1.practitioner],
            records: [Name.record(.visits, real.id), Name.record(.visits, false1.id)],
            day: last)
    }

    /// ID-05: a clinic bills a visit of somebody who lies in a hospital elsewhere.
    mutating func visitDuringStay(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let hospital = world.hospital(tier: plant.difficulty == .easy ? 3 : 2, &chance)
        let bed = VisitRequest(
            person: person, facility: hospital, department: "internal", visitClass: .inpatient,
            reason: "I63.9", service: tables.service("admission"))
        let days = plant.difficulty == .easy ? 10 : 2
        try stay(bed, days: days, &chance)
        let clinic = world.people[person].home
        let wait = plant.difficulty == .easy ? 5 : 1
        let doctor = world.doctor(at: clinic, "general", on: day + wait, &chance)
        let at = (day + wait) * 86_400 + 10 * 3_600
        let row = VisitRow(
            id: id(), person: person, practitioner: doctor, facility: clinic,
            visitClass: .ambulatory, from: at, to: at + 600, reason: "R51", isTransfer: false)
        try callIn(doctor, to: clinic, on: day + wait)
        _ = try check(person, clinic, "card", at - 300)
        try write(.visit(row), on: day + wait)
        try note(row)
        if plant.difficulty == .camouflaged {
            try access(row, doctor, "update", at: at + 600, "Note", on: wait)
        }
        let lines = [line(tables.service("consult"), 1, clinic, day + wait)]
        let bill = ClaimRow(
            id: id(), person: person, practitioner: doctor, facility: clinic, type: .professional,
            from: at, to: at + 600, submitted: at + 8 * 3_600, diagnosis: "R51", visit: row.id,
            order: nil, orderFacility: nil, lines: lines)
        try submit(bill, on: day + wait, &chance)
        return Deed(
            subject: person, actors: [doctor],
            records: [Name.record(.visits, row.id), Name.record(.claims, bill.id)],
            day: day + days, amount: bill.total)
    }
}
