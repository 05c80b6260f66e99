import Foundation
import Testing

@testable import Synthesis

@Suite("Schemes that are planted")
struct SchemeTests {
    @Test("are sixty or more, of all eight groups of patterns")
    func groups() throws {
        let schemes = try TestRegion.tables().schemes
        #expect(Set(schemes.map(\.name)).count >= 60)
        #expect(
            Set(schemes.map { $0.pattern.prefix(2) })
                == ["AC", "CE", "ID", "NW", "PH", "PR", "RX", "ST"])
        #expect(schemes.contains { $0.fromYear > 1 }, "drift")
    }

    @Test("are rings too: cases with several actors")
    func rings() throws {
        let truth = TestRegion.rows(
            try TestRegion.files(patients: 400, seed: 12)["truth"] ?? "")
        let actors = truth.map { Set(($0["actors"] ?? "").split(separator: " ")).count }
        #expect(actors.contains { $0 >= 2 })
        #expect(actors.contains { $0 >= 5 })
    }

    @Test("the rules' price list is that of the county")
    func prices() throws {
        let path = TestRegion.root.appending(path: "rules/tables/price-list.csv").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var prices: [String: Int] = [:]
        for row in TestRegion.rows(text) {
            let amount = (row["price"] ?? "").split(separator: " ").first ?? ""
            let minor = Int(amount.replacingOccurrences(of: ".", with: "")) ?? 0
            prices["\(row["service"] ?? "") \(row["level"] ?? "")"] = minor
        }
        for service in try TestRegion.tables().services {
            for (place, price) in service.prices.enumerated() {
                #expect(prices["snomed|\(service.code) \(place + 1)"] == price, "\(service)")
            }
        }
    }
}
