/// More ways to open what is none of one's business.
extension Simulation {
    /// An access of any kind; returns its record.
    mutating func open(
        _ person: Int, _ practitioner: Int, _ at: Int, action: String = "read",
        purpose: String = "treatment", basis: String = "none", outcome: String = "success",
        role: String = "attending"
    ) throws(SynthesisError) -> String {
        var row = AccessRow(
            id: id(), person: person, practitioner: practitioner,
            facility: world.practitioners[practitioner].facility, role: role, action: action,
            purpose: purpose, at: at, object: "Encounter", visit: nil)
        row.basis = basis
        row.outcome = outcome
        try write(.access(row), on: at / 86_400)
        return Name.record(.accesses, row.id)
    }

    /// AC-09: the record of somebody who died weeks ago.
    ///
    /// The threshold is in days.
    mutating func openDead(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let dead = world.people.indices.filter { number in
            world.people[number].deathDay.map { $0 < day && $0 >= world.firstDay } ?? false
        }
        guard !dead.isEmpty else { return nil }
        let person = dead[chance.below(dead.count)]
        let death = world.people[person].deathDay ?? day
        let when = max(death + plant.magnitude, day)
        let doctor = accomplice(tier: 2, &chance)
        let purpose = plant.difficulty == .camouflaged ? "operations" : "treatment"
        let record = try open(person, doctor, when * 86_400 + 50_000, purpose: purpose)
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: [record],
            day: when)
    }

    /// AC-12: a list of patients is printed or exported.
    ///
    /// The threshold is in patients an hour.
    mutating func export(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        let start = chance.below(world.people.count)
        let count = min(plant.magnitude + 1, world.people.count)
        // Camouflaged: slower, so that the hour is just reached.
        let pace = plant.difficulty == .camouflaged ? 3_500 / count : 20
        var records: [String] = []
        for step in 0..<count {
            records.append(
                try open(
                    (start + step) % world.people.count, doctor,
                    day * 86_400 + 60_000 + step * pace, action: "execute",
                    purpose: "operations"))
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day)
    }

    /// AC-15: the glass is broken, and nothing is done for the patient afterwards.
    mutating func breakGlass(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        var records: [String] = []
        for time in 0..<(plant.difficulty == .easy ? 3 : 1) {
            records.append(
                try open(
                    person, doctor, day * 86_400 + 70_000 + time * 300, purpose: "emergency",
                    basis: "break-glass"))
        }
        if plant.difficulty == .camouflaged {
            // Something is written, but too late to be about the emergency.
            _ = try open(
                person, doctor, (day + 2) * 86_400 + 70_000, action: "update",
                purpose: "operations")
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day)
    }

    /// AC-18: an account that lay idle wakes up.
    ///
    /// The threshold is in days.
    mutating func wake(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let pharmacies = world.facilitiesByTier[0]
        guard !pharmacies.isEmpty, let person = victim(&chance) else { return nil }
        let pharmacy = world.facilities[pharmacies[plant.number % pharmacies.count]]
        guard let sleeper = pharmacy.doctors.first else { return nil }
        let first = max(world.firstDay, day - plant.magnitude)
        _ = try open(person, sleeper, first * 86_400 + 40_000, purpose: "operations")
        let when = first + plant.magnitude
        let purpose = plant.difficulty == .camouflaged ? "operations" : "unstated"
        let record = try open(person, sleeper, when * 86_400 + 40_000, purpose: purpose)
        return Deed(
            isAboutPractitioner: true, subject: sleeper, actors: [sleeper], records: [record],
            day: when)
    }

    /// AC-20: the patient has forbidden it.
    mutating func ignoreConsent(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        try write(
            .consent(
                ConsentRow(
                    id: id(), person: person, facility: world.people[person].home,
                    permits: false, purpose: "research", fromDay: day)))
        let wait = plant.difficulty == .easy ? 30 : 1
        let record = try open(
            person, doctor, (day + wait) * 86_400 + 50_000, purpose: "research")
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: [record],
            day: day + wait)
    }

    /// AC-03, AC-04, AC-06 and AC-07: whom one knows at home or at work, or oneself.
    mutating func openFamiliar(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        for _ in 0..<20 {
            let doctor = accomplice(tier: plant.difficulty == .easy ? 2 : 3, &chance)
            let surname = world.practitioners[doctor].surname
            guard let person = victim(&chance, where: { $0.surname == surname }) else { continue }
            let record = try open(person, doctor, day * 86_400 + 66_000)
            return Deed(
                isAboutPractitioner: true, subject: doctor, actors: [doctor], records: [record],
                day: day)
        }
        return nil
    }

    /// AC-13: numbers are tried one after another, most of them in vain.
    ///
    /// The threshold is a run.
    mutating func enumerate(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        let start = chance.below(max(world.people.count - plant.magnitude, 1))
        var records: [String] = []
        for step in 0..<min(plant.magnitude, world.people.count) {
            records.append(
                try open(
                    start + step, doctor, day * 86_400 + 80_000 + step * 5, purpose: "unstated",
                    outcome: step.isMultiple(of: 3) ? "success" : "minor-failure"))
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day)
    }

    /// AC-14: at night, without a shift.
    mutating func openAtNight(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let count = plant.difficulty == .easy ? 6 : 1
        var records: [String] = []
        for time in 0..<count {
            records.append(
                try open(person, doctor, day * 86_400 + 2 * 3_600 + time * 200))
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day)
    }

    /// AC-21: somebody of the billing office says that it is for treatment.
    mutating func pretendTreatment(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let facility = world.hospital(tier: 2, &chance)
        let coder = world.facilities[facility].coder
        let record = try open(person, coder, day * 86_400 + 52_000, role: "coder")
        return Deed(
            isAboutPractitioner: true, subject: coder, actors: [coder], records: [record],
            day: day)
    }

    /// AC-19: one login at two places at once.
    mutating func shareLogin(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance), let other = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let elsewhere = world.hospital(tier: 3, &chance)
        let at = day * 86_400 + 55_000
        let first = try open(person, doctor, at)
        let gap = plant.difficulty == .easy ? 30 : 900
        let second = AccessRow(
            id: id(), person: other, practitioner: doctor, facility: elsewhere,
            role: "attending", action: "read", purpose: "treatment", at: at + gap,
            object: "Encounter", visit: nil)
        try write(.access(second))
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor],
            records: [first, Name.record(.accesses, second.id)], day: day)
    }
}
