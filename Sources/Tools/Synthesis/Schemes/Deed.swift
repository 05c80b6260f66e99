/// What was done in a case, as the truth about it tells.
struct Deed {
    let isAboutPractitioner: Bool
    let subject: Int
    let actors: [Int]
    private(set) var records: [String] = []
    /// The day on which it can be known.
    var day: Int
    /// In minor units: what should not have been paid.
    private(set) var amount = 0

    /// Of a practitioner, whom a finding should be about.
    init(by practitioner: Int, with others: [Int] = [], on day: Int) {
        isAboutPractitioner = true
        subject = practitioner
        actors = [practitioner] + others
        self.day = day
    }

    /// In the name of a patient, whom a finding should be about.
    init(for person: Int, by actors: [Int] = [], on day: Int) {
        isAboutPractitioner = false
        subject = person
        self.actors = actors
        self.day = day
    }

    /// Drugs handed out, of which the last should not have been.
    init(
        for person: Int, by actors: [Int], supplying first: DispenseRow,
        _ second: DispenseRow? = nil, on day: Int
    ) {
        self.init(for: person, by: actors, on: day)
        for row in [first, second].compactMap({ $0 }) { add(.dispenses, row.id) }
        amount = (second ?? first).paid
    }

    mutating func add(_ table: RegionTable, _ id: Int, amount: Int = 0) {
        records.append(Name.record(table, id))
        self.amount += amount
    }

    /// Rows of any table, by their names.
    mutating func add(_ names: [String]) { records += names }

    mutating func add(_ bill: ClaimRow) { add(.claims, bill.id, amount: bill.total) }

    mutating func add(_ supply: DispenseRow) { add(.dispenses, supply.id, amount: supply.paid) }
}
