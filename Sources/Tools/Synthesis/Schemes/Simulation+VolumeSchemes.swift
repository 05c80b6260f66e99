/// More of it than one doctor, one patient or one week can have.
extension Simulation {
    /// PR-14: prescriptions for many patients within a minute.
    ///
    /// The threshold is in patients.
    mutating func prescribeBurst(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = culprit(tier: 1, &chance)
        guard let people = victims(plant.magnitude, &chance) else { return nil }
        var deed = Deed(by: doctor, on: day)
        for (step, person) in people.enumerated() {
            let order = try order(
                "308192", quantity: 21, days: 7, for: person, by: doctor,
                at: day * 86_400 + 68_000 + (step + 1) * (50 / plant.magnitude),
                reason: "J20.9")
            deed.add(.orders, order.id)
        }
        return deed
    }

    /// PR-37: seen at one place again and again.
    ///
    /// The threshold is in visit days in 30 days.
    mutating func seeOften(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 1, &chance)
        var deed = Deed(for: person, by: [doctor], on: day + 29)
        for step in 0..<min(plant.magnitude, 29) {
            let when = day + step * 29 / plant.magnitude
            let at = when * 86_400 + 9 * 3_600
            let row = bareVisit(person, doctor, at: at, reason: "M54.5")
            try callIn(doctor, to: row.facility, on: when)
            try write(.visit(row), on: when)
            try check(person, row.facility, at - 300)
            try access(row, doctor, "update", at: at + 600, "Note", on: when - day)
            try note(row, on: when)
            let bill = claim(person, doctor, ["consult"], on: when, visit: row, reason: row.reason)
            try submit(bill, on: when, &chance)
            deed.add(.visits, row.id, amount: bill.total)
        }
        return deed
    }

    /// PR-11: more work in a day than it has minutes.
    ///
    /// The threshold is in minutes.
    mutating func workImpossibly(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = culprit(tier: 1, &chance)
        var deed = Deed(by: doctor, on: day)
        var minutes = 0
        while minutes < plant.magnitude {
            guard let person = victim(&chance) else { return nil }
            var bill = claim(person, doctor, ["consult"], on: day)
            bill.lines[0].units = 6
            minutes += 6 * tables.services[bill.lines[0].service].minutes
            try send(bill, on: day, &chance)
            deed.add(bill)
        }
        return deed
    }

    /// PR-33: one diagnosis for many in a week.
    ///
    /// The threshold is in patients.
    mutating func clusterDiagnosis(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = culprit(tier: 2, &chance)
        var deed = Deed(by: doctor, on: day)
        for _ in 0..<plant.magnitude {
            guard let person = victim(&chance) else { continue }
            noted = []
            let row = try unbilled(person, doctor, reason: "I63.9", test: "chestxray", &chance)
            deed.add(noted ?? [])
            noted = nil
            let bill = claim(
                person, doctor, ["consult", "chestxray"], on: day, visit: row, reason: row.reason)
            try send(bill, on: day, &chance)
            deed.add(bill)
        }
        return deed
    }

    /// ST-05 and ST-06: one round amount, over and over.
    ///
    /// The threshold is in claims.
    mutating func repeatAmount(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = culprit(tier: 1, &chance)
        var deed = Deed(by: doctor, on: day + plant.magnitude)
        for step in 0..<plant.magnitude {
            guard let person = victim(&chance) else { continue }
            var bill = claim(person, doctor, ["consult"], on: day + step)
            // Each case has an amount of its own: two of one house would hide each other.
            let price = 20_000 + plant.number % 50 * 100
            bill.lines[0].price = plant.difficulty == .camouflaged ? price - 37 : price
            try submit(bill, on: day + step, &chance)
            deed.add(bill)
        }
        return deed
    }

    /// NW-02: the same people come together, again and again.
    ///
    /// The threshold is in dates.
    mutating func comeTogether(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 1, &chance)
        guard let people = victims(4, &chance) else { return nil }
        var deed = Deed(by: doctor, on: day + plant.magnitude * 9)
        for step in 0..<plant.magnitude {
            let when = day + step * 9
            for person in people.sorted() {
                let bill = claim(person, doctor, ["consult"], on: when)
                try submit(bill, on: when, &chance)
                deed.add(bill)
            }
        }
        return deed
    }

    /// ST-10: as much in the last days of the year as never before.
    ///
    /// The threshold is in claims; for somebody who bills many it is three usual weeks of them.
    mutating func rushYearEnd(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let yearEnd = day + 364 - (day - world.firstDay) % 365
        let doctor = culprit(tier: 2, until: yearEnd, &chance)
        var deed = Deed(by: doctor, on: yearEnd)
        let usual = caseload.weekly(doctor, on: day) * 3
        for step in 0..<plant.magnitude(over: max(plant.scheme.threshold, usual)) {
            // The dead are another scheme's.
            let person = victim(&chance, where: { $0.deathDay.map { $0 > yearEnd } ?? true })
            guard let person else { continue }
            let bill = claim(person, doctor, ["consult", "lipids"], on: yearEnd - step % 5)
            try submit(bill, on: yearEnd - step % 5, &chance)
            deed.add(bill)
        }
        return deed
    }
}
