extension Simulation {
    /// A stay, perhaps after one night in another hospital that passed the patient on.
    mutating func admit(
        _ request: VisitRequest, days: Int, _ chance: inout Chance
    ) throws(SynthesisError) {
        let tier = world.facilities[request.facility].tier
        // Who dies in the first night is not passed on.
        guard tier >= 2, chance.perMille(tables.setting(.transfer)),
            !isDead(request.person, on: day + 2)
        else {
            try stay(request, days: days, &chance)
            return
        }
        let from = world.hospital(tier: 2, &chance)
        guard from != request.facility else {
            try stay(request, days: days, &chance)
            return
        }
        var first = VisitRequest(
            person: request.person, facility: from, department: request.department,
            visitClass: .inpatient, reason: request.reason, service: tables.service("admission"))
        first.isTransfer = true
        try stay(first, days: 1, &chance)
        var second = request
        second.isTransfer = true
        try stay(second, days: days + 1, after: 1, &chance)
    }

    /// A stay from today, or from some days on, till discharge or death; returns the encounter,
    /// anchored at its end.
    @discardableResult
    mutating func stay(
        _ request: VisitRequest, days planned: Int, after wait: Int = 0, _ chance: inout Chance
    ) throws(SynthesisError) -> VisitRow {
        let death = world.people[request.person].deathDay ?? .max
        let days = max(min(planned, death - day - wait), 1)
        let doctor =
            request.practitioner
            ?? world.doctor(at: request.facility, request.department, on: day + wait, &chance)
        let first = day + wait
        let arrival = wait == 0 ? world.people[request.person].busyUntil + 50 * 60 : 0
        let from = max(first * 86_400 + (8 * 60 + chance.below(9 * 60)) * 60, arrival)
        let last = first + days
        let to = last * 86_400 + (9 * 60 + chance.below(3 * 60)) * 60
        let row = VisitRow(
            id: id(), person: request.person, practitioner: doctor, facility: request.facility,
            visitClass: .inpatient, from: from, to: to, reason: request.reason,
            isTransfer: request.isTransfer, service: request.service)
        world.people[request.person].stayUntil = max(
            world.people[request.person].stayUntil, last)
        world.people[request.person].busyUntil = to
        world.people[request.person].lastPlace = request.facility
        try callIn(doctor, to: request.facility, on: first)
        try identify(request.person, request.facility, from - 600, &chance)
        let nurse = try team(row, on: first, &chance)
        let late = chance.perMille(tables.setting(.late)) ? chance.between(2, 9) : 0
        try write(.visit(row), on: last + late)
        for day in first...last { try ward(row, nurse, on: day, request, &chance) }
        try diagnose(row, &chance)
        if request.isClaimed { try billStay(row, request, days, &chance) }
        try discharge(row, request, on: last, &chance)
        return row
    }

    /// Who cares for the patient on the ward: tied from admission on, so that they may look.
    private mutating func team(
        _ row: VisitRow, on first: Int, _ chance: inout Chance
    ) throws(SynthesisError) -> Int {
        let nurses = world.facilities[row.facility].nurses
        let nurse = nurses.isEmpty ? row.practitioner : nurses[chance.below(nurses.count)]
        for (member, type) in [(row.practitioner, "admission"), (nurse, "care-team")] {
            try write(
                .tie(
                    TieRow(
                        id: id(), person: row.person, practitioner: member,
                        facility: row.facility, type: type, from: row.from, to: row.to + 86_400,
                        visit: row.id)), on: first)
        }
        return nurse
    }

    /// One day on the ward: rounds, nursing, drugs given, a test every other day.
    private mutating func ward(
        _ row: VisitRow, _ nurse: Int, on when: Int, _ request: VisitRequest,
        _ chance: inout Chance
    ) throws(SynthesisError) {
        let ahead = when - day
        let morning = max(when * 86_400 + 7 * 3_600, row.from + 600)
        try access(row, row.practitioner, "read", at: morning + 1_800, "Encounter", on: ahead)
        try access(row, nurse, "update", at: morning + 3_600, "Note", on: ahead)
        if let drug = request.drug {
            try write(
                .administration(
                    AdministrationRow(
                        id: id(), person: row.person, practitioner: nurse,
                        facility: row.facility, drug: drug, at: morning + 3_000,
                        dose: 1, visit: row.id)), on: when)
        }
        guard let service = request.test, when.isMultiple(of: 2) || when == row.from / 86_400 else {
            return
        }
        try write(
            .result(
                ResultRow(
                    id: id(), person: row.person, practitioner: row.practitioner,
                    facility: row.facility, service: service, at: morning + 2_400,
                    value: chance.between(40, 160), visit: row.id)), on: when)
    }

    private mutating func billStay(
        _ row: VisitRow, _ request: VisitRequest, _ days: Int, _ chance: inout Chance
    ) throws(SynthesisError) {
        let first = row.from / 86_400
        var lines = [
            line(tables.service("bed"), days, row.facility, first),
            line(tables.service("nursing"), days, row.facility, first),
            line(request.service, 1, row.facility, first),
        ]
        if let test = request.test {
            lines.append(line(test, days / 2 + 1, row.facility, first))
        }
        try bill(row, lines, &chance)
    }

    /// Drugs to take home, and the family doctor's visit a week later.
    private mutating func discharge(
        _ row: VisitRow, _ request: VisitRequest, on last: Int, _ chance: inout Chance
    ) throws(SynthesisError) {
        guard !isDead(row.person, on: last + 1) else { return }
        if let drug = request.drug {
            let order = OrderRow(
                id: id(), person: row.person, practitioner: row.practitioner,
                facility: row.facility, drug: drug, at: row.to - 600,
                quantity: request.days * tables.drugs[drug].perDay, days: request.days,
                refills: 0, visit: row.id, reason: row.reason)
            try write(.order(order), on: last)
            try dispense(order, at: world.people[row.person].pharmacy, on: last, &chance)
        }
        guard chance.perMille(tables.setting(.referralDown)),
            let doctor = world.people[row.person].familyDoctor
        else { return }
        try write(
            .tie(
                TieRow(
                    id: id(), person: row.person, practitioner: doctor,
                    facility: world.people[row.person].home, type: "referral-down",
                    from: row.to, to: row.to + 30 * 86_400, visit: row.id)), on: last)
    }
}
