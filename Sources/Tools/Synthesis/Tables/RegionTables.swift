/// What a region is like: its people, places, prices, illnesses and habits, as tables say.
///
/// Source: a folder such as `regions/county`; each file says where its numbers are from.
public struct RegionTables: Sendable {
    struct AgeBand: Sendable {
        let from: Int
        let to: Int
        let male: Int
        let female: Int
    }

    struct Surname: Sendable {
        let name: String
        let perMille: Int
    }

    struct FacilityKind: Sendable {
        let isPharmacy: Bool
        let tier: Int
        let residents: Int
        let least: Int
        let residentsPerDoctor: Int
        let doctorsLeast: Int
        let nurses: Int
        let institution: String
        let share: Int
        let departments: [String]
    }

    struct Plan: Sendable {
        let name: String
        let payer: String
        let perMille: Int
        /// Per 1,000 of the price, by tier from 1.
        let rates: [Int]
        /// The most in a year, in minor units.
        let cap: Int
    }

    struct Drug: Sendable {
        let code: String
        let drugClass: String
        let strength: Int
        let unit: String
        let perDay: Int
        let price: Int
    }

    struct Service: Sendable {
        let name: String
        let code: String
        let kind: String
        /// In minor units, by tier from 1.
        let prices: [Int]
        let minutes: Int
    }

    /// How a chronic condition is cared for.
    enum Care: String, Sendable {
        case visit, cycle, dialysis, hospice
    }

    struct Condition: Sendable {
        let code: String
        let fromAge: Int
        let perMille: Int
        let everyDays: Int
        let department: String
        let tier: Int
        let drug: Int?
        let days: Int
        let test: Int?
        let care: Care
    }

    struct Illness: Sendable {
        let code: String
        let perMille: Int
        let from: Int
        let to: Int
        let sex: String
        /// Weights of the quarters, from winter.
        let seasons: [Int]
        let visitClass: VisitClass
        let department: String
        let tier: Int
        let stay: Int
        let service: Int
        let test: Int?
        let drug: Int?
        let days: Int
        /// How often in a life, at most; 0 where there is no limit.
        let most: Int
    }

    let ages: [AgeBand]
    let surnames: [Surname]
    let facilities: [FacilityKind]
    let plans: [Plan]
    let drugs: [Drug]
    let services: [Service]
    let conditions: [Condition]
    let illnesses: [Illness]
    let schemes: [Scheme]
    /// In the order of ``SettingName/allCases``.
    private let settings: [Int]
    /// The setting of that name, or what was asked for in its place.
    ///
    /// At hand, since each day of each person asks for it.
    private let activity: Int

    /// The number of a setting.
    ///
    /// Names are this module's own; ``init(folder:)`` has seen that each of them is there.
    func setting(_ name: SettingName) -> Int { settings[name.place] }

    /// How many of a million people past the age have a condition.
    ///
    /// Where its care is routine, as many fewer as the region is less busy; chemotherapy, dialysis
    /// and hospice care stay.
    func perMillion(_ condition: Condition) -> Int {
        condition.perMille * (condition.care == .visit ? activity : 1_000)
    }

    /// How often in a million years an illness comes in the mean season.
    ///
    /// One that is seen in passing comes as much more seldom as the region is less busy;
    /// emergencies and stays remain.
    func perMillion(_ illness: Illness) -> Int {
        illness.perMille * (illness.visitClass == .ambulatory ? activity : 1_000)
    }

    /// The place of a service by its name, or of the first one.
    func service(_ name: String) -> Int {
        services.firstIndex { $0.name == name } ?? 0
    }
}

/// The numbers of daily life, each a row of `settings.csv`.
enum SettingName: String, CaseIterable, Sendable {
    case startYear = "start_year"
    case householdSize = "household_size"
    case familyDoctor = "family_doctor"
    case activity, deaths, remote, transfer, denied, late, cash, twins
    case referralUp = "referral_up"
    case referralDown = "referral_down"
    case secondAccess = "second_access"
    case resultRead = "result_read"
    case breakGlass = "break_glass"
    case followUp = "follow_up"
    case refillLate = "refill_late"
    case neverCollected = "never_collected"
    case denyClaim = "deny_claim"
    case identityCard = "identity_card"
    case identityFace = "identity_face"
    case identityFinger = "identity_finger"
    case leaveDays = "leave_days"
    case locum
    case familyPickup = "family_pickup"
    case unknownDoctor = "unknown_doctor"
    case coarseCode = "coarse_code"

    private static let places = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    var place: Int { SettingName.places[self] ?? 0 }
}

extension RegionTables {
    /// Reads the tables of a folder.
    ///
    /// `activity` stands in the place of the setting of that name, where it is not nil.
    ///
    /// - Throws: ``SynthesisError`` with file, line and column.
    public init(folder: String, activity: Int? = nil) throws(SynthesisError) {
        func table(_ name: String) throws(SynthesisError) -> TextTable {
            try TextTable(path: "\(folder)/\(name).csv")
        }
        ages = try table("ages").map { row throws(SynthesisError) in try AgeBand(row) }
        surnames = try table("surnames").map { row throws(SynthesisError) in
            Surname(name: try row.text("surname"), perMille: try row.number("per_mille"))
        }
        facilities = try table("facilities").map { row throws(SynthesisError) in
            try FacilityKind(row)
        }
        plans = try table("plans").map { row throws(SynthesisError) in try Plan(row) }
        let drugTable = try table("drugs")
        drugs = try drugTable.map { row throws(SynthesisError) in try Drug(row) }
        services = try table("services").map { row throws(SynthesisError) in try Service(row) }
        let drugs = drugs.map(\.code)
        let services = services.map(\.name)
        conditions = try table("conditions").map { row throws(SynthesisError) in
            try Condition(row, drugs: drugs, services: services)
        }
        illnesses = try table("illnesses").map { row throws(SynthesisError) in
            try Illness(row, drugs: drugs, services: services)
        }
        schemes = try table("schemes").map { row throws(SynthesisError) in try Scheme(row) }
        settings = try RegionTables.settings(try table("settings"))
        self.activity = activity ?? settings[SettingName.activity.place]
    }

    private static func settings(_ table: TextTable) throws(SynthesisError) -> [Int] {
        var settings: [String: Int] = [:]
        for (name, value) in try table.map({ row throws(SynthesisError) in
            (try row.text("name"), try row.number("value"))
        }) {
            settings[name] = value
        }
        for name in SettingName.allCases where settings[name.rawValue] == nil {
            throw .table(
                file: table.file, line: 1, column: "name",
                reason: "the setting '\(name.rawValue)' is missing")
        }
        return SettingName.allCases.map { settings[$0.rawValue] ?? 0 }
    }
}

extension RegionTables {
    /// The place of a drug by its code, or of the first one.
    func drug(_ code: String) -> Int { drugs.firstIndex { $0.code == code } ?? 0 }
}
