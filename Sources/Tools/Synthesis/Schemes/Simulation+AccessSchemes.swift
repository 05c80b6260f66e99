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
        var records: [String] = []
        for time in 0..<(plant.difficulty == .easy ? 4 : 1) {
            records.append(try look(at: person, doctor, day * 86_400 + 50_000 + time * 300))
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day)
    }

    /// Opens a record without any reason; returns the access.
    mutating func look(
        at person: Int, _ practitioner: Int, _ at: Int, purpose: String = "treatment"
    ) throws(SynthesisError) -> String {
        var access = AccessRow(
            id: id(), person: person, practitioner: practitioner,
            facility: world.practitioners[practitioner].facility, role: "attending",
            action: "read", purpose: purpose, at: at, object: "Encounter", visit: nil)
        access.basis = "none"
        try write(.access(access), on: at / 86_400)
        return Name.record(.accesses, access.id)
    }

    /// AC-11: one after another, as for a list that somebody wants to sell.
    mutating func accessMany(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        let doctor = accomplice(tier: 2, &chance)
        let start = chance.below(world.people.count)
        let count = min(plant.magnitude, world.people.count)
        var records: [String] = []
        for step in 0..<count {
            let person = (start + step * 7) % world.people.count
            records.append(
                try look(
                    at: person, doctor, day * 86_400 + 30_000 + step * 60,
                    purpose: plant.difficulty == .camouflaged ? "operations" : "treatment"))
        }
        return Deed(
            isAboutPractitioner: true, subject: doctor, actors: [doctor], records: records,
            day: day)
    }
}
