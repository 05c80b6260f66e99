internal import Primitives
internal import Records

/// A year of a region's care as facts, in the order in which a ledger would take them.
///
/// Invented, and shaped as claims data are: most patients come a few times, some often; visits
/// bring claims of several lines, orders, supplies with refills, and accesses by those who treat.
/// What ends on a day is handed in together in the night after it, claims among it. One event in
/// some hundreds is planted to be what a rule looks for. A seed gives the same facts again.
struct FactStream {
    static let patientCount = 12_000
    /// How many times all numbers of people, places and visits are taken.
    private let scale: Int
    private var patientCount: Int { Self.patientCount * scale }
    private var practitionerCount: Int { 1_500 * scale }
    private var facilityCount: Int { 60 * scale }
    private var visitCount: Int { 40_000 * scale }
    static let firstDay: Int32 = 20_000
    static let dayCount: Int32 = 365

    private let sink: (AnchoredFact) -> Void
    private var factCount: UInt64 = 0
    private var random: SplitMix
    private var nextClaim: UInt64 = 0
    private var nextPrescription: UInt64 = 0
    private var nextEncounter = 0
    /// Supplies that fall due, by day.
    private var refills: [[Supply]]
    private let institutions: [InstitutionID]
    private let currency: Currency

    /// A course of a drug: what is handed out again when the last supply ends.
    private struct Supply {
        let patient: Int
        let prescriber: Int
        let drug: Code
        let prescription: OpaqueID
        let days: Int64
        var left: Int
    }

    /// A year of facts, as an array.
    static func facts(seed: UInt64) throws -> [AnchoredFact] {
        var facts: [AnchoredFact] = []
        try make(seed: seed, scale: 1) { facts.append($0) }
        return facts
    }

    /// Calls `sink` with each fact of a year, of a region so many times as large.
    static func make(seed: UInt64, scale: Int, _ sink: (AnchoredFact) -> Void) throws {
        try withoutActuallyEscaping(sink) { _ = try FactStream(seed: seed, scale: scale, $0) }
    }

    private init(seed: UInt64, scale: Int, _ sink: @escaping (AnchoredFact) -> Void) throws {
        self.sink = sink
        self.scale = scale
        random = SplitMix(seed: seed)
        refills = Array(repeating: [], count: Int(Self.dayCount) + 400)
        institutions = try (0..<60 * scale).map { index in
            guard let id = InstitutionID("facility-\(index)") else {
                throw BenchError("no institution is called facility-\(index)")
            }
            return id
        }
        guard let currency = Currency("USD") else { throw BenchError("no currency USD") }
        self.currency = currency
        for patient in 0..<patientCount { try addPatient(patient) }
        for practitioner in 0..<practitionerCount { try addPractitioner(practitioner) }
        for day in 0..<Self.dayCount {
            for _ in 0..<visitCount / Int(Self.dayCount) { try addVisit(on: day) }
            for supply in refills[Int(day)] { try dispense(supply, on: day) }
        }
    }

    /// When the year is over.
    static let yearEnd = Day(number: firstDay + dayCount).start

    // MARK: - What happens

    private mutating func addPatient(_ patient: Int) throws {
        var fact = Fact(.patient)
        try fact.set("patient", to: .id(Self.patient(patient)))
        try fact.set("sex", to: .text(patient % 2 == 0 ? "female" : "male"))
        try fact.set("birth_date", to: .date(Day(number: Int32(pick(18_000)))))
        if pick(200) == 0 {
            try fact.set("deceased", to: .bool(true))
            try fact.set(
                "death_date",
                to: .date(Day(number: Self.firstDay + Int32(pick(Int(Self.dayCount))))))
        }
        add(fact, day: -1, by: patient)
    }

    private mutating func addPractitioner(_ number: Int) throws {
        var fact = Fact(.practitioner)
        try fact.set("practitioner", to: .id(Self.practitioner(number)))
        try fact.set("specialty", to: .code(Code(system: "nucc", code: "\(number % 40)")))
        try fact.set("identifier", to: .text(number == 17 ? "9990000017" : "1\(number)"))
        try fact.set("active", to: .bool(true))
        add(fact, day: -1, by: number)
    }

