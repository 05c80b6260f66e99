import Foundation
import Testing

@testable import Synthesis

/// Honest care that looks like fraud, and a world that is possible at all.
@Suite("An honest region")
struct HonestWorldTests {
    private static func honest() throws -> [String: String] {
        try TestRegion.files(patients: 400, seed: 11, prevalence: 0)
    }

    @Test("shows no patient at two places at once")
    func onePlace() throws {
        let visits = TestRegion.rows(try Self.honest()["visits"] ?? "")
            .filter { $0["class"] != "IMP" }
        var last: [String: (to: String, facility: String)] = [:]
        for visit in visits.sorted(by: { ($0["from"] ?? "") < ($1["from"] ?? "") }) {
            let patient = visit["patient"] ?? ""
            if let before = last[patient] {
                #expect(before.to <= visit["from"] ?? "", "\(visit)")
            }
            last[patient] = (visit["to"] ?? "", visit["facility"] ?? "")
        }
        #expect(visits.count > 1_000)
    }

    @Test("gives the dead neither care nor drugs")
    func dead() throws {
        let files = try TestRegion.files(
            patients: 400, seed: 11, prevalence: 0, of: TestRegion.tables("deaths", 150))
        let rows = files.mapValues(TestRegion.rows)
        var deaths: [String: String] = [:]
        for row in rows["patients"] ?? [] where row["death_date"] != "" {
            deaths[row["patient"] ?? ""] = row["death_date"]
        }
        #expect(deaths.count > 20)
        for (table, column) in [
            ("visits", "to"), ("orders", "written"), ("dispenses", "at"), ("results", "at"),
            ("administrations", "at"), ("identities", "at"),
        ] {
            let late = (rows[table] ?? []).first { row in
                guard let death = deaths[row["patient"] ?? ""] else { return false }
                return (row[column] ?? "").prefix(10) > death
            }
            #expect(late == nil, "\(table)")
        }
    }

    @Test("is less busy where it is asked to be, with each kind of record and of care still")
    func activity() throws {
        let usual = try TestRegion.files(patients: 400, seed: 11).mapValues(TestRegion.rows)
        let quiet = try TestRegion.files(
            patients: 400, seed: 11, of: TestRegion.tables(activity: 450)
        ).mapValues(TestRegion.rows)
        for table in RegionTable.allCases {
            #expect(quiet[table.rawValue]?.isEmpty == false, "\(table)")
        }
        let visits = (usual["visits"] ?? []).count
        let fewer = (quiet["visits"] ?? []).count
        #expect(fewer * 10 > visits * 4 && fewer * 10 < visits * 7, "\(fewer) of \(visits)")
        #expect(Set((quiet["visits"] ?? []).compactMap { $0["class"] }).count >= 4)
        #expect(quiet["truth"]?.count ?? 0 >= (usual["truth"]?.count ?? 0) * 9 / 10)
        // Each dispense becomes two entries.
        let entries =
            quiet.filter { $0.key != "truth" }.reduce(0) { $0 + $1.value.count }
            + (quiet["dispenses"] ?? []).count
        #expect(entries >= 400 * 30, "\(entries)")
    }

    @Test("writes down what happens in the order of its days")
    func order() throws {
        let files = try Self.honest()
        for table in ["accesses", "identities", "conditions"] {
            let days = TestRegion.rows(files[table] ?? "").map { TestRegion.day($0["at"] ?? "") }
            // A bill of the small hours is coded on the evening before.
            #expect(zip(days, days.dropFirst()).allSatisfy { $1 >= $0 - 1 }, "\(table)")
            #expect(days.count > 500)
        }
    }

    @Test("has whoever gives a service on duty that day")
    func duty() throws {
        let files = try Self.honest()
        var duty: Set<String> = []
        for row in TestRegion.rows(files["rosters"] ?? "") {
            for day in TestRegion.day(row["from"] ?? "")...TestRegion.day(row["to"] ?? "") {
                duty.insert("\(row["practitioner"] ?? "") \(day)")
            }
        }
        let claims = TestRegion.rows(files["claims"] ?? "").filter { $0["type"] != "pharmacy" }
        for claim in claims where claim["practitioner"] != "" {
            let day = TestRegion.day(claim["date1"] ?? "")
            #expect(duty.contains("\(claim["practitioner"] ?? "") \(day)"), "\(claim)")
        }
        #expect(claims.count > 500)
    }

