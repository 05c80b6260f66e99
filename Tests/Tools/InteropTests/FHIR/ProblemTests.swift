import Interop
import Primitives
import Records
import Testing

@Suite("FHIR that is wrong")
struct ProblemTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let resource: String
        /// What is replaced in the resource, and by what.
        let change: (from: String, to: String)
        let element: String
        let error: InteropError
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "an amount that is text", resource: Resources.claim,
            change: (#""net":{"value":25.50"#, #""net":{"value":"25.50""#),
            element: "Claim.item[0].net.value",
            error: .wrongType(expected: "a number", found: "a string")),
        Row(
            name: "a currency that is none", resource: Resources.claim,
            change: (
                #""net":{"value":25.50,"currency":"USD"#, #""net":{"value":25.50,"currency":"$"#
            ),
            element: "Claim.item[0].net.currency",
            error: .notA(expected: "a currency of ISO 4217", found: "$")),
        Row(
            name: "a day that is none", resource: Resources.claim,
            change: (#""created":"2021-06-04T08:00:00Z"#, #""created":"2021-02-30"#),
            element: "Claim.created",
            error: .notA(
                expected: "a date or a time with its zone, as FHIR has it", found: "2021-02-30")),
        Row(
            name: "a time without a zone", resource: Resources.encounter,
            change: ("2021-06-01T10:00:00-04:00", "2021-06-01T10:00:00"),
            element: "Encounter.period.start",
            error: .notA(
                expected: "a date or a time with its zone, as FHIR has it",
                found: "2021-06-01T10:00:00")),
        Row(
            name: "an item that is no array", resource: Resources.claim,
            change: (#""modifier":[{"coding":[{"code":"59"}]},"#, #""modifier":[1,"#),
            element: "Claim.item[0].modifier[0]",
            error: .wrongType(expected: "an object", found: "a number")),
        Row(
            name: "no patient", resource: Resources.claim,
            change: (#""patient":{"reference":"Patient/p1"},"#, ""), element: "Claim.patient",
            error: .missing(expected: "a reference to a patient")),
        Row(
            name: "a patient who is a group", resource: Resources.procedure,
            change: ("Patient/p1", "Group/g1"), element: "Procedure.subject",
            error: .notA(expected: "a reference to a patient", found: "Group/g1")),
        Row(
            name: "a patient by name alone", resource: Resources.procedure,
            change: (#"{"reference":"Patient/p1"}"#, #"{"display":"Jane"}"#),
            element: "Procedure.subject",
            error: .unresolved(
                reference: "Jane",
                expected: "a patient, by Patient/id, urn:uuid:id or an identifier")),
        Row(
            name: "no time at all", resource: Resources.procedure,
            change: (
                #"{"start":"2021-06-02T10:00:00Z","end":"2021-06-02T10:40:00Z"}"#,
                "{}"
            ),
            element: "Procedure.performedPeriod",
            error: .missing(expected: "a date or time: every entry says when it happened")),
        Row(
            name: "no prescriber", resource: Resources.order,
            change: (#""requester":{"reference":"Practitioner/d1"},"#, ""),
            element: "MedicationRequest.requester",
            error: .missing(expected: "a practitioner: a prescription names who wrote it")),
        Row(
            name: "an action that is none", resource: Resources.audit,
            change: (#""action":"R""#, #""action":"X""#), element: "AuditEvent.action",
            error: .notA(expected: "one of C, R, U, D and E", found: "X")),
        Row(
            name: "no outcome", resource: Resources.audit, change: (#""outcome":"4","#, ""),
            element: "AuditEvent.outcome", error: .missing(expected: "one of 0, 4, 8 and 12")),
        Row(
            name: "no claim to answer", resource: Resources.benefit,
            change: (#""claim":{"reference":"urn:uuid:k1"},"#, ""),
            element: "ExplanationOfBenefit.claim",
            error: .missing(expected: "a reference to the claim")),
        Row(
            name: "an empty text", resource: Resources.encounter,
            change: (#""status":"finished""#, #""status":"""#), element: "Encounter.status",
            error: .notA(expected: "a text of at least one character", found: "")),
        Row(
            name: "a null", resource: Resources.patient, change: (#""female""#, "null"),
            element: "Patient.gender", error: .wrongType(expected: "a string", found: "null")),
    ]

    @Test("names file, line, element and reason, and does not stop the rest", arguments: rows)
    func refuses(row: Row) throws {
        let parts = row.resource.split(separator: row.change.from, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let bent = parts.joined(separator: row.change.to)
        let lines = Resources.all.map { $0 == row.resource ? bent : $0 }
        let outcome = try Resources.outcome(lines)
        let place = try #require(Resources.all.firstIndex(of: row.resource))
        #expect(outcome.problems.map(\.line) == [place + 1])
        #expect(outcome.problems.map(\.element) == [row.element])
        #expect(outcome.problems.map(\.error) == [row.error])
        #expect(outcome.problems.allSatisfy { $0.file.hasSuffix("/lines.ndjson") })
        #expect(outcome.report.refused == 1)
        #expect(outcome.report.read == Resources.all.count)
        #expect(outcome.drafts.count >= 6)
    }

    @Test("a line that is no resource is told, counted and passed over")
    func lines() throws {
        let lines = [
            "{\"resourceType\":\"Patient\",", "[]", "{}", "{\"resourceType\":\"Patient\"}",
            "{\"resourceType\":\"Patient\",\"id\":\"a b\"}", "", "  ",
            "{\"resourceType\":\"Immunization\",\"id\":\"o\"}", Resources.organization,
            Resources.patient,
        ]
        let outcome = try Resources.outcome(lines)
        #expect(outcome.problems.map(\.line) == [1, 2, 3, 4, 5])
        #expect(
            outcome.problems.map(\.element) == ["", "", "resourceType", "Patient.id", "Patient.id"])
        #expect(outcome.report.unreadableLines == 5)
        #expect(outcome.report.notMapped == ["Immunization": 1])
        #expect(outcome.drafts.count == 1)
    }

    @Test("a line longer than is read is passed over, whatever it holds")
    func longLine() throws {
        var options = FHIRImport.Options()
        options.limits = JSONLimits(byteCountMax: 2_000, depthMax: 64)
        let long =
            "{\"resourceType\":\"Patient\",\"id\":\"\(String(repeating: "x", count: 3_000_000))\"}"
        let outcome = try Resources.outcome(
            [Resources.organization, long, Resources.patient], options: options)
        #expect(outcome.problems.map(\.line) == [2])
        #expect(outcome.problems.map(\.error) == [.lineTooLong(byteCountMax: 2_000)])
        #expect(outcome.drafts.count == 1)
    }

    @Test("an identity that its source does not know is refused")
    func unknownIdentity() throws {
        let outcome = try Resources.outcome(
            [Resources.organization, Resources.patient],
            pseudonyms: TestPseudonyms(unknown: ["Patient/p1"]))
        #expect(outcome.problems.map(\.error) == [.unknownIdentity("Patient/p1")])
    }

    @Test("an organisation that no rule assigns is refused by name")
    func noInstitution() throws {
        let file = try TemporaryFile(Resources.all, name: "lines.ndjson")
        let rules = try TemporaryFile(
            [
                #"{"format":"custos assignment 1","#,
                #""organizations":[{"name":"Second*","institution":"b"}]}"#,
            ], name: "assignment.json")
        let assignment = try Assignment(path: rules.path)
        let outcome = try Outcome.of(files: [file.input], assignment: assignment)
        #expect(outcome.problems.first?.error == .noInstitution(organization: "First Hospital"))
    }

    @Test("what is right as FHIR and finer than a fact can say stays unknown, and is counted")
    func notes() throws {
        let notes = try Resources.outcome(Resources.all).report.notes
        #expect(notes["ExplanationOfBenefit.payment.amount: finer than the minor unit"] == 1)
        #expect(notes["Condition.onsetDateTime: a date without a time of day"] == 1)
    }
}