    /// A visit or a stay that ends on the day.
    private mutating func addVisit(on day: Int32) throws {
        let patient = min(pick(patientCount), pick(patientCount))
        let facility = pick(10) == 0 ? pick(facilityCount) : patient % facilityCount
        let practitioner = facility * 25 + pick(25)
        let isStay = pick(20) == 0
        let length = isStay ? Int64(1 + pick(6)) : 0
        let start =
            Day(number: Self.firstDay + day - Int32(length)).start.milliseconds
            + Int64(8 + pick(9)) * 3_600_000
        let end = start + length * 86_400_000 + 1_800_000
        let encounter = "enc-\(nextEncounter)"
        nextEncounter += 1
        if pick(300) != 0 {
            var fact = Fact(.encounter)
            try fact.set("encounter", to: .text(encounter))
            try fact.set("patient", to: .id(Self.patient(patient)))
            try fact.set("practitioner", to: .id(Self.practitioner(practitioner)))
            try fact.set("facility", to: .text("facility-\(facility)"))
            try fact.set("institution", to: .institution(institutions[facility]))
            try fact.set("class", to: .text(isStay ? "IMP" : "AMB"))
            try fact.set("from", to: instant(start))
            try fact.set("to", to: instant(end))
            try fact.set("status", to: .text("finished"))
            add(fact, day: day, by: facility)
        }
        for reader in 0..<(1 + pick(2)) {
            let stranger = pick(400) == 0
            try addAccess(
                to: patient, by: stranger ? pick(practitionerCount) : practitioner,
                at: start + Int64(reader) * 600_000, facility, day)
        }
        try addClaim(
            patient, practitioner, facility, from: start, to: end, encounter, on: day,
            isStay: isStay)
        if pick(5) < 2 { try prescribe(patient, practitioner, at: start, encounter, on: day) }
    }

    private mutating func addAccess(
        to patient: Int, by practitioner: Int, at time: Int64, _ facility: Int, _ day: Int32
    ) throws {
        var fact = Fact(.access)
        try fact.set("patient", to: .id(Self.patient(patient)))
        try fact.set("practitioner", to: .id(Self.practitioner(practitioner)))
        try fact.set("role", to: .text("physician"))
        try fact.set("action", to: .text("read"))
        try fact.set("purpose", to: .text("treatment"))
        try fact.set("outcome", to: .text("success"))
        try fact.set("at", to: instant(time))
        try fact.set("institution", to: .institution(institutions[facility]))
        add(fact, day: day, by: facility)
    }

    private mutating func addClaim(
        _ patient: Int, _ practitioner: Int, _ facility: Int, from: Int64, to: Int64,
        _ encounter: String, on day: Int32, isStay: Bool
    ) throws {
        let lines = 1 + pick(4)
        let submitted = Day(number: Self.firstDay + day + 1).start.milliseconds
        let claim = Self.id(3, nextClaim)
        nextClaim += 1
        let diagnosis = Code(system: "icd-10-cm", code: Self.diagnoses[pick(12)])
        var fact = Fact(.claim)
        try fact.set("claim", to: .id(claim))
        try fact.set("patient", to: .id(Self.patient(patient)))
        try fact.set("practitioner", to: .id(Self.practitioner(practitioner)))
        try fact.set("facility", to: .text("facility-\(facility)"))
        try fact.set("institution", to: .institution(institutions[facility]))
        try fact.set("payer", to: .text("insurer"))
        try fact.set("type", to: .text(isStay ? "institutional" : "professional"))
        try fact.set("from", to: instant(from))
        try fact.set("to", to: instant(to))
        try fact.set("submitted", to: instant(submitted))
        try fact.set("total", to: money(Int64(lines) * 12_000))
        try fact.set("diagnoses", to: .codes([diagnosis]))
        try fact.set("encounter", to: .text(encounter))
        try fact.set("status", to: .text(pick(500) == 0 ? "cancelled" : "active"))
        add(fact, day: day, by: facility)
        var services = (0..<lines).map { _ in pick(900) }
        if pick(250) == 0 { services.append(services[0]) }
        for (number, service) in services.enumerated() {
            var line = Fact(.claimLine)
            try line.set("claim", to: .id(number < lines ? claim : Self.id(3, nextClaim)))
            try line.set("line", to: .integer(Int64(number + 1)))
            try line.set("patient", to: .id(Self.patient(patient)))
            try line.set("practitioner", to: .id(Self.practitioner(practitioner)))
            try line.set("facility", to: .text("facility-\(facility)"))
            try line.set("institution", to: .institution(institutions[facility]))
            try line.set("code", to: .code(Self.service(service)))
            try line.set("units", to: .decimal(ExactDecimal(1)))
            try line.set("price", to: money(12_000))
            try line.set("net", to: money(12_000))
            try line.set("date", to: .date(Day(number: Self.firstDay + day)))
            try line.set("from", to: instant(from))
            try line.set("to", to: instant(to))
            try line.set("encounter", to: .text(encounter))
            try line.set("diagnoses", to: .codes([diagnosis]))
            try line.set("submitted", to: instant(submitted))
            try line.set("claim_type", to: .text(isStay ? "institutional" : "professional"))
            add(line, day: day, by: facility)
        }
        nextClaim += 1
    }

