import Interop
import Primitives
import Records
import Testing

@Suite("Assignment of institutions")
struct AssignmentTests {
    static func assignment(_ text: String) throws -> Assignment {
        let file = try TemporaryFile([text], name: "assignment.json")
        return try Assignment(path: file.path)
    }

    /// The issuer of the organisation's encounter under these rules.
    static func issuer(_ rules: String) throws -> String? {
        let file = try TemporaryFile(Resources.all, name: "lines.ndjson")
        let assignment = try assignment(
            #"{"format":"custos assignment 1","payers":[{"institution":"z"}],"#
                + #""organizations":[\#(rules)]}"#
        )
        let outcome = try Outcome.of(files: [file.input], assignment: assignment)
        return outcome.drafts.first { $0.origin.name == "Encounter/e1" }?.issuer.name
    }

    @Test("the first rule whose conditions all hold decides")
    func order() throws {
        let rows: [(rules: String, issuer: String?)] = [
            (#"{"institution":"a"}"#, "a"),
            (#"{"id":"h2","institution":"a"},{"id":"h1","institution":"b"}"#, "b"),
            (#"{"identifier":"urn:test|H1","institution":"a"}"#, "a"),
            (#"{"name":"First*","institution":"a"}"#, "a"),
            (#"{"name":"First","institution":"a"},{"institution":"b"}"#, "b"),
            (#"{"name":"First Hospital","type":"prov","institution":"a"}"#, "a"),
            (#"{"name":"First Hospital","type":"ins","institution":"a"},{"institution":"b"}"#, "b"),
            (#"{"city":"Salem","institution":"a"},{"state":"MA","institution":"a"}"#, nil),
        ]
        for row in rows { #expect(try Self.issuer(row.rules) == row.issuer, "\(row.rules)") }
    }

    @Test("organisations are spread evenly enough, and always alike")
    func spread() throws {
        let lines = (0..<200).map {
            Resources.encounter.split(separator: "Organization/h1").joined(
                separator: "Organization/h\($0)"
            ).split(separator: #""id":"e1""#).joined(separator: #""id":"e\#($0)""#)
        }
        func issuers() throws -> [InstitutionID] {
            try Resources.outcome(lines).drafts.filter { $0.kind == .relationship }.map(\.issuer)
        }
        let first = try issuers()
        let shares = Dictionary(grouping: first, by: \.self).mapValues(\.count)
        #expect(shares.count == 2)
        #expect(shares.values.allSatisfy { $0 > 60 })
        #expect(try issuers() == first)
    }

    @Test(
        "a slip is told by its place",
        arguments: [
            (#"{}"#, "format"),
            (#"{"format":"custos assignment 2"}"#, "format"),
            (#"{"format":"custos assignment 1","organisations":[]}"#, "organisations"),
            (#"{"format":"custos assignment 1","otherwise":"City"}"#, "otherwise"),
            (#"{"format":"custos assignment 1","zone":"8"}"#, "zone"),
            (#"{"format":"custos assignment 1","payers":[{}]}"#, "payers[0].institution"),
            (#"{"format":"custos assignment 1","payers":[{"is":"x"}]}"#, "payers[0].is"),
            (#"{"format":"custos assignment 1","format":"x"}"#, ""),
        ])
    func slips(text: String, element: String) throws {
        let error = #expect(throws: InteropError.self) { try Self.assignment(text) }
        guard case .badMapping(_, element: let place, _) = error else {
            Issue.record("another error: \(error.map(String.init(describing:)) ?? "none")")
            return
        }
        #expect(place == element)
    }
}
