internal import Primitives

extension World {
    /// Founds a region with so many residents.
    init(_ tables: RegionTables, patients: Int, seed: UInt64) {
        self.tables = tables
        self.seed = seed
        firstDay = Int(Day(year: tables.setting(.startYear), month: 1, day: 1)?.number ?? 0)
        foundFacilities(patients)
        var household = 0
        while people.count < patients {
            settle(household, upTo: patients)
            household += 1
        }
    }

    private mutating func foundFacilities(_ patients: Int) {
        for (number, kind) in tables.facilities.enumerated() {
            let count = max(kind.least, patients / kind.residents)
            for _ in 0..<count { found(number, kind, patients / count) }
        }
    }

    private mutating func found(_ number: Int, _ kind: RegionTables.FacilityKind, _ served: Int) {
        let place = facilities.count
        var facility = Facility(
            kind: number, tier: kind.isPharmacy ? 0 : kind.tier, institution: kind.institution)
        let doctors = max(kind.doctorsLeast, served / kind.residentsPerDoctor)
        for index in 0..<doctors {
            facility.doctors.append(practitioners.count)
            hire(
                place, kind.isPharmacy ? .pharmacist : .doctor,
                kind.departments[index % kind.departments.count])
        }
        for index in 0..<kind.nurses {
            facility.nurses.append(practitioners.count)
            hire(place, .nurse, kind.departments[index % kind.departments.count])
        }
        facility.coder = practitioners.count
        hire(place, .coder, "billing")
        facilitiesByTier[facility.tier].append(place)
        facilities.append(facility)
    }

    private mutating func hire(_ facility: Int, _ role: Practitioner.Role, _ department: String) {
        var chance = Chance(seed, 1, UInt64(practitioners.count))
        practitioners.append(
            Practitioner(
                facility: facility, role: role, department: department,
                surname: chance.place(tables.surnames.map(\.perMille))))
    }

    private mutating func settle(_ household: Int, upTo limit: Int) {
        var chance = Chance(seed, 2, UInt64(household))
        let size = chance.between(1, max(tables.setting(.householdSize) * 2 - 1, 1))
        let surname = chance.place(tables.surnames.map(\.perMille))
        let homes = facilitiesByTier[1]
        let home = homes.isEmpty ? 0 : homes[chance.below(homes.count)]
        let pharmacies = facilitiesByTier[0]
        let pharmacy = pharmacies.isEmpty ? home : pharmacies[chance.below(pharmacies.count)]
        let doctors = facilities[home].doctors
        let hasDoctor = chance.perMille(tables.setting(.familyDoctor)) && !doctors.isEmpty
        let familyDoctor = hasDoctor ? doctors[chance.below(doctors.count)] : nil
        var births: [(day: Int, isFemale: Bool)] = []
        for member in 0..<size {
            births.append(birth(&chance))
            if member > 0, chance.perMille(tables.setting(.twins)) {
                births[member].day = births[member - 1].day
            }
        }
        for (member, (birth, isFemale)) in births.enumerated() where people.count < limit {
            people.append(
                Person(
                    birthDay: birth, isFemale: isFemale,
                    // A spouse keeps her own name; children have their father's.
                    surname: member == 1
                        ? chance.place(tables.surnames.map(\.perMille)) : surname,
                    household: household, plan: chance.place(tables.plans.map(\.perMille)),
                    home: home, pharmacy: pharmacy, familyDoctor: familyDoctor,
                    care: care(birth, home, familyDoctor, &chance),
                    deathDay: death(birth, &chance)))
        }
    }

    /// The day of birth and the sex of a resident.
    private func birth(_ chance: inout Chance) -> (day: Int, isFemale: Bool) {
        let band = tables.ages[chance.place(tables.ages.map { $0.male + $0.female })]
        let day = firstDay - chance.between(band.from * 365, (band.to + 1) * 365 - 1)
        return (day, chance.below(band.male + band.female) < band.female)
    }

    /// The chronic conditions of somebody of that age, with who cares for each.
    private func care(
        _ birth: Int, _ home: Int, _ familyDoctor: Int?, _ chance: inout Chance
    ) -> [Person.Care] {
        let age = (firstDay - birth) / 365
        var care: [Person.Care] = []
        for (number, condition) in tables.conditions.enumerated()
        where age >= condition.fromAge && chance.below(1_000_000) < tables.perMillion(condition) {
            let facility = condition.tier <= 1 ? home : hospital(tier: condition.tier, &chance)
            let doctor =
                condition.tier <= 1 && familyDoctor != nil
                ? familyDoctor : doctor(at: facility, condition.department, on: 0, &chance)
            care.append(
                Person.Care(
                    condition: number, practitioner: doctor ?? 0,
                    nextDay: firstDay + chance.below(condition.everyDays) + 1))
        }
        return care
    }

    /// The day on which somebody will die; nil where that is more than 30 years ahead.
    private func death(_ birth: Int, _ chance: inout Chance) -> Int? {
        let age = (firstDay - birth) / 365
        let average = tables.setting(.deaths)
        let yearly = age >= 75 ? average * 7 : age >= 60 ? average * 2 : max(average / 5, 1)
        for year in 0..<30 where chance.perMille(yearly) {
            return firstDay + year * 365 + chance.below(365)
        }
        return nil
    }
}
