internal import ArgumentParser
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Testing

@testable import custos

@Suite("What a query asks for")
struct QueryOptionsTests {
    private let id = "00112233445566778899aabbccddeeff"

    private func query(_ arguments: String...) throws -> Query {
        let command = try QueryCommand.parse(arguments)
        return try command.options.query(command.subject, command.id)
    }

    @Test func subjectsCanStandFirstOrAsOptions() throws {
        #expect(try query("patient", id) == query("--patient", id))
        #expect(try query("patient", id).patient?.description == id)
        #expect(try query("institution", "insurer").institution?.name == "insurer")
        let both = try query("patient", id, "--practitioner", id, "--issuer", "insurer")
        #expect(both.patient != nil && both.practitioner != nil && both.issuer != nil)
    }

    @Test func daysAreHalfOpen() throws {
        let query = try query("patient", id, "--from", "2021-05-01", "--to", "2021-05-03")
        #expect(query.happenedFrom == Day(year: 2021, month: 5, day: 1)?.start)
        #expect(query.happenedBefore == Day(year: 2021, month: 5, day: 3)?.start)
        #expect(try self.query("--anchored-to", "2021-05-03").anchoredBefore != nil)
    }

    @Test func wordsAreThoseThatArePrinted() throws {
        let query = try query(
            "--kind", "claim-response", "--kind", "access", "--action", "delete", "--purpose",
            "public-health", "--basis", "break-glass", "--outcome", "serious-failure")
        #expect(query.kinds == [.claimResponse, .access])
        #expect(query.action == .delete && query.purpose == .publicHealth)
        #expect(query.basis == .breakGlass && query.outcome == .seriousFailure)
    }

    @Test func claimsAloneAreLookedForAmongTheirKinds() throws {
        #expect(try query("claim", id).kinds == [.claim, .claimResponse])
        #expect(try query("claim", id, "--patient", id).kinds == [])
        #expect(try query("prescription", id).covers(under: .standard).last?.count == 2)
    }

    @Test(arguments: [
        ["patient"], ["patient", "x"], ["--kind", "transaction"], ["--from", "yesterday"],
        ["--from", "2021-02-30"], ["--basis", "breakGlass"], ["--issuer", "A B"],
        ["--limit", "0"], ["--unproved", "--out", "f"], ["--after", "1-2"],
    ])
    func nonsenseIsRefused(arguments: [String]) {
        #expect(throws: (any Error).self) {
            let command = try QueryCommand.parse(arguments)
            _ = try command.options.query(command.subject, command.id)
        }
    }

    @Test("two subjects of one kind are a usage error that names both")
    func twoSubjects() throws {
        let other = String(id.reversed())
        let kinds = ["patient", "practitioner", "claim", "prescription", "institution"]
        for (arguments, words) in kinds.map({ kind in
            ([kind, id, "--\(kind)", other], ["\(kind) \(id)", "--\(kind) \(other)"])
        }) + [
            (["patient", id, "--person", "S1"], ["patient \(id)", "--person S1"]),
            (["--patient", id, "--person", "S1"], ["--patient \(id)", "--person S1"]),
        ] {
            let command = try QueryCommand.parse(arguments)
            let error = #expect(throws: ValidationError.self, "\(arguments)") {
                _ = try command.options.query(command.subject, command.id)
            }
            let message = try #require(error).message
            for word in words { #expect(message.contains(word), "\(message)") }
            #expect(Ending.of(try #require(error), asJSON: true) == .usage)
        }
    }

    @Test("a range of days in which nothing can lie is a usage error")
    func emptyRanges() throws {
        for (first, last) in [("--from", "--to"), ("--anchored-from", "--anchored-to")] {
            _ = try query(first, "2021-05-01", last, "2021-05-02")
            for day in ["2021-05-01", "2021-04-30"] {
                let error = #expect(throws: ValidationError.self, "\(first) \(day)") {
                    _ = try query(first, "2021-05-01", last, day)
                }
                #expect(error?.message.contains("\(first) 2021-05-01") == true)
            }
        }
    }

    @Test func cursorsComeBackAsTheyWerePrinted() throws {
        for text in ["up:12-99", "down:1-11"] {
            #expect(try #require(QueryCursor(argument: text)).text == text)
        }
        for text in ["", "up:", "up:2-1", "down:0-3", "side:1-2", "up:1", "up:1-2-3x"] {
            #expect(QueryCursor(argument: text) == nil, "\(text)")
        }
    }

    @Test func auditEventsAndTablesHoldWhatStandsInClear() throws {
        let patient = try #require(OpaqueID(hex: id))
        let issuer = try #require(InstitutionID("county-hospital"))
        let entry = Entry(
            kind: .access, issuer: issuer, stream: StreamID(0), number: 7,
            eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            subjects: [.patient(patient), .practitioner(patient)],
            access: AccessHeader(
                action: .read, purpose: .treatment, basis: .breakGlass, outcome: .success))
        var item = ProvenPage.Item(
            height: Height(3), leafIndex: 9, leafHash: SHA256.leaf(entry.encode()),
            bytes: entry.encode(), entry: entry)
        let csv = QueryFormat.csv.row(item, isFirst: true).split(
            separator: ",", omittingEmptySubsequences: false)
        #expect(csv.count == QueryFormat.csv.opening?.split(separator: ",").count)
        #expect(csv.contains("breakGlass") && csv.contains(Substring(id)))
        let fhir = QueryFormat.fhir.row(item, isFirst: false)
        #expect(fhir.hasPrefix(","))
        #expect(fhir.contains(#""action":"R""#) && fhir.contains(#""code":"TREAT""#))
        // What stands without effect is marked in every form; what is not shown is left open.
        let column = try #require(
            QueryFormat.csv.opening?.split(separator: ",").firstIndex(of: "effect"))
        for (isUnfit, cell) in [(true, "none"), (false, "full"), (nil, "")]
            as [(Bool?, String)]
        {
            item.isUnfit = isUnfit
            let cells = QueryFormat.csv.row(item, isFirst: true).split(
                separator: ",", omittingEmptySubsequences: false)
            #expect(cells[column] == cell)
            for (form, mark) in [
                (QueryFormat.fhir, "without effect"), (.ndjson, #""effect":"#),
                (.text, "NO EFFECT"),
            ] {
                let isMarked = form.row(item, isFirst: true).contains(mark)
                #expect(isMarked == (isUnfit == true), "\(form)")
            }
        }
    }
}