    @Test("hands out packs that were delivered there before, each once")
    func packs() throws {
        let files = try Self.honest()
        var delivered: [String: (place: String, at: String)] = [:]
        for row in TestRegion.rows(files["deliveries"] ?? "") {
            for code in (row["trace_codes"] ?? "").split(separator: " ").map(String.init) {
                #expect(delivered[code] == nil, "\(row)")
                delivered[code] = (row["facility"] ?? "", row["at"] ?? "")
            }
        }
        var handedOut: Set<String> = []
        for row in TestRegion.rows(files["dispenses"] ?? "") {
            for code in (row["trace_codes"] ?? "").split(separator: " ").map(String.init) {
                #expect(handedOut.insert(code).inserted, "\(row)")
                #expect(delivered[code]?.place == row["pharmacy"], "\(row)")
                #expect(delivered[code].map { $0.at <= row["at"] ?? "" } ?? false, "\(row)")
            }
        }
        #expect(handedOut.count > 1_000)
    }

    @Test("has the look-alikes that exceptions are for")
    func lookAlikes() throws {
        let files = try Self.honest()
        let rows = files.mapValues(TestRegion.rows)
        let visits = rows["visits"] ?? []
        #expect(visits.contains { $0["type"] == "367336001" }, "chemotherapy cycles")
        // Too rare for so few people.
        let care = try TestRegion.tables().conditions.filter { $0.care == .hospice }
        #expect(care.contains { $0.drug != nil }, "hospice care with an opioid")
        #expect(visits.contains { $0["type"] == "54885007" && $0["class"] == "AMB" }, "day surgery")
        let births = (rows["patients"] ?? []).map {
            "\($0["household"] ?? "") \($0["birth_date"] ?? "")"
        }
        #expect(Set(births).count < births.count, "twins at one address")
        let names = (rows["patients"] ?? []).map { "\($0["surname"] ?? "") \($0["sex"] ?? "")" }
        #expect(Set(names).count < names.count, "duplicate names")
        let claims = rows["claims"] ?? []
        #expect(claims.contains { $0["practitioner"] == "" }, "a doctor who is not known")
        let codes = Set((rows["conditions"] ?? []).compactMap { $0["code"] })
        #expect(codes.contains { $0.count == 3 && $0 != "A09" && $0 != "I10" }, "coarse codes")
        let sites = Dictionary(grouping: rows["rosters"] ?? []) { $0["practitioner"] ?? "" }
        #expect(sites.contains { Set($1.map { $0["facility"] }).count > 1 }, "locums at two sites")
        #expect(Self.lateVisits(visits) > 0, "visits that are anchored late")
        #expect(Self.pickups(rows) > 0, "one of a family fetches for others")
    }

    /// Visits that stand in the table after one that ended a day later or more.
    private static func lateVisits(_ visits: [[String: String]]) -> Int {
        var latest = 0
        return visits.count { visit in
            let day = TestRegion.day(visit["to"] ?? "")
            latest = max(latest, day)
            return day + 1 < latest
        }
    }

    /// Times at which two of one household fetch at one pharmacy within three minutes.
    private static func pickups(_ rows: [String: [[String: String]]]) -> Int {
        var homes: [String: String] = [:]
        for row in rows["patients"] ?? [] { homes[row["patient"] ?? ""] = row["household"] }
        let together = Dictionary(grouping: rows["dispenses"] ?? []) { row in
            "\(homes[row["patient"] ?? ""] ?? "") \(row["pharmacy"] ?? "") "
                + (row["at"] ?? "").prefix(15)
        }
        return together.count { Set($1.map { $0["patient"] }).count > 1 }
    }
}
