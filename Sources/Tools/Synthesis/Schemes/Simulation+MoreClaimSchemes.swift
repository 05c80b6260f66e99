/// More that is billed and was not, or was less.
extension Simulation {
    /// A visit with all its workflow but the claim, which the scheme writes itself.
    mutating func unbilled(
        _ person: Int, _ doctor: Int, reason: String = "R51", test: String? = nil,
        _ chance: inout Chance
    ) throws(SynthesisError) -> VisitRow {
        var request = request(person, doctor, reason: reason)
        request.isClaimed = false
        request.test = test.map(tables.service)
        return try visit(request, &chance)
    }

    private mutating func send(
        _ bill: ClaimRow, on when: Int, _ actor: Int, aboutActor: Bool = false,
        _ chance: inout Chance
    ) throws(SynthesisError) -> Deed {
        try code(bill)
        try submit(bill, on: when, &chance)
        return Deed(
            isAboutPractitioner: aboutActor, subject: aboutActor ? actor : bill.person,
            actors: [actor], records: [Name.record(.claims, bill.id)], day: when,
            amount: bill.total)
    }

    /// CE-03: the record is written after the claim was sent in.
    mutating func backfill(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let at = day * 86_400 + 10 * 3_600
        let row = VisitRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.practitioners[doctor].facility, visitClass: .ambulatory, from: at,
            to: at + 900, reason: "M25.5", isTransfer: false)
        _ = try check(person, row.facility, "card", at - 300)
        try write(.visit(row))
        if plant.difficulty == .camouflaged {
            try access(row, doctor, "read", at: at + 300, "Encounter", on: 0)
        }
        let wait = plant.difficulty == .easy ? 10 : 2
        try write(
            .condition(
                ConditionRow(
                    id: id(), person: person, practitioner: doctor, facility: row.facility,
                    code: row.reason, at: row.to, visit: row.id)), on: day + wait)
        let bill = claim(person, doctor, ["consult"], on: day, visit: row, reason: "M25.5")
        var deed = try send(bill, on: day, doctor, &chance)
        deed.day = day + wait
        return deed
    }

    /// CE-08: a diagnosis that no record knows, so that the case is worth more.
    mutating func inventDiagnosis(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try unbilled(person, doctor, test: "bloodcount", &chance)
        let reason = plant.difficulty == .easy ? "I21.9" : "K29.7"
        let bill = claim(
            person, doctor, ["consult", "bloodcount"], on: day, visit: row, reason: reason)
        return try send(bill, on: day, doctor, &chance)
    }

    /// CE-06: a test is billed, and there is no result.
    mutating func billNoResult(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let row = try unbilled(person, doctor, &chance)
        let tests =
            plant.difficulty == .easy
            ? ["chestxray", "bloodcount", "lipids"]
            : plant.difficulty == .near ? ["chestxray"] : ["consult", "urine"]
        let bill = claim(person, doctor, tests, on: day, visit: row)
        return try send(bill, on: day, doctor, &chance)
    }

    /// CE-11: nobody but the billing office ever opened the record.
    mutating func billUnopened(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: plant.difficulty == .easy ? 2 : 1, &chance)
        let at = day * 86_400 + 11 * 3_600
        let row = VisitRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.practitioners[doctor].facility, visitClass: .ambulatory, from: at,
            to: at + 600, reason: "R51", isTransfer: false)
        _ = try check(person, row.facility, "card", at - 300)
        try write(.visit(row))
        try note(row)
        let bill = claim(person, doctor, ["consult"], on: day, visit: row)
        return try send(bill, on: day, doctor, &chance)
    }

    /// PR-14: prescriptions for many patients within a minute.
    ///
    /// The threshold is in patients.
    mutating func prescribeBurst(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 1, &chance)
        var records: [String] = []
        var people: Set<Int> = []
        while people.count < plant.magnitude {
            guard let person = victim(&chance) else { return nil }
            guard people.insert(person).inserted else { continue }
            let order = OrderRow(
                id: id(), person: person, practitioner: doctor,
                facility: world.practitioners[doctor].facility, drug: tables.drug("308192"),
                at: day * 86_400 + 68_000 + people.count * (50 / plant.magnitude), quantity: 21,
                days: 7, refills: 0, visit: 0, reason: "J20.9")
            try write(.order(order))
            records.append(Name.record(.orders, order.id))
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day)
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
        let reason = "I63.9"
        let first = try stayFor("admission", reason, person, doctor, days: 5, after: 0, &chance)
        let second = try stayFor(
            "admission", reason, person, doctor, days: 5, after: 5 + gap, &chance)
        guard let one = first.visit, let two = second.visit else { return nil }
        return Deed(
            subject: person, actors: [doctor],
            records: [
                Name.record(.visits, one), Name.record(.visits, two),
                Name.record(.claims, second.id),
            ], day: day + 10 + gap, amount: second.total)
    }

    /// PR-37: seen at one place again and again.
    ///
    /// The threshold is in visit days in 30 days.
    mutating func seeOften(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        let facility = world.practitioners[doctor].facility
        var records: [String] = []
        var amount = 0
        for step in 0..<min(plant.magnitude, 29) {
            let when = day + step * 29 / plant.magnitude
            let at = when * 86_400 + 9 * 3_600
            let row = VisitRow(
                id: id(), person: person, practitioner: doctor, facility: facility,
                visitClass: .ambulatory, from: at, to: at + 600, reason: "M54.5",
                isTransfer: false)
            try callIn(doctor, to: facility, on: when)
            try write(.visit(row), on: when)
            _ = try check(person, facility, "card", at - 300)
            let ahead = when - day
            try access(row, doctor, "update", at: at + 600, "Note", on: ahead)
            try write(
                .condition(
                    ConditionRow(
                        id: id(), person: person, practitioner: doctor, facility: facility,
                        code: row.reason, at: row.to, visit: row.id)), on: when)
            let bill = claim(person, doctor, ["consult"], on: when, visit: row, reason: "M54.5")
            try submit(bill, on: when, &chance)
            records.append(Name.record(.visits, row.id))
            amount += bill.total
        }
        return Deed(
            subject: person, actors: [doctor], records: records, day: day + 29, amount: amount)
    }

    /// PR-24: more days of bed and nursing than the stay had.
    mutating func billExtraDays(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        var request = VisitRequest(
            person: person, facility: world.practitioners[doctor].facility,
            department: "internal", practitioner: doctor, visitClass: .inpatient,
            reason: "J18.9", service: tables.service("admission"))
        request.isClaimed = false
        let row = try stay(request, days: 4, &chance)
        var bill = claim(
            person, doctor, ["admission", "bed", "nursing"], on: day, visit: row, reason: "J18.9")
        let days = plant.difficulty == .easy ? 8 : 5
        for place in [1, 2] { bill.lines[place].units = days }
        bill.submitted = row.to + 3_600
        return try send(bill, on: row.to / 86_400, doctor, &chance)
    }

    /// PR-20: a bed that nobody lay in: a stay without rounds, notes or drugs.
    mutating func billGhostBed(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let days = plant.difficulty == .easy ? 8 : 3
        let from = day * 86_400 + 9 * 3_600
        let row = VisitRow(
            id: id(), person: person, practitioner: doctor,
            facility: world.practitioners[doctor].facility, visitClass: .inpatient, from: from,
            to: from + days * 86_400, reason: "J18.9", isTransfer: false)
        world.people[person].stayUntil = day + days
        _ = try check(person, row.facility, "card", from - 300)
        try write(.visit(row), on: day + days)
        try access(row, doctor, "update", at: from + 600, "Note", on: 0)
        try note(row)
        var bill = claim(
            person, doctor, ["admission", "bed", "nursing"], on: day, visit: row, reason: "J18.9")
        for place in [1, 2] { bill.lines[place].units = days }
        bill.submitted = row.to + 3_600
        return try send(bill, on: day + days, doctor, &chance)
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
        return try send(bill, on: day, doctor, &chance)
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
        return try send(bill, on: day, doctor, &chance)
    }

    /// PR-11: more work in a day than it has minutes.
    ///
    /// The threshold is in minutes.
    mutating func workImpossibly(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 1, &chance)
        var records: [String] = []
        var amount = 0
        var minutes = 0
        while minutes < plant.magnitude {
            guard let person = victim(&chance) else { return nil }
            var bill = claim(person, doctor, ["consult"], on: day)
            bill.lines[0].units = 6
            minutes += 6 * tables.services[bill.lines[0].service].minutes
            try code(bill)
            try submit(bill, on: day, &chance)
            records.append(Name.record(.claims, bill.id))
            amount += bill.total
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day, amount: amount)
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
            let row = VisitRow(
                id: id(), person: person, practitioner: doctor,
                facility: world.practitioners[doctor].facility, visitClass: .ambulatory,
                from: at, to: at + 600, reason: "R51", isTransfer: false)
            _ = try check(person, row.facility, "card", at - 300)
            try write(.visit(row), on: when)
            try access(row, doctor, "update", at: at + 600, "Note", on: when - day)
            try write(
                .condition(
                    ConditionRow(
                        id: id(), person: person, practitioner: doctor, facility: row.facility,
                        code: row.reason, at: row.to, visit: row.id)), on: when)
            let services = plant.difficulty == .easy ? ["consult", "checkup"] : ["consult"]
            let bill = claim(person, doctor, services, on: when, visit: row)
            return try send(bill, on: when, doctor, aboutActor: true, &chance)
        }
        return nil
    }

    /// PR-33: one diagnosis for many in a week.
    ///
    /// The threshold is in patients.
    mutating func clusterDiagnosis(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        var records: [String] = []
        var amount = 0
        for _ in 0..<plant.magnitude {
            guard let person = victim(&chance) else { continue }
            let row = try unbilled(
                person, doctor, reason: "I63.9", test: "chestxray", &chance)
            let bill = claim(
                person, doctor, ["consult", "chestxray"], on: day, visit: row, reason: "I63.9")
            try code(bill)
            try submit(bill, on: day, &chance)
            records.append(Name.record(.claims, bill.id))
            amount += bill.total
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day, amount: amount)
    }

    /// ST-05 and ST-06: one round amount, over and over.
    ///
    /// The threshold is in claims.
    mutating func repeatAmount(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 1, &chance)
        var records: [String] = []
        for step in 0..<plant.magnitude {
            guard let person = victim(&chance) else { continue }
            var bill = claim(person, doctor, ["consult"], on: day + step)
            bill.lines[0].price = plant.difficulty == .camouflaged ? 19_900 : 20_000
            try submit(bill, on: day + step, &chance)
            records.append(Name.record(.claims, bill.id))
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day + plant.magnitude, amount: records.count * 20_000)
    }

    /// NW-02: the same people come together, again and again.
    ///
    /// The threshold is in dates.
    mutating func comeTogether(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 1, &chance)
        var people: Set<Int> = []
        while people.count < 4 {
            guard let person = victim(&chance) else { return nil }
            people.insert(person)
        }
        var records: [String] = []
        var amount = 0
        for step in 0..<plant.magnitude {
            let when = day + step * 9
            for person in people.sorted() {
                let bill = claim(person, doctor, ["consult"], on: when)
                try submit(bill, on: when, &chance)
                records.append(Name.record(.claims, bill.id))
                amount += bill.total
            }
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day + plant.magnitude * 9, amount: amount)
    }

    /// ST-10: as much in the last days of the year as never before.
    mutating func rushYearEnd(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        let yearEnd = day + 364 - (day - world.firstDay) % 365
        var records: [String] = []
        var amount = 0
        for step in 0..<plant.magnitude {
            guard let person = victim(&chance) else { continue }
            let bill = claim(person, doctor, ["consult", "lipids"], on: yearEnd - step % 5)
            try submit(bill, on: yearEnd - step % 5, &chance)
            records.append(Name.record(.claims, bill.id))
            amount += bill.total
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: yearEnd, amount: amount)
    }
}
