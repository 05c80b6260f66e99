extension Simulation {
    /// Does what the scheme does, among what the region does anyhow, and notes the truth.
    mutating func commit(_ plant: Planter.Plant) throws(SynthesisError) {
        var chance = Chance(world.seed, 22, UInt64(plant.number))
        let found: Deed?
        switch plant.scheme.method {
        case .overlappingStays: found = try overlapStays(plant, &chance)
        case .visitDuringStay: found = try visitDuringStay(plant, &chance)
        case .serviceAfterDeath: found = try claimAfterDeath(plant, &chance)
        case .impossibleForSex: found = try claimForOtherSex(plant, &chance)
        case .excludedProvider: found = try claimByExcluded(plant, &chance)
        case .duplicateClaim: found = try duplicateClaim(plant, &chance)
        case .snooping: found = try snoop(plant, &chance)
        case .massAccess: found = try accessMany(plant, &chance)
        case .opioidWithBenzodiazepine: found = try overlapSupplies(plant, &chance)
        case .earlyRefill: found = try refillEarly(plant, &chance)
        case .interaction: found = try combineDrugs(plant, &chance)
        case .phantomVisit: found = try claimWithoutVisit(plant, &chance)
        }
        guard let found else { return }
        try truth.write(
            PlantedCase(
                scheme: plant.scheme, difficulty: plant.difficulty, number: plant.number,
                subjectKind: found.isAboutPractitioner ? "practitioner" : "patient",
                subject: found.isAboutPractitioner
                    ? Name.practitioner(found.subject) : Name.patient(found.subject),
                actors: found.actors.map(Name.practitioner), records: found.records,
                day: found.day, amount: found.amount))
    }

    /// A grown-up who is alive and in no hospital; nil where a hundred tries find nobody.
    func victim(
        _ chance: inout Chance, where fits: (Person) -> Bool = { _ in true }
    ) -> Int? {
        for _ in 0..<400 {
            let number = chance.below(world.people.count)
            let person = world.people[number]
            if person.age(on: day) >= 18, person.stayUntil < day,
                person.deathDay.map({ $0 > day + 90 }) ?? true,
                tables.plans[person.plan].cap > 0, fits(person)
            {
                return number
            }
        }
        return nil
    }

    /// A doctor who works today, at a hospital of that tier.
    func accomplice(tier: Int, _ chance: inout Chance) -> Int {
        let hospital = world.hospital(tier: tier, &chance)
        return world.doctor(at: hospital, "general", on: day, &chance)
    }

    /// An ordinary visit to an accomplice, as a cover or as a step of a scheme.
    func request(
        _ person: Int, _ doctor: Int, reason: String = "R51", service: String = "consult"
    ) -> VisitRequest {
        VisitRequest(
            person: person, facility: world.practitioners[doctor].facility,
            department: world.practitioners[doctor].department, practitioner: doctor,
            visitClass: .ambulatory, reason: reason, service: tables.service(service))
    }

    /// A claim for services, for a visit that was or for none.
    mutating func claim(
        _ person: Int, _ doctor: Int, _ services: [String], on day: Int, visit: VisitRow? = nil,
        reason: String = "R51"
    ) -> ClaimRow {
        let facility = world.practitioners[doctor].facility
        let from = visit?.from ?? day * 86_400 + 10 * 3_600
        let to = visit?.to ?? from + 1_800
        return ClaimRow(
            id: id(), person: person, practitioner: doctor, facility: facility,
            type: world.facilities[facility].tier <= 1 ? .professional : .institutional,
            from: from, to: to, submitted: max(to + 600, day * 86_400 + 18 * 3_600),
            diagnosis: reason, visit: visit?.id, order: nil, orderFacility: nil,
            lines: services.map { line(tables.service($0), 1, facility, day) })
    }
}

/// What was done in a case.
struct Deed {
    var isAboutPractitioner = false
    let subject: Int
    var actors: [Int] = []
    let records: [String]
    let day: Int
    var amount = 0
}
