import Primitives
import Records

/// One right entry of each admitted kind, and the parts to bend them with.
enum EntrySamples {
    static func id(_ byte: UInt8) -> OpaqueID {
        OpaqueID([UInt8](repeating: byte, count: 16)) ?? OpaqueID(prefixOf: .zero)
    }

    static func digest(_ byte: UInt8) -> Digest {
        Digest([UInt8](repeating: byte, count: 32)) ?? .zero
    }

    static func institution(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    static let patient = Subject.patient(id(0x11))
    static let practitioner = Subject.practitioner(id(0x22))
    static let claim = Subject.claim(id(0x44))
    static let prescription = Subject.prescription(id(0x55))

    static func sealed(_ kind: EntryKind, _ subjects: [Subject]) -> Entry {
        Entry(
            kind: kind, issuer: institution("county-hospital"), stream: StreamID(3), number: 1_000,
            eventTime: Timestamp(milliseconds: 1_790_000_000_123), subjects: subjects,
            commitment: digest(0xc0), sealedPayload: digest(0x5e),
            recipients: [institution("insurer"), institution("regulator")],
            access: kind == .access
                ? AccessHeader(
                    action: .read, purpose: .treatment, basis: .relationship, outcome: .success)
                : nil)
    }

    static func sealed(_ kind: EntryKind, _ subjects: [Subject], _ body: EntryBody) -> Entry {
        var entry = sealed(kind, subjects)
        entry.body = body
        return entry
    }

    static func step(_ step: CaseBody.Step, after previous: UInt64?) -> EntryBody {
        .case(CaseBody(blindedCase: id(0xca), step: step, previous: previous))
    }

    static func clear(_ kind: EntryKind, _ subjects: [Subject], _ body: EntryBody) -> Entry {
        Entry(
            kind: kind, issuer: institution("county-hospital"), stream: StreamID(0), number: 7,
            eventTime: Timestamp(milliseconds: -1), subjects: subjects, body: body)
    }

    static let source = SourceBody(
        system: "his-audit", day: Day(number: 20_717), firstNumber: 1, lastNumber: 900, count: 900,
        logRoot: digest(0x77),
        outage: SourceBody.Outage(
            from: Timestamp(milliseconds: 5), to: Timestamp(milliseconds: 6)))

    static func credential(from: Int32 = 20_000, to: Int32 = 21_000) -> CredentialBody {
        CredentialBody(
            credential: id(0x66), publicKey: [2] + [UInt8](repeating: 9, count: 32),
            role: "nurse", department: "", from: Day(number: from), to: Day(number: to),
            isRevoked: false)
    }

    static var signed: Entry {
        var entry = sealed(.access, [patient, practitioner])
        entry.author = Author(credential: id(0x66), signature: [0xd2, 0x84])
        return entry
    }

    /// By name, in a fixed order.
    static let all: [(name: String, entry: Entry)] = [
        ("access", sealed(.access, [patient, practitioner])),
        ("access signed by its author", signed),
        ("record", sealed(.record, [patient])),
        ("consent", sealed(.consent, [patient])),
        ("relationship", sealed(.relationship, [patient, practitioner])),
        ("identity", sealed(.identity, [patient])),
        (
            "link",
            clear(
                .link, [.patient(id(0x01)), .patient(id(0x02))],
                .link(LinkBody(first: id(0x02), second: id(0x01), relation: .same)))
        ),
        ("source", clear(.source, [], .source(source))),
        ("void", clear(.void, [], .void(VoidBody(first: 8, last: 9, reason: "disk lost")))),
        (
            "claim",
            sealed(.claim, [patient, .institution(institution("pharmacy-1")), claim])
        ),
        ("claim-response", sealed(.claimResponse, [patient, claim])),
        ("prescription", sealed(.prescription, [patient, practitioner, prescription])),
        ("dispense", sealed(.dispense, [patient])),
        ("credential", clear(.credential, [practitioner], .credential(credential()))),
        ("finding", finding), ("withdrawal", withdrawal),
        ("case", sealed(.case, [], step(.opened, after: nil))),
        ("share", sealed(.share, [], step(.shared(.legal), after: 3))),
        (
            "notice of a case",
            sealed(
                .notice, [.institution(institution("pharmacy-1"))],
                step(
                    .noticed(
                        CaseBody.Opening(
                            findings: [2, 9], rules: ["PR-03", "RX-05"],
                            answerBy: Day(number: 20_000))), after: 4))
        ),
        ("governance proposal", clear(.governance, [], .governance(proposal))),
        (
            "governance vote",
            clear(.governance, [], .governance(.vote(on: digest(0x90), isFor: false, voter)))
        ),
        (
            "governance attendance",
            clear(.governance, [], .governance(.attend(height: Height(64), block: digest(0xb1))))
        ),
        (
            "evidence",
            clear(
                .evidence, [.institution(institution("insurer"))],
                .evidence(
                    EvidenceBody(
                        kind: .brokenLock, about: institution("insurer"), first: [1, 2],
                        second: [3])))
        ),
        (
            "notice",
            clear(
                .notice, [.institution(institution("pharmacy-1"))],
                .notice(NoticeBody(leafIndex: 9, problem: .notDelivered)))
        ),
        (
            "hold",
            clear(
                .hold, [],
                .hold(
                    HoldBody(
                        hold: id(0x77), leaves: [1, 9], ground: "an appeal",
                        until: Day(number: 20_000))))
        ),
        (
            "erasure",
            clear(.erasure, [patient], .erasure(ErasureBody(leaves: [3], ground: "asked")))
        ),
    ]

    static let voter = GovernanceVoter(
        institution: institution("insurer"), signatures: [[0xd2, 0x84], [0xd2, 0x85]])
    static let proposal = GovernanceBody.propose(proposal: [0x80], voter)

    static var finding: Entry {
        var entry = sealed(.finding, [])
        entry.body = .finding(FindingMark(finding: digest(0xf1), blindedCase: id(0xca)))
        return entry
    }

    static var withdrawal: Entry {
        var entry = sealed(.finding, [])
        entry.body = .finding(
            FindingMark(finding: digest(0xf1), blindedCase: id(0xca), isWithdrawn: true))
        return entry
    }
}
