/// Who lives in a region, and where care is given.
struct World: Sendable {
    let tables: RegionTables
    let seed: UInt64
    /// The first day, since 1970-01-01.
    let firstDay: Int
    var people: [Person] = []
    var facilities: [Facility] = []
    var practitioners: [Practitioner] = []
    /// Places in `facilities`, by tier from 1; pharmacies stand at 0.
    var facilitiesByTier: [[Int]] = Array(repeating: [], count: 5)
}

struct Person: Sendable {
    let birthDay: Int
    let isFemale: Bool
    let surname: Int
    let household: Int
    let plan: Int
    /// The health centre and the pharmacy nearby.
    let home: Int
    let pharmacy: Int
    /// Nil where there is no contract.
    let familyDoctor: Int?
    /// Places in the table of chronic conditions, with the next day of care for each.
    var care: [Care]
    var deathDay: Int?
    /// The last day of a stay that goes on; 0 where there is none.
    var stayUntil = 0
    /// What insurance has paid this year, in minor units.
    var paid = 0
    /// Until when the last visit went, in local seconds, and where it was.
    var busyUntil = 0
    var lastPlace = -1
    /// How often each illness that comes so often at most has come: two bits each.
    var bouts: UInt64 = 0

    struct Care: Sendable {
        let condition: Int
        let practitioner: Int
        var nextDay: Int
        var refill: Refill?
        /// The day on which what was handed over is used up.
        var suppliedUntil = 0
    }

    /// An order that can be filled again.
    struct Refill: Sendable {
        let order: OrderRow
        var left: Int
        var nextDay: Int
    }

    func age(on day: Int) -> Int { (day - birthDay) * 400 / 146_097 }
}

struct Facility: Sendable {
    let kind: Int
    let tier: Int
    let institution: String
    var doctors: [Int] = []
    var nurses: [Int] = []
    var coder = 0
}

struct Practitioner: Sendable {
    let facility: Int
    let role: Role
    let department: String
    let surname: Int

    enum Role: String, Sendable {
        case doctor, nurse, coder, pharmacist
    }
}

extension World {
    /// Whether somebody works that day: five days in seven, and no leave.
    ///
    /// Who is excluded works in schemes only.
    func works(_ practitioner: Int, on day: Int) -> Bool {
        if practitioner == excluded { return false }
        if isOnLeave(practitioner, on: day) { return false }
        return (day + practitioner * 3) % 7 < 5
    }

    /// Leave is taken in one stretch a year, each practitioner at another time.
    func isOnLeave(_ practitioner: Int, on day: Int) -> Bool {
        let year = day / 365
        var chance = Chance(seed, 11, UInt64(practitioner), UInt64(year))
        let length = tables.setting(.leaveDays)
        let first = chance.below(max(365 - length, 1))
        return (first..<first + length).contains(day % 365)
    }

    /// Somebody of the department who works that day; anybody of the house where there is none.
    func doctor(
        at facility: Int, _ department: String, on day: Int, _ chance: inout Chance
    ) -> Int {
        let doctors = facilities[facility].doctors
        guard !doctors.isEmpty else { return 0 }
        let start = chance.below(doctors.count)
        if start == 0, day > firstDay, let locum = locum(facility, on: day) { return locum }
        var fallback: Int?
        for step in doctors.indices {
            let doctor = doctors[(start + step) % doctors.count]
            guard works(doctor, on: day) else { continue }
            if practitioners[doctor].department == department { return doctor }
            fallback = fallback ?? doctor
        }
        if let fallback { return fallback }
        return onCall(doctors, start, on: day)
    }

    /// Whoever is called in although it is a day off; somebody on leave only where all are.
    private func onCall(_ doctors: [Int], _ start: Int, on day: Int) -> Int {
        for step in doctors.indices {
            let doctor = doctors[(start + step) % doctors.count]
            if doctor != excluded, !isOnLeave(doctor, on: day) { return doctor }
        }
        return doctors[start]
    }

    /// Somebody of another health centre who stands in some days: one practitioner, two sites.
    private func locum(_ facility: Int, on day: Int) -> Int? {
        guard facilities[facility].tier == 1 else { return nil }
        var chance = Chance(seed, 12, UInt64(facility), UInt64(day))
        guard chance.perMille(tables.setting(.locum)) else { return nil }
        for other in facilitiesByTier[1] where other != facility {
            if let doctor = facilities[other].doctors.first(where: { works($0, on: day) }) {
                return doctor
            }
        }
        return nil
    }

    /// A hospital of a tier, or of the nearest one above or below that is there.
    func hospital(tier: Int, _ chance: inout Chance) -> Int {
        for candidate in [tier, tier + 1, tier - 1, tier + 2, tier - 2, tier + 3, tier - 3]
        where (1...4).contains(candidate) && !facilitiesByTier[candidate].isEmpty {
            let places = facilitiesByTier[candidate]
            return places[chance.below(places.count)]
        }
        return 0
    }

    /// The price of a service at a facility, in minor units.
    func price(_ service: Int, at facility: Int) -> Int {
        tables.services[service].prices[max(facilities[facility].tier, 1) - 1]
    }
}
