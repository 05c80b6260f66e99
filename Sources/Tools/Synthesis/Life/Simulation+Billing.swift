extension Simulation {
    /// The claim for a visit, with the access of the coder who wrote it.
    @discardableResult
    mutating func bill(
        _ row: VisitRow, _ request: VisitRequest, _ chance: inout Chance
    ) throws(SynthesisError) -> ClaimRow? {
        let visitDay = row.from / 86_400
        var lines = [line(request.service, 1, row.facility, visitDay)]
        if let test = request.test { lines.append(line(test, 1, row.facility, visitDay)) }
        return try bill(row, lines, &chance)
    }

    func line(_ service: Int, _ units: Int, _ facility: Int, _ day: Int) -> ClaimLine {
        ClaimLine(
            service: service, units: units, price: world.price(service, at: facility), day: day)
    }

    @discardableResult
    mutating func bill(
        _ row: VisitRow, _ lines: [ClaimLine], _ chance: inout Chance
    ) throws(SynthesisError) -> ClaimRow? {
        guard tables.plans[world.people[row.person].plan].cap > 0,
            !chance.perMille(tables.setting(.cash))
        else { return nil }
        let wait = chance.place([600, 300, 100])
        let submitted = max(row.to + 1_800, (row.to / 86_400) * 86_400 + 18 * 3_600)
        var claim = ClaimRow(
            id: id(), person: row.person, practitioner: row.practitioner, facility: row.facility,
            type: world.facilities[row.facility].tier <= 1 ? .professional : .institutional,
            from: row.from, to: row.to, submitted: submitted + wait * 86_400,
            diagnosis: row.reason, visit: row.id, order: nil, orderFacility: nil, lines: lines)
        if chance.perMille(tables.setting(.unknownDoctor)) { claim.practitioner = -1 }
        try code(claim)
        try submit(claim, on: claim.submitted / 86_400, &chance)
        return claim
    }

    /// The coder opens the record for the claim.
    mutating func code(_ claim: ClaimRow) throws(SynthesisError) {
        let coder = world.facilities[claim.facility].coder
        let access = AccessRow(
            id: id(), person: claim.person, practitioner: coder, facility: claim.facility,
            role: "coder", action: "read", purpose: "payment", at: claim.submitted - 900,
            object: "Claim", visit: claim.visit)
        try write(.access(access), on: claim.submitted / 86_400)
    }

    /// A claim, and the payer's answer some days later.
    mutating func submit(
        _ claim: ClaimRow, on when: Int, _ chance: inout Chance
    ) throws(SynthesisError) {
        try write(.claim(claim), on: when)
        if claim.type != .pharmacy { caseload.add(claim.practitioner, on: day) }
        let person = world.people[claim.person]
        let plan = tables.plans[person.plan]
        let tier = max(world.facilities[claim.facility].tier, 1)
        let share = claim.total * plan.rates[tier - 1] / 1_000
        let isDenied = chance.perMille(tables.setting(.denyClaim))
        let paid = isDenied ? 0 : min(share, max(plan.cap - person.paid, 0))
        world.people[claim.person].paid += paid
        let answer = when + chance.between(2, 14)
        try write(
            .response(
                ResponseRow(
                    id: id(), claim: claim.id, claimFacility: claim.facility,
                    person: claim.person, at: answer * 86_400 + 10 * 3_600, total: claim.total,
                    paid: paid)), on: answer)
    }
}
