/// Decides when which scheme is at work: before the region lives, and from the seed alone.
struct Planter: Sendable {
    /// One case to be planted.
    struct Plant: Sendable {
        let scheme: Scheme
        let difficulty: Difficulty
        let day: Int
        let number: Int
    }

    private let days: [Int: [Plant]]
    let count: Int

    /// Cases stay clear of the first and last days, so that all of a case is in the region's time.
    static let margin = 60
    /// Some rules wait for what may still come: 90 days for a visit that explains an access.
    static let endMargin = 120

    /// `prevalence`: per 1,000 of what the table says; 0 plants nothing.
    init(
        _ schemes: [Scheme], patients: Int, years: Int, firstDay: Int, seed: UInt64,
        prevalence: Int
    ) {
        var days: [Int: [Plant]] = [:]
        var count = 0
        for (place, scheme) in schemes.enumerated() where prevalence > 0 {
            let first = firstDay + (scheme.fromYear - 1) * 365 + Planter.margin
            let last = firstDay + years * 365 - Planter.endMargin
            guard first <= last else { continue }
            let natural = scheme.rate * patients * years * prevalence / 10_000_000
            // One of each difficulty, so that a scheme can be judged at all.
            let cases = max(natural, Difficulty.allCases.count)
            for index in 0..<cases {
                var chance = Chance(seed, 21, UInt64(place), UInt64(index))
                let plant = Plant(
                    scheme: scheme,
                    difficulty: Difficulty.allCases[index % Difficulty.allCases.count],
                    day: chance.between(first, last), number: count + 1)
                days[plant.day, default: []].append(plant)
                count += 1
            }
        }
        self.days = days
        self.count = count
    }

    func plants(on day: Int) -> [Plant] { days[day] ?? [] }
}

extension Planter.Plant {
    /// Twice the threshold, or a tenth above it and at least one more.
    var magnitude: Int { magnitude(over: scheme.threshold) }

    /// The same of a threshold that depends on whom the scheme is about.
    func magnitude(over threshold: Int) -> Int {
        difficulty == .easy
            ? max(threshold * 2, 2) : max((threshold * 11 + 9) / 10, threshold + 1)
    }
}
