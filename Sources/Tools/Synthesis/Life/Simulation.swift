/// A region that lives day by day and writes down what happens, as its institutions would.
///
/// What happens to a person on a day follows from seed, person and day. Memory is that of the
/// people and of what is to be written within a year: it does not grow with the years.
struct Simulation<Sink: RowSink, Truth: TruthSink> {
    var world: World
    var sink: Sink
    var truth: Truth
    private(set) var day: Int
    private(set) var rowCount = 0
    /// Rows that are written on a later day, by day modulo the length.
    private var pending: [[Row]]
    /// What today has brought, not anchored yet.
    private var today: [Row] = []
    /// Minutes of today that each practitioner has given to patients.
    var busy: [Int]
    private var lastID = 0
    private var lastTraceCode = 0
    /// What pharmacies have of each drug, by pharmacy and drug.
    private var stock: [Int: Shelf] = [:]
    /// The last day for which somebody was called in, by practitioner.
    private var calledIn: [Int]
    /// The day on which a scheme last chose somebody, by person.
    var chosen: [Int: Int] = [:]
    /// The last day of a scheme that moves the numbers of a practitioner.
    var moved: [Int: Int] = [:]
    var caseload: Caseload
    /// The day on which somebody of the staff last opened a record, by practitioner.
    private(set) var lastOpened: [Int: Int] = [:]
    /// Accesses and diagnoses that were written since a scheme began to note them.
    var noted: [String]?
    let planter: Planter

    private struct Shelf: Sendable {
        var next = 0
        var left = 0
    }

    /// How many packs of a drug come at once.
    private static var packsDelivered: Int { 5 }

    /// Nothing is put off for longer, in days.
    private static var horizon: Int { 400 }

    init(world: World, sink: Sink, truth: Truth, planter: Planter) {
        self.world = world
        self.sink = sink
        self.truth = truth
        self.planter = planter
        day = world.firstDay
        pending = Array(repeating: [], count: Self.horizon)
        busy = Array(repeating: 0, count: world.practitioners.count)
        calledIn = Array(repeating: -1, count: world.practitioners.count)
        caseload = Caseload(practitioners: world.practitioners.count, firstDay: world.firstDay)
    }

    var tables: RegionTables { world.tables }

    mutating func id() -> Int {
        lastID += 1
        return lastID
    }

    /// The first of `count` trace codes, which no pack had before, of what a pharmacy has in stock.
    ///
    /// Where too little is left, packs are delivered, each with its code.
    mutating func traceCodes(
        _ count: Int, of drug: Int, at pharmacy: Int
    ) throws(SynthesisError) -> Int {
        let place = pharmacy * tables.drugs.count + drug
        var shelf = stock[place] ?? Shelf()
        if shelf.left < count {
            let left = max(count, Self.packsDelivered)
            shelf = Shelf(next: try deliver(drug, packs: left, to: pharmacy), left: left)
        }
        stock[place] = Shelf(next: shelf.next + count, left: shelf.left - count)
        return shelf.next
    }

    /// A box of packs with new codes is delivered in the morning; returns the first code.
    mutating func deliver(
        _ drug: Int, packs: Int = 1, to facility: Int
    ) throws(SynthesisError) -> Int {
        let first = lastTraceCode + 1
        lastTraceCode += packs
        try write(
            .delivery(
                DeliveryRow(
                    id: id(), facility: facility, drug: drug, at: day * 86_400 + 5 * 3_600,
                    traceCode: first, packs: packs)))
        return first
    }

    /// Writes a row today, or on the day on which it happens: nothing is anchored before it is.
    mutating func write(_ row: Row) throws(SynthesisError) {
        note(row)
        let ahead = row.at / 86_400 - day
        if ahead > 0 {
            pending[(day + min(ahead, Self.horizon - 1)) % Self.horizon].append(row)
        } else {
            rowCount += 1
            today.append(row)
        }
    }

    /// Writes a row on that day, or today where the day is past; never past the horizon.
    mutating func write(_ row: Row, on later: Int) throws(SynthesisError) {
        let days = min(later - day, Self.horizon - 1)
        if days <= 0 { return try write(row) }
        note(row)
        pending[(day + days) % Self.horizon].append(row)
    }

    private mutating func note(_ row: Row) {
        switch row {
        case .condition(let condition): noted?.append(Name.record(.conditions, condition.id))
        case .access(let access):
            noted?.append(Name.record(.accesses, access.id))
            lastOpened[access.practitioner] = max(
                lastOpened[access.practitioner] ?? 0, access.at / 86_400)
        default: return
        }
    }

    /// Lives through one day.
    mutating func live() throws(SynthesisError) {
        for index in busy.indices { busy[index] = 0 }
        if day == world.firstDay { try register() }
        if day == world.firstDay || (day - world.firstDay) % 365 == 0 { try renewPolicies() }
        try postRosters()
        let due = pending[day % Self.horizon]
        pending[day % Self.horizon] = []
        for row in due { try write(row) }
        for person in world.people.indices { try live(person) }
        for plant in planter.plants(on: day) { try commit(plant) }
        try endDay()
    }

