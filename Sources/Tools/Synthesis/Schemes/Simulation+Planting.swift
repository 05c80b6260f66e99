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
}
