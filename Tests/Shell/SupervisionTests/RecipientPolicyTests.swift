import Ledger
import Primitives
import Records
import Supervision
import Testing

@Suite("Recipient policy")
struct RecipientPolicyTests {
    private static let members = Members([
        member("a-hospital", .hospital), member("b-insurer", .insurer),
        member("c-insurer", .insurer), member("d-insurer", .insurer, hasKey: false),
        member("e-regulator", .regulator),
    ])

    private static func member(
        _ name: String, _ kind: InstitutionKind, hasKey: Bool = true
    ) -> Members.Member {
        Members.Member(
            id: Region.id(name), kind: kind,
            sealKey: hasKey ? [UInt8](repeating: 9, count: 32) : nil)
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let kind: EntryKind
        var named: [String] = []
        let right: [String]
    }

    static let rows: [Row] = [
        Row(
            testDescription: "a claim goes to all insurers with a key, and to regulators",
            kind: .claim, right: ["a-hospital", "b-insurer", "c-insurer", "e-regulator"]),
        Row(
            testDescription: "a claim that names its insurer goes to that one only",
            kind: .claim, named: ["c-insurer"],
            right: ["a-hospital", "c-insurer", "e-regulator"]),
        Row(
            testDescription: "a record goes to the regulator", kind: .record,
            right: ["a-hospital", "e-regulator"]),
        Row(
            testDescription: "a finding goes to those named only", kind: .finding,
            named: ["b-insurer"], right: ["a-hospital", "b-insurer"]),
        Row(
            testDescription: "an issuer that names itself is a recipient once", kind: .finding,
            named: ["a-hospital"], right: ["a-hospital"]),
    ]

    @Test("sends each kind to those who need it", arguments: rows)
    func standard(row: Row) throws {
        let submission = Submission(
            kind: row.kind, eventTime: Timestamp(milliseconds: 0),
            recipients: row.named.map(Region.id))
        let chosen = try RecipientPolicy.standard.recipients(
            of: submission, issuer: Region.id("a-hospital"), among: Self.members)
        #expect(chosen == row.right.map(Region.id))
    }

    @Test("refuses recipients that cannot be")
    func refusals() {
        for (name, why) in [("d-insurer", "has no seal key"), ("nobody", "is not a member")] {
            let submission = Submission(
                kind: .claim, eventTime: Timestamp(milliseconds: 0),
                recipients: [Region.id(name)])
            #expect(throws: SupervisionError.recipient(Region.id(name), why: why)) {
                try RecipientPolicy.standard.recipients(
                    of: submission, issuer: Region.id("a-hospital"), among: Self.members)
            }
        }
    }

    @Test("is read from words, and says which word is none")
    func words() throws {
        let policy = try RecipientPolicy(words: [
            (kind: "record", audiences: ["insurer", "@e-regulator"])
        ])
        let chosen = try policy.recipients(
            of: Submission(kind: .record, eventTime: Timestamp(milliseconds: 0)),
            issuer: Region.id("a-hospital"), among: Self.members)
        #expect(chosen.map(\.name) == ["a-hospital", "b-insurer", "c-insurer", "e-regulator"])
        for (kind, word) in [("recordd", "insurer"), ("void", "insurer"), ("record", "insurers")] {
            #expect(throws: SupervisionError.self) {
                try RecipientPolicy(words: [(kind: kind, audiences: [word])])
            }
        }
    }
}
