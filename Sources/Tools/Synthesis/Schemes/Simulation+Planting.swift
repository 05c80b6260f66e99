extension Simulation {
    /// Does what the scheme does, among what the region does anyhow, and notes the truth.
    mutating func commit(_ plant: Planter.Plant) throws(SynthesisError) {
        var chance = Chance(world.seed, 22, UInt64(plant.number))
        var found = try clinicalDeed(plant, &chance)
        if found == nil { found = try billingDeed(plant, &chance) }
        if found == nil { found = try accessDeed(plant, &chance) }
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

    /// Schemes of drugs and pharmacies.
    private mutating func clinicalDeed(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        switch plant.scheme.method {
        case .opioidWithBenzodiazepine: try overlapSupplies(plant, &chance)
        case .earlyRefill: try refillEarly(plant, &chance)
        case .interaction: try combineDrugs(plant, &chance)
        case .overdose: try overdose(plant, &chance)
        case .shopDoctors: try shopDoctors(plant, &chance)
        case .exceedDose: try exceedDose(plant, &chance)
        case .duplicateTherapy: try duplicateTherapy(plant, &chance)
        case .treatChild: try treatChild(plant, &chance)
        case .treatOtherSex: try treatOtherSex(plant, &chance)
        case .dispenseFirst: try dispenseFirst(plant, &chance)
        case .mixTrinity: try mixTrinity(plant, &chance)
        case .overfill: try overfill(plant, &chance)
        case .startLong: try startLong(plant, &chance)
        case .buyOften: try buyOften(plant, &chance)
        case .supplyLong: try supplyLong(plant, &chance)
        case .doubleLongActing: try doubleLongActing(plant, &chance)
        case .settleTwice: try settleTwice(plant, &chance)
        case .shortPacks: try shortPacks(plant, &chance)
        case .sellControlled: try sellControlled(plant, &chance)
        case .billUncollected: try billUncollected(plant, &chance)
        case .sellBulk: try sellBulk(plant, &chance)
        case .splitPurchase: try splitPurchase(plant, &chance)
        case .steer: try steer(plant, &chance)
        case .divertPack: try divertPack(plant, &chance)
        default: nil
        }
    }

    /// Schemes of claims, stays and identity.
    private mutating func billingDeed(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        switch plant.scheme.method {
        case .overlappingStays: try overlapStays(plant, &chance)
        case .visitDuringStay: try visitDuringStay(plant, &chance)
        case .serviceAfterDeath: try claimAfterDeath(plant, &chance)
        case .impossibleForSex: try claimForOtherSex(plant, &chance)
        case .excludedProvider: try claimByExcluded(plant, &chance)
        case .duplicateClaim: try duplicateClaim(plant, &chance)
        case .phantomVisit: try claimWithoutVisit(plant, &chance)
        case .sweepCard: try sweepCard(plant, &chance)
        case .claimBeforePolicy: try claimBeforePolicy(plant, &chance)
        case .enrollTwice: try enrollTwice(plant, &chance)
        case .visitUnchecked: try visitUnchecked(plant, &chance)
        case .organTwice: try removeTwice(plant, &chance)
        case .sharedAddress: try moveTogether(plant, &chance)
        case .backfill: try backfill(plant, &chance)
        case .inventDiagnosis: try inventDiagnosis(plant, &chance)
        case .billNoResult: try billNoResult(plant, &chance)
        case .billUnopened: try billUnopened(plant, &chance)
        case .prescribeBurst: try prescribeBurst(plant, &chance)
        case .splitStay: try splitStay(plant, &chance)
        case .seeOften: try seeOften(plant, &chance)
        case .billExtraDays: try billExtraDays(plant, &chance)
        case .ghostBed: try billGhostBed(plant, &chance)
        case .overprice: try overprice(plant, &chance)
        case .multiplyUnits: try multiplyUnits(plant, &chance)
        case .impossibleDay: try workImpossibly(plant, &chance)
        case .billOnLeave: try billOnLeave(plant, &chance)
        case .clusterDiagnosis: try clusterDiagnosis(plant, &chance)
        case .repeatAmount: try repeatAmount(plant, &chance)
        case .comeTogether: try comeTogether(plant, &chance)
        case .yearEndRush: try rushYearEnd(plant, &chance)
        default: nil
        }
    }

    /// Schemes of access to records.
    private mutating func accessDeed(
        _ plant: Planter.Plant, _ chance: inout Chance
    ) throws(SynthesisError) -> Deed? {
        switch plant.scheme.method {
        case .snooping: try snoop(plant, &chance)
        case .massAccess: try accessMany(plant, &chance)
        case .openDead: try openDead(plant, &chance)
        case .export: try export(plant, &chance)
        case .breakGlass: try breakGlass(plant, &chance)
        case .dormantAccount: try wake(plant, &chance)
        case .ignoreConsent: try ignoreConsent(plant, &chance)
        case .openFamiliar: try openFamiliar(plant, &chance)
        case .enumerate: try enumerate(plant, &chance)
        case .openAtNight: try openAtNight(plant, &chance)
        case .pretendTreatment: try pretendTreatment(plant, &chance)
        case .shareLogin: try shareLogin(plant, &chance)
        default: nil
        }
    }

    /// A grown-up who is alive and in no hospital; nil where a hundred tries find nobody.
    mutating func victim(
        _ chance: inout Chance, where fits: (Person) -> Bool = { _ in true }
    ) -> Int? {
        for attempt in 0..<400 {
            let number = chance.below(world.people.count)
            let person = world.people[number]
            // Rather somebody whom no scheme has used lately, so that each case is one.
            if attempt < 300, let last = chosen[number], last + 200 > day { continue }
            if person.age(on: day) >= 18, person.stayUntil < day,
                person.deathDay.map({ $0 > day + 90 }) ?? true,
                tables.plans[person.plan].cap > 0, fits(person)
            {
                chosen[number] = day
                return number
            }
        }
        return nil
    }

    /// A doctor who works today, at a hospital of that tier.
    func accomplice(
        tier: Int, in department: String = "general", _ chance: inout Chance
    ) -> Int {
        let hospital = world.hospital(tier: tier, &chance)
        return world.doctor(at: hospital, department, on: day, &chance)
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
    var day: Int
    var amount = 0
}