    /// Anchors what the day has brought, in the order in which it happened.
    private mutating func endDay() throws(SynthesisError) {
        // Rows of one moment stay in the order in which they were written.
        let order = today.indices.sorted { (today[$0].at, $0) < (today[$1].at, $1) }
        for place in order { try sink.write(today[place]) }
        today.removeAll(keepingCapacity: true)
        day += 1
    }

    /// Each stretch of working days is a row, written as it begins.
    private mutating func postRosters() throws(SynthesisError) {
        for number in world.practitioners.indices where world.works(number, on: day) {
            guard day == world.firstDay || !world.works(number, on: day - 1) else { continue }
            var last = day
            while last < day + 6, world.works(number, on: last + 1) { last += 1 }
            try post(number, world.practitioners[number].facility, day, last)
        }
    }

    private mutating func post(
        _ practitioner: Int, _ facility: Int, _ first: Int, _ last: Int
    ) throws(SynthesisError) {
        try write(
            .roster(
                RosterRow(
                    id: id(), practitioner: practitioner, facility: facility,
                    from: first * 86_400 + 7 * 3_600, to: last * 86_400 + 20 * 3_600)))
    }

    /// Somebody is called in, or stands in at another place: then the roster says so.
    mutating func callIn(
        _ practitioner: Int, to facility: Int, on when: Int
    ) throws(SynthesisError) {
        let isUsual = world.practitioners[practitioner].facility == facility
        guard !isUsual || !world.works(practitioner, on: when), calledIn[practitioner] != when
        else {
            return
        }
        calledIn[practitioner] = when
        try post(practitioner, facility, when, when)
    }

    /// Closes the books: what was put off is still written, for so many days, and nobody lives on.
    mutating func close(after days: Int) throws(SynthesisError) {
        if (day - world.firstDay) % 365 == 0 { try renewPolicies() }
        for _ in 0..<min(days, Self.horizon) {
            let due = pending[day % Self.horizon]
            pending[day % Self.horizon] = []
            for row in due { try write(row) }
            try endDay()
        }
    }

    /// The staff is known to its houses, and everybody to the health centre nearby and to the
    /// family doctor by contract.
    private mutating func register() throws(SynthesisError) {
        for number in world.practitioners.indices {
            try write(
                .staff(
                    StaffRow(id: id(), practitioner: number, at: day * 86_400 + 5 * 3_600)))
        }
        for (number, person) in world.people.enumerated() {
            let at = day * 86_400 + 6 * 3_600
            try write(
                .patient(
                    PatientRow(
                        id: id(), person: number, at: at, facility: person.home, death: nil)))
            guard let doctor = person.familyDoctor else { continue }
            try write(
                .tie(
                    TieRow(
                        id: id(), person: number, practitioner: doctor, facility: person.home,
                        type: "family-doctor", from: at, to: nil, visit: nil)))
        }
    }

    /// Whether somebody has died before that day.
    func isDead(_ number: Int, on day: Int) -> Bool {
        world.people[number].deathDay.map { $0 < day } ?? false
    }

    private mutating func renewPolicies() throws(SynthesisError) {
        for number in world.people.indices {
            world.people[number].paid = 0
            let person = world.people[number]
            guard tables.plans[person.plan].cap > 0, person.deathDay.map({ $0 > day }) ?? true
            else { continue }
            try write(
                .coverage(
                    CoverageRow(
                        id: id(), person: number, facility: person.home, fromDay: day,
                        toDay: day + 364)))
        }
    }

    /// The day of one person.
    private mutating func live(_ number: Int) throws(SynthesisError) {
        let person = world.people[number]
        if let death = person.deathDay, day >= death {
            guard day == death else { return }
            return try write(
                .patient(
                    PatientRow(
                        id: id(), person: number, at: day * 86_400 + 20 * 3_600,
                        facility: person.home, death: day)))
        }
        if person.stayUntil >= day { return }
        for index in person.care.indices {
            if person.care[index].nextDay <= day { try care(for: number, index) }
            try refill(for: number, index)
            if world.people[number].stayUntil >= day { return }
        }
        try fallIll(number)
    }

    /// Perhaps one of the illnesses that come and go.
    private mutating func fallIll(_ number: Int) throws(SynthesisError) {
        var chance = Chance(world.seed, 3, UInt64(number), UInt64(day))
        let person = world.people[number]
        let age = person.age(on: day)
        // Winter is December to February.
        let season = ((day - world.firstDay) % 365 + 31) / 91 % 4
        // One draw decides over all illnesses: their yearly rates are laid side by side.
        var rest = chance.below(1_000_000 * 365)
        for (place, illness) in tables.illnesses.enumerated()
        where age >= illness.from && age <= illness.to {
            if illness.sex == "female", !person.isFemale { continue }
            let weights = max(illness.seasons.reduce(0, +), 1)
            let rate = tables.perMillion(illness) * illness.seasons[season] * 4 / weights
            if rest < rate {
                if illness.most > 0 {
                    let bits = UInt64(place % 32) * 2
                    let bouts = Int(person.bouts >> bits & 3)
                    guard bouts < min(illness.most, 3) else { return }
                    world.people[number].bouts += 1 << bits
                }
                return try treat(number, illness, &chance)
            }
            rest -= rate
        }
    }
}
