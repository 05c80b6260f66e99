import Foundation
import Testing

@testable import Synthesis

@Suite("A synthetic region")
struct SimulationTests {
    @Test("is the same for the same seed, and another for another")
    func seed() throws {
        let first = try TestRegion.files(patients: 60, seed: 7)
        let again = try TestRegion.files(patients: 60, seed: 7)
        let other = try TestRegion.files(patients: 60, seed: 8)
        #expect(first == again)
        #expect(first["visits"] != other["visits"])
        #expect(first["truth"] != other["truth"])
    }

    @Test("draws what it has always drawn")
    func frozen() {
        var chance = Chance(1, 2, 3)
        #expect(
            (0..<4).map { _ in chance.below(1_000_000) } == [184_737, 432_855, 192_788, 461_393])
        #expect((0..<100).allSatisfy { _ in (3...5).contains(chance.between(3, 5)) })
        #expect(chance.place([0, 0, 7]) == 2)
    }

    @Test("names in the truth rows that are there")
    func truthIsThere() throws {
        let files = try TestRegion.files(patients: 150, seed: 3)
        var ids: Set<String> = []
        for table in RegionTable.allCases {
            for row in TestRegion.rows(files[table.rawValue] ?? "") {
                ids.insert("\(table.rawValue)/\(row["id"] ?? "")")
            }
        }
        let truth = TestRegion.rows(files["truth"] ?? "")
        #expect(truth.count >= 20)
        for planted in truth {
            for record in (planted["records"] ?? "").split(separator: " ") {
                #expect(ids.contains(String(record)), "\(planted)")
            }
        }
    }

    @Test("plants each scheme of the table at each difficulty")
    func everyScheme() throws {
        let tables = try TestRegion.tables()
        let truth = TestRegion.rows(
            try TestRegion.files(patients: 900, seed: 5)["truth"] ?? "")
        for scheme in tables.schemes where scheme.fromYear == 1 {
            let found = Set(truth.filter { $0["scheme"] == scheme.name }.map { $0["difficulty"] })
            #expect(found.count == 3, "\(scheme.name): \(found)")
        }
    }

    @Test("comes to its end where it is too small for a scheme's victims", arguments: [1, 5, 12])
    func handful(patients: Int) throws {
        let files = try TestRegion.files(patients: patients, seed: 7)
        #expect(!TestRegion.rows(files["coverages"] ?? "").isEmpty)
        let truth = TestRegion.rows(files["truth"] ?? "")
        #expect(truth.allSatisfy { $0["scheme"] != "shared-address" })
    }

    @Test("plants nothing where nothing is asked for")
    func honest() throws {
        let files = try TestRegion.files(patients: 60, seed: 7, prevalence: 0)
        #expect(TestRegion.rows(files["truth"] ?? "").isEmpty)
        #expect(!TestRegion.rows(files["visits"] ?? "").isEmpty)
    }

    @Test("has no two rows of one id, and as many cells in each row as columns")
    func rowsAreWhole() throws {
        let files = try TestRegion.files(patients: 60, seed: 4)
        for table in RegionTable.allCases {
            let lines = (files[table.rawValue] ?? "").split(separator: "\n")
            let wrong = lines.first { line in
                line.count(where: { $0 == "," }) != table.columns.count - 1
            }
            #expect(wrong == nil, "\(table)")
            let ids = lines.dropFirst().map { $0.prefix { $0 != "," } }
            #expect(Set(ids).count == ids.count, "\(table)")
        }
    }

    @Test("fetches honestly what was ordered for long only when it is nearly used up")
    func refillsAreDue() throws {
        let files = try TestRegion.files(patients: 200, seed: 9, prevalence: 0)
        var last: [String: (day: Int, days: Int)] = [:]
        var count = 0
        for row in TestRegion.rows(files["dispenses"] ?? "").sorted(by: {
            ($0["at"] ?? "") < ($1["at"] ?? "")
        }) {
            let days = Int(row["days"] ?? "") ?? 0
            guard days >= 28 else { continue }
            let day = TestRegion.day(row["at"] ?? "")
            let key = "\(row["patient"] ?? "") \(row["drug"] ?? "")"
            if let before = last[key] {
                count += 1
                #expect((day - before.day) * 10 >= before.days * 9 - 10, "\(row)")
            }
            last[key] = (day, days)
        }
        #expect(count > 100)
    }

    @Test("claims honestly only what a visit or an order stands behind")
    func claimsAreBacked() throws {
        let files = try TestRegion.files(patients: 200, seed: 9, prevalence: 0)
        let visits = Set(TestRegion.rows(files["visits"] ?? "").map { $0["id"] })
        let orders = Set(TestRegion.rows(files["orders"] ?? "").map { $0["id"] })
        let claims = TestRegion.rows(files["claims"] ?? "")
        #expect(claims.count > 500)
        for claim in claims {
            let isBacked =
                claim["type"] == "pharmacy"
                ? orders.contains(claim["order"]) : visits.contains(claim["encounter"])
            #expect(isBacked, "\(claim)")
        }
    }
}
