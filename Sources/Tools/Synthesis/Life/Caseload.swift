/// How many claims each practitioner has made a week, of late.
struct Caseload: Sendable {
    /// So many weeks are kept: a quarter.
    private static let weeks = 13

    private var counts: [Int32]
    /// The week that a place of `counts` is about, by practitioner.
    private var latest: [Int]
    private let firstWeek: Int

    init(practitioners: Int, firstDay: Int) {
        counts = Array(repeating: 0, count: practitioners * Caseload.weeks)
        firstWeek = firstDay / 7
        latest = Array(repeating: firstWeek, count: practitioners)
    }

    mutating func add(_ practitioner: Int, on day: Int) {
        guard latest.indices.contains(practitioner) else { return }
        settle(practitioner, day / 7)
        counts[practitioner * Caseload.weeks + latest[practitioner] % Caseload.weeks] += 1
    }

    /// The mean of the last quarter, or of the time since the first day where that is less.
    mutating func weekly(_ practitioner: Int, on day: Int) -> Int {
        guard latest.indices.contains(practitioner) else { return 0 }
        settle(practitioner, day / 7)
        let first = practitioner * Caseload.weeks
        let sum = counts[first..<first + Caseload.weeks].reduce(0) { $0 + Int($1) }
        return sum / min(max(day / 7 - firstWeek, 1), Caseload.weeks)
    }

    /// Forgets the weeks that have gone by since the last claim.
    private mutating func settle(_ practitioner: Int, _ week: Int) {
        guard week > latest[practitioner] else { return }
        for past in 1...min(week - latest[practitioner], Caseload.weeks) {
            let place = (latest[practitioner] + past) % Caseload.weeks
            counts[practitioner * Caseload.weeks + place] = 0
        }
        latest[practitioner] = week
    }
}
