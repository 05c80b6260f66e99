extension Simulation {
    /// What a chronic condition asks for today.
    mutating func care(for number: Int, _ index: Int) throws(SynthesisError) {
        let care = world.people[number].care[index]
        let condition = tables.conditions[care.condition]
        var chance = Chance(world.seed, 5, UInt64(number), UInt64(day), UInt64(index))
        guard condition.care == .dialysis || world.works(care.practitioner, on: day) else { return }
        let spread = condition.everyDays / 10
        world.people[number].care[index].nextDay =
            day + max(condition.everyDays + chance.between(-spread, spread), 1)
        switch condition.care {
        case .visit: try checkUp(number, index, condition, &chance)
        case .cycle: try cycle(number, care.practitioner, condition, &chance)
        case .dialysis: try dialysis(number, care.practitioner, condition, &chance)
        case .hospice: try hospice(number, care.practitioner, condition, &chance)
        }
    }

    private mutating func checkUp(
        _ number: Int, _ index: Int, _ condition: RegionTables.Condition, _ chance: inout Chance
    ) throws(SynthesisError) {
        let practitioner = world.people[number].care[index].practitioner
        var request = VisitRequest(
            person: number, facility: world.practitioners[practitioner].facility,
            department: condition.department, practitioner: practitioner,
            visitClass: .ambulatory, reason: condition.code, service: tables.service("consult"))
        request.test = condition.test
        let row = try visit(request, &chance)
        guard let drug = condition.drug, world.people[number].care[index].refill == nil else {
            return
        }
        let refills = max(condition.everyDays / max(condition.days, 1) - 1, 0)
        let order = try prescribe(drug, condition.days, refills, row)
        // Who has some left fetches more when it runs out, who dies before that does not.
        let supplied = world.people[number].care[index].suppliedUntil
        let first = max(day, supplied - chance.between(0, condition.days / 10))
        guard !isDead(number, on: first) else { return }
        try dispense(order, at: world.people[number].pharmacy, on: first, &chance)
        world.people[number].care[index].suppliedUntil = first + condition.days
        guard refills > 0 else { return }
        world.people[number].care[index].refill = Person.Refill(
            order: order, left: refills, nextDay: first + nextFill(condition.days, &chance))
    }

    /// A short stay for chemotherapy, every three weeks: looks like a split hospitalisation.
    private mutating func cycle(
        _ number: Int, _ practitioner: Int, _ condition: RegionTables.Condition,
        _ chance: inout Chance
    ) throws(SynthesisError) {
        var request = VisitRequest(
            person: number, facility: world.practitioners[practitioner].facility,
            department: condition.department, practitioner: practitioner, visitClass: .inpatient,
            reason: condition.code, service: tables.service("chemotherapy"))
        request.test = condition.test
        try stay(request, days: chance.between(1, 2), &chance)
    }

    /// Two or three times a week for life: looks like too many visits to one place.
    private mutating func dialysis(
        _ number: Int, _ practitioner: Int, _ condition: RegionTables.Condition,
        _ chance: inout Chance
    ) throws(SynthesisError) {
        let request = VisitRequest(
            person: number, facility: world.practitioners[practitioner].facility,
            department: condition.department, visitClass: .ambulatory,
            reason: condition.code, service: tables.service("dialysis"))
        try visit(request, &chance)
    }

    /// Hospice care at home, with as much of an opioid as is needed.
    private mutating func hospice(
        _ number: Int, _ practitioner: Int, _ condition: RegionTables.Condition,
        _ chance: inout Chance
    ) throws(SynthesisError) {
        var request = VisitRequest(
            person: number, facility: world.practitioners[practitioner].facility,
            department: condition.department, practitioner: practitioner, visitClass: .hospice,
            reason: condition.code, service: tables.service("palliative"))
        request.drug = condition.drug
        request.days = condition.days
        try visit(request, &chance)
    }

    /// What follows from an illness that has come.
    mutating func treat(
        _ number: Int, _ illness: RegionTables.Illness, _ chance: inout Chance
    ) throws(SynthesisError) {
        let person = world.people[number]
        // Somebody with tier 1 nearby goes there first; the others as the case mix has it.
        let facility =
            illness.tier <= 1
            ? place(of: person, &chance) : world.hospital(tier: illness.tier, &chance)
        var request = VisitRequest(
            person: number, facility: facility, department: illness.department,
            visitClass: illness.visitClass, reason: illness.code, service: illness.service)
        request.test = illness.test
        request.drug = illness.drug
        request.days = illness.days
        if illness.visitClass == .inpatient {
            let spread = illness.stay / 3
            let days = max(illness.stay + chance.between(-spread, spread), 1)
            return try admit(request, days: days, &chance)
        }
        if facility == person.home, let doctor = person.familyDoctor,
            world.works(doctor, on: day)
        {
            request.practitioner = doctor
        }
        try visit(request, &chance)
        guard world.facilities[facility].tier == 1 else { return }
        if chance.perMille(tables.setting(.referralUp)) { try refer(request, &chance) }
        if chance.perMille(tables.setting(.remote)) { try consultRemotely(request, &chance) }
    }

    private func place(of person: Person, _ chance: inout Chance) -> Int {
        let shares = (1...4).map { tier in
            tables.facilities.filter { !$0.isPharmacy && $0.tier == tier }
                .reduce(0) { $0 + $1.share }
        }
        let tier = chance.place(shares) + 1
        return tier == 1 ? person.home : world.hospital(tier: tier, &chance)
    }

    /// The specialist of a higher tier sees the patient the same day.
    private mutating func refer(
        _ first: VisitRequest, _ chance: inout Chance
    ) throws(SynthesisError) {
        var request = VisitRequest(
            person: first.person, facility: world.hospital(tier: 2, &chance),
            department: "internal", visitClass: .ambulatory, reason: first.reason,
            service: tables.service("consult"))
        // In the afternoon: the way there takes its time.
        request.notBefore = 14 * 60
        try visit(request, &chance)
    }

    /// A specialist far away is asked by video.
    private mutating func consultRemotely(
        _ first: VisitRequest, _ chance: inout Chance
    ) throws(SynthesisError) {
        let request = VisitRequest(
            person: first.person,
            facility: world.hospital(tier: chance.between(3, 4), &chance),
            department: "internal", visitClass: .virtual, reason: first.reason,
            service: tables.service("remote"))
        try visit(request, &chance)
    }
}
