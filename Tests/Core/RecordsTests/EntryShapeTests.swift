import Primitives
import Records
import Testing

@Suite("Entry shape")
struct EntryShapeTests {
    @Test("one right entry of each kind passes", arguments: EntrySamples.all.map(\.entry))
    func passes(entry: Entry) throws {
        try entry.checkShape()
    }

    @Test("a record of a house names no patient")
    func houses() throws {
        try EntrySamples.sealed(.record, []).checkShape()
        try EntrySamples.sealed(.record, [EntrySamples.practitioner]).checkShape()
    }

    @Test("every kind but anchors and statements, which have tests of their own, has a sample")
    func samples() {
        let kinds = Set(EntrySamples.all.map(\.entry.kind))
        #expect(Set(EntryKind.allCases).subtracting(kinds) == [.anchor, .statement])
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let field: EntryField
        let problem: Problem
        let entry: Entry
    }

    enum Problem { case missing, unwanted, wrong }

    private static func bent(
        _ what: String, _ field: EntryField, _ problem: Problem, _ name: String,
        _ bend: (inout Entry) -> Void
    ) -> Row {
        guard var entry = EntrySamples.all.first(where: { $0.name == name })?.entry else {
            preconditionFailure("no sample \(name)")
        }
        bend(&entry)
        return Row(
            testDescription: "\(name): \(what)", field: field, problem: problem, entry: entry)
    }

    private static let sealedNames = [
        "access", "record", "consent", "relationship", "identity", "claim", "claim-response",
        "prescription", "dispense", "finding", "case", "share", "notice of a case",
    ]
    private static let clearNames = [
        "link", "source", "void", "credential", "governance vote", "evidence", "notice", "hold",
        "erasure",
    ]

    static let rows: [Row] = payloadRows + bodyRows + subjectRows + headerRows + singleRows

    private static let payloadRows: [Row] = sealedNames.flatMap { name -> [Row] in
        [
            bent("no commitment", .commitment, .missing, name) { $0.commitment = nil },
            bent("no digest", .sealedPayload, .missing, name) { $0.sealedPayload = nil },
            bent("no recipients", .recipients, .missing, name) { $0.recipients = [] },
        ]
    }
    private static let bodyRows: [Row] = clearNames.flatMap { name -> [Row] in
        [
            bent("a commitment", .commitment, .unwanted, name) { $0.commitment = .zero },
            bent("a digest", .sealedPayload, .unwanted, name) { $0.sealedPayload = .zero },
            bent("recipients", .recipients, .unwanted, name) { $0.recipients = [$0.issuer] },
            bent("no body", .body, .missing, name) { $0.body = nil },
            bent("another's body", .body, .missing, name) { $0.body = .unread([0]) },
        ]
    }
    private static let namesNobody = ["finding", "case", "share", "notice of a case"]
    private static let subjectRows: [Row] = sealedNames.filter { !namesNobody.contains($0) }.flatMap
    {
        name -> [Row] in
        // A record without a patient is a roster, a sanction or stock.
        let unnamed = bent("no patient", .subjects, .missing, name) { entry in
            entry.subjects.removeAll { $0.typeNumber == 1 }
        }
        return (name == "record" ? [] : [unnamed]) + [
            bent("a body", .body, .unwanted, name) { $0.body = .unread([0]) },
            bent("the issuer as subject", .subjects, .wrong, name) {
                $0.subjects.append(.institution($0.issuer))
            },
        ]
    }
    private static let headerRows: [Row] = (sealedNames + clearNames).filter { $0 != "access" }.map
    { name -> Row in
        bent("an access header", .access, .unwanted, name) {
            $0.access = EntrySamples.signed.access
        }
    }
    private static let singleRows: [Row] = [
        bent("no header", .access, .missing, "access") { $0.access = nil },
        bent("no claim", .subjects, .missing, "claim") { $0.subjects.removeLast() },
        bent("no claim", .subjects, .missing, "claim-response") { $0.subjects.removeLast() },
        bent("no prescription", .subjects, .missing, "prescription") {
            $0.subjects.removeLast()
        },
        bent("no practitioner", .subjects, .missing, "prescription") {
            $0.subjects.remove(at: 1)
        },
        bent("no practitioner", .subjects, .missing, "credential") { $0.subjects = [] },
        bent("a patient too", .subjects, .wrong, "credential") {
            $0.subjects.insert(EntrySamples.patient, at: 0)
        },
        bent("a patient", .subjects, .unwanted, "finding") {
            $0.subjects = [EntrySamples.patient]
        },
        bent("a patient", .subjects, .unwanted, "case") {
            $0.subjects = [EntrySamples.patient]
        },
        bent("an institution", .subjects, .unwanted, "share") {
            $0.subjects = [.institution(EntrySamples.institution("insurer"))]
        },
        bent("nobody named", .subjects, .missing, "notice of a case") { $0.subjects = [] },
        bent("no step", .body, .missing, "case") { $0.body = nil },
        bent("the step of a share", .body, .missing, "case") {
            $0.body = EntrySamples.step(.shared(.legal), after: 3)
        },
        bent("the step of a case", .body, .missing, "share") {
            $0.body = EntrySamples.step(.closed, after: 3)
        },
        bent("no step before", .body, .wrong, "share") {
            $0.body = EntrySamples.step(.shared(.legal), after: nil)
        },
        bent("a patient", .subjects, .unwanted, "source") {
            $0.subjects = [EntrySamples.patient]
        },
        bent("a patient", .subjects, .unwanted, "void") {
            $0.subjects = [EntrySamples.patient]
        },
        bent("no mark", .body, .missing, "finding") { $0.body = nil },
        bent("no subjects", .subjects, .missing, "link") { $0.subjects = [] },
        bent("other subjects", .subjects, .wrong, "link") {
            $0.subjects = [EntrySamples.patient]
        },
        bent("one pseudonym twice", .body, .wrong, "link") {
            let id = EntrySamples.id(1)
            $0.body = .link(LinkBody(first: id, second: id, relation: .same))
        },
        bent("a range that does not follow it", .body, .wrong, "void") {
            $0.body = .void(VoidBody(first: 9, last: 9, reason: "lost"))
        },
        bent("a range backwards", .body, .wrong, "void") {
            $0.body = .void(VoidBody(first: 8, last: 7, reason: "lost"))
        },
        bent("days backwards", .body, .wrong, "credential") {
            $0.body = .credential(EntrySamples.credential(from: 2, to: 1))
        },
        bent("numbers backwards", .body, .wrong, "source") {
            $0.body = .source(
                SourceBody(
                    system: "x", day: Day(number: 0), firstNumber: 2, lastNumber: 1, count: 1))
        },
    ]

    @Test("each slip of shape is refused by field, and says what would be right", arguments: rows)
    func refused(row: Row) {
        let error = #expect(throws: EntryError.self) { try row.entry.checkShape() }
        switch (error, row.problem) {
        case (.missing(let field, let kind, let right), .missing),
            (.unwanted(let field, let kind, let right), .unwanted),
            (.wrong(let field, let kind, let right), .wrong):
            #expect(field == row.field)
            #expect(kind == row.entry.kind)
            #expect(!right.isEmpty)
        default: Issue.record("\(row.testDescription): \(error.map { "\($0)" } ?? "passed")")
        }
    }

    @Test("a void entry skips what it declares lost")
    func nextNumber() {
        let body = VoidBody(first: 8, last: 20, reason: "lost")
        #expect(EntrySamples.clear(.void, [], .void(body)).nextNumber == 21)
        #expect(EntrySamples.sealed(.record, [EntrySamples.patient]).nextNumber == 1_001)
    }
}
