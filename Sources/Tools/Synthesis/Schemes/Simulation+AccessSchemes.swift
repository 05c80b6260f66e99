/// Records opened by who has no business there.
extension Simulation {
    /// AC-01: curiosity about somebody whom one does not treat.
    mutating func snoop(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        // Of a department that grown-ups hardly come to.
        let doctor = accomplice(
            tier: plant.difficulty == .easy ? 3 : 2, in: "paediatrics", &chance)
        if plant.difficulty == .camouflaged {
            // The patient is at the same hospital that day, with somebody else.
            let facility = world.practitioners[doctor].facility
            let colleague = world.doctor(at: facility, "surgery", on: day, &chance)
            if colleague != doctor { try visit(request(person, colleague), &chance) }
        }
        var deed = Deed(by: doctor, on: day)
        for time in 0..<(plant.difficulty == .easy ? 4 : 1) {
            try open(person, doctor, day * 86_400 + 50_000 + time * 300, for: &deed)
        }
        return deed
    }

    /// AC-11: one after another, as for a list that somebody wants to sell.
    mutating func accessMany(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        let start = chance.below(world.people.count)
        var deed = Deed(by: doctor, on: day)
        for step in 0..<min(plant.magnitude, world.people.count) {
            try open(
                (start + step * 7) % world.people.count, doctor,
                day * 86_400 + 30_000 + step * 60,
                purpose: plant.difficulty == .camouflaged ? "operations" : "treatment",
                for: &deed)
        }
        return deed
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
        var deed = Deed(by: doctor, on: when)
        try open(person, doctor, when * 86_400 + 50_000, purpose: purpose, for: &deed)
        return deed
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
        var deed = Deed(by: doctor, on: day)
        for step in 0..<count {
            try open(
                (start + step) % world.people.count, doctor, day * 86_400 + 60_000 + step * pace,
                action: "execute", purpose: "operations", for: &deed)
        }
        return deed
    }

    /// AC-15: the glass is broken, and nothing is done for the patient afterwards.
    mutating func breakGlass(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        var deed = Deed(by: doctor, on: day)
        for time in 0..<(plant.difficulty == .easy ? 3 : 1) {
            try open(
                person, doctor, day * 86_400 + 70_000 + time * 300, purpose: "emergency",
                basis: "break-glass", for: &deed)
        }
        if plant.difficulty == .camouflaged {
            // Something is written, but too late to be about the emergency.
            var later = deed
            try open(
                person, doctor, (day + 2) * 86_400 + 70_000, action: "update",
                purpose: "operations", for: &later)
        }
        return deed
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
        let when = first + plant.magnitude
        var before = Deed(by: sleeper, on: first)
        try open(person, sleeper, first * 86_400 + 40_000, purpose: "operations", for: &before)
        var deed = Deed(by: sleeper, on: when)
        let purpose = plant.difficulty == .camouflaged ? "operations" : "unstated"
        try open(person, sleeper, when * 86_400 + 40_000, purpose: purpose, for: &deed)
        return deed
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
        let when = day + (plant.difficulty == .easy ? 30 : 1)
        var deed = Deed(by: doctor, on: when)
        try open(person, doctor, when * 86_400 + 50_000, purpose: "research", for: &deed)
        return deed
    }

    /// AC-03, AC-04, AC-06 and AC-07: whom one knows at home or at work, or oneself.
    mutating func openFamiliar(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        for _ in 0..<20 {
            let doctor = accomplice(tier: plant.difficulty == .easy ? 2 : 3, &chance)
            let surname = world.practitioners[doctor].surname
            guard let person = victim(&chance, where: { $0.surname == surname }) else { continue }
            var deed = Deed(by: doctor, on: day)
            try open(person, doctor, day * 86_400 + 66_000, for: &deed)
            return deed
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
        var deed = Deed(by: doctor, on: day)
        for step in 0..<min(plant.magnitude, world.people.count) {
            try open(
                start + step, doctor, day * 86_400 + 80_000 + step * 5, purpose: "unstated",
                outcome: step.isMultiple(of: 3) ? "success" : "minor-failure", for: &deed)
        }
        return deed
    }

    /// AC-14: at night, without a shift.
    mutating func openAtNight(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        let facility = world.practitioners[doctor].facility
        let lately = (day - 2) * 86_400
        // Somebody who is not cared for there.
        guard
            let person = victim(
                &chance, where: { $0.lastPlace != facility && $0.busyUntil < lately })
        else { return nil }
        var deed = Deed(by: doctor, on: day)
        for time in 0..<(plant.difficulty == .easy ? 6 : 1) {
            try open(person, doctor, day * 86_400 + 2 * 3_600 + time * 200, for: &deed)
        }
        return deed
    }

    /// AC-21: somebody of the billing office says that it is for treatment.
    mutating func pretendTreatment(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance) else { return nil }
        let facility = world.hospital(tier: 2, &chance)
        let coder = world.facilities[facility].coder
        var deed = Deed(by: coder, on: day)
        try open(person, coder, day * 86_400 + 52_000, role: "coder", for: &deed)
        return deed
    }

    /// AC-19: one login at two places at once.
    mutating func shareLogin(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        guard let person = victim(&chance), let other = victim(&chance) else { return nil }
        let doctor = accomplice(tier: 2, &chance)
        let elsewhere = world.hospital(tier: 3, &chance)
        let at = day * 86_400 + 55_000
        let gap = plant.difficulty == .easy ? 30 : 900
        var deed = Deed(by: doctor, on: day)
        try open(person, doctor, at, for: &deed)
        try open(
            other, doctor, at + gap, facility: elsewhere, basis: "relationship", for: &deed)
        return deed
    }
}
