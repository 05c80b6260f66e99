/// A way to cheat that is planted, a row of `schemes.csv`.
public struct Scheme: Sendable {
    /// The name of the scheme, such as `duplicate-claim`.
    public let name: String
    /// The pattern of the catalogue that it is an instance of, such as `PR-03`.
    public let pattern: String
    /// Patterns that it cannot help to show as well.
    public let also: [String]
    /// Cases in 10,000 patient-years, where the prevalence is natural.
    let rate: Int
    /// The year in which it starts, from 1: later ones are drift.
    let fromYear: Int
    /// What the pattern's definition compares with; 0 where it has no number.
    let threshold: Int
    let method: Method

    init(_ row: TextTable.Row) throws(SynthesisError) {
        name = try row.text("scheme")
        pattern = try row.text("pattern")
        also = try row.words("also")
        rate = try row.number("rate")
        fromYear = max(try row.number("from_year"), 1)
        threshold = try row.number("threshold")
        guard let method = Method(rawValue: name) else {
            throw row.failure("scheme", "'\(name)' is no scheme that can be planted")
        }
        self.method = method
    }

    /// How a case is planted; each has its own part of ``Simulation``.
    enum Method: String, CaseIterable, Sendable {
        case overlappingStays = "overlapping-stays"
        case visitDuringStay = "visit-during-stay"
        case serviceAfterDeath = "service-after-death"
        case impossibleForSex = "impossible-for-sex"
        case excludedProvider = "excluded-provider"
        case duplicateClaim = "duplicate-claim"
        case snooping
        case massAccess = "mass-access"
        case opioidWithBenzodiazepine = "opioid-with-benzodiazepine"
        case earlyRefill = "early-refill"
        case interaction = "interaction"
        case phantomVisit = "phantom-visit"
        case sweepCard = "sweep-card"
        case claimBeforePolicy = "claim-before-policy"
        case enrollTwice = "enroll-twice"
        case visitUnchecked = "visit-unchecked"
        case organTwice = "organ-twice"
        case sharedAddress = "shared-address"
        case openDead = "open-dead"
        case export
        case breakGlass = "break-glass"
        case dormantAccount = "dormant-account"
        case ignoreConsent = "ignore-consent"
        case openFamiliar = "open-familiar"
        case enumerate
        case openAtNight = "open-at-night"
        case pretendTreatment = "pretend-treatment"
        case shareLogin = "share-login"
        case overdose
        case shopDoctors = "shop-doctors"
        case exceedDose = "exceed-dose"
        case duplicateTherapy = "duplicate-therapy"
        case treatChild = "treat-child"
        case treatOtherSex = "treat-other-sex"
        case dispenseFirst = "dispense-first"
        case mixTrinity = "mix-trinity"
        case overfill
        case startLong = "start-long"
        case buyOften = "buy-often"
        case supplyLong = "supply-long"
        case doubleLongActing = "double-long-acting"
        case settleTwice = "settle-twice"
        case shortPacks = "short-packs"
        case sellControlled = "sell-controlled"
        case billUncollected = "bill-uncollected"
        case sellBulk = "sell-bulk"
        case splitPurchase = "split-purchase"
        case steer
        case divertPack = "divert-pack"
        case backfill
        case inventDiagnosis = "invent-diagnosis"
        case billNoResult = "bill-no-result"
        case billUnopened = "bill-unopened"
        case prescribeBurst = "prescribe-burst"
        case splitStay = "split-stay"
        case seeOften = "see-often"
        case billExtraDays = "bill-extra-days"
        case ghostBed = "ghost-bed"
        case overprice
        case multiplyUnits = "multiply-units"
        case impossibleDay = "impossible-day"
        case billOnLeave = "bill-on-leave"
        case clusterDiagnosis = "cluster-diagnosis"
        case repeatAmount = "repeat-amount"
        case comeTogether = "come-together"
        case yearEndRush = "year-end-rush"
    }
}

/// How hard a planted case is to see.
public enum Difficulty: String, CaseIterable, Sendable {
    /// Twice the threshold.
    case easy
    /// A tenth above the threshold.
    case near
    /// As near, and wrapped in honest activity.
    case camouflaged
}

/// A case as it was planted: what the truth says, and the rules never read.
public struct PlantedCase: Sendable {
    public let scheme: Scheme
    public let difficulty: Difficulty
    /// From 1.
    public let number: Int
    /// `patient` or `practitioner`, whom a finding would be about.
    public let subjectKind: String
    public let subject: String
    public let actors: [String]
    /// The rows that break the rule, as `table/id`.
    public let records: [String]
    /// The last day of what was done, since 1970-01-01.
    public let day: Int
    /// In minor units.
    public let amount: Int
}

/// Takes the truth, case by case.
protocol TruthSink {
    mutating func write(_ planted: PlantedCase) throws(SynthesisError)
}
