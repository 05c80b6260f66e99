/// What somebody comes for, and to whom.
struct VisitRequest {
    let person: Int
    let facility: Int
    let department: String
    /// Nil where whoever is there will do.
    var practitioner: Int?
    let visitClass: VisitClass
    let reason: String
    let service: Int
    var test: Int?
    var drug: Int?
    var days = 0
    var refills = 0
    var isTransfer = false
    var isClaimed = true
    /// The first minute of the day at which the patient can be there.
    var notBefore = 0
}

extension Simulation {
    /// One outpatient visit, with all that follows from it; returns its encounter.
    @discardableResult
    mutating func visit(
        _ request: VisitRequest, _ chance: inout Chance
    ) throws(SynthesisError) -> VisitRow {
        let doctor =
            request.practitioner
            ?? world.doctor(at: request.facility, request.department, on: day, &chance)
        let minutes = max(tables.services[request.service].minutes, 5)
        let isEmergency = request.visitClass == .emergency
        let start =
            isEmergency
            ? chance.below(1_430) : max(8 * 60 + busy[doctor], request.notBefore)
        let from =
            day * 86_400 + min(max(start, arrival(request)), 1_430) * 60 + chance.below(60)
        if !isEmergency { busy[doctor] = from % 86_400 / 60 - 8 * 60 + minutes }
        world.people[request.person].busyUntil = from + minutes * 60
        world.people[request.person].lastPlace = request.facility
        try callIn(doctor, to: request.facility, on: day)
        let row = VisitRow(
            id: id(), person: request.person, practitioner: doctor, facility: request.facility,
            visitClass: request.visitClass, from: from, to: from + minutes * 60,
            reason: request.reason, isTransfer: request.isTransfer, service: request.service)
        if request.visitClass != .virtual {
            try identify(request.person, request.facility, from - 300, &chance)
        }
        let isLate = chance.perMille(tables.setting(.late))
        try write(.visit(row), on: isLate ? day + chance.between(2, 9) : day)
        try open(row, isEmergency, &chance)
        try diagnose(row, &chance)
        try test(request.test, row, &chance)
        if let drug = request.drug, !takes(drug, request.person) {
            let order = try prescribe(drug, request.days, request.refills, row)
            if !chance.perMille(tables.setting(.neverCollected)) {
                let pharmacy = world.people[row.person].pharmacy
                try dispense(order, at: pharmacy, on: day, &chance)
            }
        }
        if request.isClaimed { try bill(row, request, &chance) }
        if chance.perMille(tables.setting(.secondAccess)) {
            let later = chance.between(1, 14)
            try access(row, doctor, "read", at: row.to + later * 86_400, "Encounter", on: later)
        }
        return row
    }

    /// Whether somebody has enough of a drug already, for what lasts.
    private func takes(_ drug: Int, _ person: Int) -> Bool {
        world.people[person].care.contains { care in
            tables.conditions[care.condition].drug == drug && care.suppliedUntil > day
        }
    }

    /// The minute of today at which the patient can be there, after what went before.
    private func arrival(_ request: VisitRequest) -> Int {
        let person = world.people[request.person]
        let isFar = person.lastPlace != request.facility && request.visitClass != .virtual
        return (person.busyUntil - day * 86_400) / 60 + (isFar ? 50 : 5)
    }

    /// The diagnosis is written down, now and then by its category only.
    mutating func diagnose(_ row: VisitRow, _ chance: inout Chance) throws(SynthesisError) {
        let isCoarse = chance.perMille(tables.setting(.coarseCode))
        try write(
            .condition(
                ConditionRow(
                    id: id(), person: row.person, practitioner: row.practitioner,
                    facility: row.facility,
                    code: isCoarse ? String(row.reason.prefix(3)) : row.reason,
                    at: row.to, visit: row.id)))
    }

    /// The doctor opens the record and writes the note; now and then by breaking the glass.
    private mutating func open(
        _ row: VisitRow, _ isEmergency: Bool, _ chance: inout Chance
    ) throws(SynthesisError) {
        let breaks = isEmergency && chance.perMille(tables.setting(.breakGlass))
        var first = AccessRow(
            id: id(), person: row.person, practitioner: row.practitioner, facility: row.facility,
            role: "attending", action: "read",
            purpose: isEmergency ? "emergency" : "treatment", at: row.from + 60,
            object: "Encounter", visit: row.id)
        if breaks { first.basis = "break-glass" }
        try write(.access(first))
        if chance.perMille(tables.setting(.denied)) { try deny(row, &chance) }
        guard !breaks || chance.perMille(tables.setting(.followUp)) else { return }
        try access(row, row.practitioner, "update", at: row.to, "Note", on: 0)
    }

    /// Somebody else of the house takes the wrong name from a list and is refused.
    private mutating func deny(
        _ row: VisitRow, _ chance: inout Chance
    ) throws(SynthesisError) {
        let doctors = world.facilities[row.facility].doctors
        guard doctors.count > 1 else { return }
        let other = doctors[chance.below(doctors.count)]
        guard other != row.practitioner else { return }
        var denied = AccessRow(
            id: id(), person: row.person, practitioner: other, facility: row.facility,
            role: "attending", action: "read", purpose: "unstated", at: row.from + 200,
            object: "Encounter", visit: nil)
        denied.basis = "none"
        denied.outcome = "minor-failure"
        try write(.access(denied))
    }

    /// An access for treatment by somebody who knows the patient, so many days from today.
    mutating func access(
        _ row: VisitRow, _ practitioner: Int, _ action: String, at: Int, _ object: String,
        on later: Int
    ) throws(SynthesisError) {
        let access = AccessRow(
            id: id(), person: row.person, practitioner: practitioner, facility: row.facility,
            role: world.practitioners[practitioner].role == .nurse ? "nurse" : "attending",
            action: action, purpose: "treatment", at: at, object: object, visit: row.id)
        try write(.access(access), on: day + later)
    }

    mutating func identify(
        _ person: Int, _ facility: Int, _ at: Int, _ chance: inout Chance
    ) throws(SynthesisError) {
        let methods = ["card", "face", "fingerprint", "sms"]
        let card = tables.setting(.identityCard)
        let face = tables.setting(.identityFace)
        let finger = tables.setting(.identityFinger)
        let method = chance.place([card, face, finger, max(1_000 - card - face - finger, 0)])
        try write(
            .identity(
                IdentityRow(
                    id: id(), person: person, facility: facility, method: methods[method],
                    assurance: [1, 2, 3, 1][method], at: at)))
    }

    /// A test is ordered, done, and read.
    mutating func test(
        _ service: Int?, _ row: VisitRow, _ chance: inout Chance
    ) throws(SynthesisError) {
        guard let service else { return }
        let at = min(row.from + 1_200 + chance.below(1_200), row.to + 1_800)
        try write(
            .result(
                ResultRow(
                    id: id(), person: row.person, practitioner: row.practitioner,
                    facility: row.facility, service: service, at: at,
                    value: chance.between(40, 160), visit: row.id)))
        if chance.perMille(tables.setting(.resultRead)) {
            try access(row, row.practitioner, "read", at: at + 600, "Observation", on: 0)
        }
    }
}