    private mutating func prescribe(
        _ patient: Int, _ prescriber: Int, at time: Int64, _ encounter: String, on day: Int32
    ) throws {
        let prescription = Self.id(4, nextPrescription)
        nextPrescription += 1
        let drug = Code(system: "rxnorm", code: Self.drugs[pick(Self.drugs.count)])
        let days: Int64 = pick(3) == 0 ? 14 : 30
        let refillCount = pick(6)
        var fact = Fact(.prescription)
        try fact.set("prescription", to: .id(prescription))
        try fact.set("patient", to: .id(Self.patient(patient)))
        try fact.set("prescriber", to: .id(Self.practitioner(prescriber)))
        try fact.set("drug", to: .code(drug))
        try fact.set("written", to: instant(time))
        try fact.set("days", to: .integer(days))
        try fact.set("refills", to: .integer(Int64(refillCount)))
        try fact.set("status", to: .text("active"))
        try fact.set("encounter", to: .text(encounter))
        add(fact, day: day, by: prescriber)
        refills[Int(day)].append(
            Supply(
                patient: patient, prescriber: prescriber, drug: drug, prescription: prescription,
                days: days, left: refillCount))
    }

    private mutating func dispense(_ supply: Supply, on day: Int32) throws {
        let pharmacy = (supply.patient / 7) % facilityCount
        var fact = Fact(.dispense)
        try fact.set("prescription", to: .id(supply.prescription))
        try fact.set("patient", to: .id(Self.patient(supply.patient)))
        try fact.set("prescriber", to: .id(Self.practitioner(supply.prescriber)))
        try fact.set("pharmacy", to: .text("facility-\(pharmacy)"))
        try fact.set("institution", to: .institution(institutions[pharmacy]))
        try fact.set("drug", to: .code(supply.drug))
        try fact.set("date", to: .date(Day(number: Self.firstDay + day)))
        try fact.set("days", to: .integer(supply.days))
        try fact.set(
            "quantity", to: .quantity(ExactDecimal(supply.days * 2), unit: "{tbl}"))
        try fact.set("paid", to: money(2_500))
        add(fact, day: day, by: pharmacy)
        guard supply.left > 0 else { return }
        var next = supply
        next.left -= 1
        let isEarly = pick(300) == 0
        refills[Int(day) + (isEarly ? 5 : Int(supply.days) - 2 + pick(6))].append(next)
    }

    // MARK: - What it is made of

    private mutating func add(_ fact: Fact, day: Int32, by issuer: Int) {
        let leaf = factCount
        factCount += 1
        let anchored =
            Day(number: Self.firstDay + day + 1).start.milliseconds
            + Int64(leaf % 86_400_000)
        sink(
            AnchoredFact(
                fact: fact,
                position: LedgerPosition(
                    leafIndex: leaf, leafHash: Digest(words: (leaf, Self.mixed(leaf), 0, 0)),
                    ordinal: 0, height: Height(leaf / 256),
                    anchored: Timestamp(milliseconds: anchored),
                    issuer: institutions[issuer % facilityCount])))
    }

    private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    private func instant(_ milliseconds: Int64) -> FactValue {
        .instant(Timestamp(milliseconds: milliseconds), zoneMinutes: 0)
    }

    private func money(_ cents: Int64) -> FactValue {
        .money(Amount(minorUnits: cents, currency: currency))
    }

    private static func patient(_ number: Int) -> OpaqueID { id(1, UInt64(number)) }
    private static func practitioner(_ number: Int) -> OpaqueID { id(2, UInt64(number)) }

    private static func id(_ type: UInt64, _ number: UInt64) -> OpaqueID {
        OpaqueID(prefixOf: Digest(words: (mixed(type &* 0x10_0000_0000 &+ number), type, 0, 0)))
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var random = SplitMix(seed: value)
        return random.next()
    }

    /// One service in some hundreds is for one sex only.
    private static func service(_ number: Int) -> Code {
        number == 0
            ? Code(system: "snomed", code: "11466000")
            : Code(system: "cpt", code: "\(99_000 + number)")
    }

    private static let diagnoses = [
        "E11.9", "I10", "J45.909", "M54.5", "N39.0", "K21.9", "F41.1", "J06.9", "R05", "Z00.00",
        "E78.5", "G43.909",
    ]

    /// RxNorm drugs: those that rules know, and ordinary ones.
    private static let drugs = [
        "1049221", "993781", "197591", "312961", "314231", "197517", "855332", "310965", "312938",
        "860975", "314076", "197361", "308136", "617312", "259255", "313782", "1049630", "866924",
        "876193", "749762", "895994", "966222", "1116635", "311989",
    ]
}
