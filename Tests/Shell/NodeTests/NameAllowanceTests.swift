import Foundation
import Testing

@testable import Node

@Suite("How many names a provider gives")
struct NameAllowanceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let json: String
        let problem: String?

        var testDescription: String { "\(json): \(problem ?? "taken")" }
    }

    static let rows = [
        Row(json: #"{}"#, problem: nil),
        Row(json: #"{"burst": 1, "perMinute": 1000000000}"#, problem: nil),
        Row(
            json: #"{"burst": 0}"#, problem: "names.burst must be 1 to 1000000000, not 0"),
        Row(
            json: #"{"burst": 5, "perMinute": -1}"#,
            problem: "names.perMinute must be 1 to 1000000000, not -1"),
        Row(
            json: #"{"perMinute": 9223372036854775807}"#,
            problem: "names.perMinute must be 1 to 1000000000, not 9223372036854775807"),
    ]

    @Test("what no bucket can be made of is refused by name", arguments: rows)
    func refuses(row: Row) throws {
        let names = try JSONDecoder().decode(NameAllowance.self, from: Data(row.json.utf8))
        #expect(names.problem == row.problem)
    }
}
