import Findings
import Ledger
import Primitives
import Proofs
import Records
import RuleLanguage
import SampleRules
import Storage
import Supervision
import Testing

/// Epochs of 100 days; a record in epoch 1, and a claim of the same person in epoch 2.
@Suite("A person over epochs")
struct EpochTests {
    private static let rule = RuleVersion(
        id: OrphanClaims.id, hash: .zero, runners: [Region.insurer, Region.regulator])
    private let now = Day(number: 400).start
    private let recordDay = Day(number: 150).start
    private let claimDay = Day(number: 250).start

    private func region() throws -> Region {
        let region = try Region(rules: [Self.rule], epochDays: 100)
        for id in [Region.insurer, Region.regulator] { try open(id, region) }
        return region
    }

    private func open(
        _ id: InstitutionID, _ region: Region,
        _ change: (inout SupervisorSettings) -> Void = { _ in }
    ) throws {
        _ = try region.open(id) {
            $0.runner = { (versions, _) throws(SupervisionError) in
                try OrphanClaims.maker(versions)
            }
            change(&$0)
        }
    }

    private func ask(
        _ request: DeskRequest, of id: InstitutionID, _ region: Region
    ) throws -> DeskReply {
        try region.node(id).control(request.encode(), at: now)
    }

    /// The pseudonym of a person in an epoch, as the provider's own node names it.
    private func name(
        _ person: String, _ epoch: UInt32, _ region: Region
    ) throws -> OpaqueID {
        let reply = try ask(
            .names([LocalName(.patient, person)], .treatment, epoch: epoch),
            of: Region.regulator, region)
        return try #require(try NamesAnswer.decode(reply.answer).ids.first ?? nil)
    }

    private func claim(_ patient: OpaqueID) throws -> Submission {
        var fact = Fact(.claim)
        try fact.set("claim", to: .id(Samples.claimID))
        try fact.set("patient", to: .id(patient))
        return Submission(
            kind: .claim, eventTime: claimDay,
            subjects: [.patient(patient), .claim(Samples.claimID)],
            payload: Payload(mediaType: "", source: [], facts: [fact]))
    }

    private func record(_ patient: OpaqueID, kind: EntryKind = .record) throws -> Submission {
        var fact = Fact(kind == .record ? .record : .consent)
        try fact.set("patient", to: .id(patient))
        return Submission(
            kind: kind, eventTime: recordDay, subjects: [.patient(patient)],
            payload: Payload(mediaType: "", source: [], facts: [fact]))
    }

    /// Commits an empty block and tells everybody; the open findings of a node after it.
    private func open(_ id: InstitutionID, in region: Region) throws -> [FindingList.Item] {
        try region.deliverAll()
        try region.commit([])
        try region.deliverAll()
        try region.commit([])
        return try FindingList.decode(ask(.findings(after: nil), of: id, region).answer).items
            .filter(\.isOpen)
    }

    private func sealedCount(_ id: InstitutionID, _ region: Region) throws -> UInt64? {
        try DeskStatus.decode(ask(.status, of: id, region).answer).rules.first?.sealedCount
    }

    @Test("facts of one person in two epochs are joined by the patient's key, on every runner")
    func joined() throws {
        let region = try region()
        let (first, second) = (try name("P-1", 1, region), try name("P-1", 2, region))
        #expect(first != second)
        try region.commit(
            try region.prepare([try record(first), try claim(second)], by: Region.hospital))
        #expect(try open(Region.regulator, in: region).isEmpty, "there is a record")
        // The insurer cannot read the record, but knows now whose it is.
        #expect(try open(Region.insurer, in: region).isEmpty)
        #expect(try sealedCount(Region.insurer, region) == 1)
        // It still knows after a restart, before it has asked anybody.
        region.close(Region.insurer)
        try open(Region.insurer, region)
        try region.block([])
        try region.catchUp(Region.insurer)
        #expect(try sealedCount(Region.insurer, region) == 1)
    }

    @Test("without the key each pseudonym is a person of its own")
    func apart() throws {
        let region = try region()
        let (first, second) = (try name("P-1", 1, region), try name("P-1", 2, region))
        try open(Region.insurer, region) { $0.provider = nil }
        try region.commit(
            try region.prepare([try record(first), try claim(second)], by: Region.hospital))
        #expect(try open(Region.insurer, in: region).count == 1)
        #expect(try sealedCount(Region.insurer, region) == 0)
    }

    @Test("destroying the key unlinks the person, at the provider and at every runner")
    func unlinked() throws {
        let region = try region()
        let (first, second) = (try name("P-1", 1, region), try name("P-1", 2, region))
        try region.commit(
            try region.prepare([try record(first), try claim(second)], by: Region.hospital))
        #expect(try open(Region.regulator, in: region).isEmpty)
        #expect(throws: SupervisionError.notProvider(Region.insurer)) {
            try ask(.forgetPersons(["P-1"]), of: Region.insurer, region)
        }
        let reply = try ask(.forgetPersons(["P-1", "P-2"]), of: Region.regulator, region)
        #expect(String(decoding: reply.answer, as: UTF8.self).contains("1 of 2"))
        #expect(throws: SupervisionError.nobodyKnown(count: 2)) {
            try ask(.forgetPersons(["P-1", "P-2"]), of: Region.regulator, region)
        }
        #expect(reply.first.map(\.access?.action) == [.delete])
        #expect(try region.prepare(reply.first, by: Region.regulator).count == 1)
        #expect(try open(Region.regulator, in: region).count == 1, "nobody's record any more")
        #expect(try open(Region.insurer, in: region).count == 1)
        #expect(try sealedCount(Region.insurer, region) == 0)
        let spans = try SpansAnswer.decode(
            ask(.spans(second, 1...2, .supervision), of: Region.regulator, region).answer)
        #expect(spans.spans.isEmpty && !spans.refusal.isEmpty)
        // Who comes again is a new person.
        #expect(try name("P-1", 1, region) != first && name("P-1", 2, region) != second)
    }

    @Test("keys go sealed to who supervises, leave an access each, and nobody else gets them")
    func delivered() throws {
        let region = try region()
        let current = try name("P-1", 4, region)
        _ = try name("P-2", 4, region)
        let question = try #require(
            try region.node(Region.insurer).outgoing(to: Region.regulator, at: now))
        #expect(try PeerQuestion.decode(question) == .personKeys(after: 0))
        let reply = try region.node(Region.regulator).answer(
            question, from: Region.insurer, at: now)
        #expect(reply.first.count == 2)
        #expect(
            reply.first.contains {
                $0.subjects == [.patient(current), .institution(Region.insurer)]
                    && $0.payload?.facts.first?["object"] == .text("patient key")
            })
        try region.node(Region.insurer).answered(reply.answer, by: Region.regulator, at: now)
        #expect(
            try region.node(Region.insurer).outgoing(to: Region.regulator, at: now) == nil,
            "it is not asked twice in a second")
        let refused = try region.node(Region.regulator).answer(
            question, from: Region.hospital, at: now)
        #expect(refused.first.isEmpty && refused.answer.count < 128)
        #expect(throws: SupervisionError.notProvider(Region.insurer)) {
            try region.node(Region.insurer).answer(question, from: Region.regulator, at: now)
        }
        let status = try ask(.identities, of: Region.insurer, region).answer
        #expect(String(decoding: status, as: UTF8.self).contains("keys of 2 patients"))
    }

    @Test("a patient's pseudonyms over epochs are given to who has the key, as an access")
    func spans() throws {
        let region = try region()
        let names = try (1...4).map { try name("P-1", UInt32($0), region) }
        try region.commit(try region.prepare([try claim(names[1])], by: Region.hospital))
        _ = try open(Region.insurer, in: region)
        for id in [Region.insurer, Region.regulator] {
            let reply = try ask(.spans(names[1], 1...4, .supervision), of: id, region)
            let answer = try SpansAnswer.decode(reply.answer)
            #expect(answer.spans.map(\.epoch) == [1, 2, 3, 4])
            #expect(answer.spans.map(\.pseudonym) == names)
            // Under the pseudonym of now alone: two in one entry would link them for everybody.
            #expect(reply.first.map(\.subjects) == [[.patient(names[3])]])
        }
        let hospital = try ask(.spans(names[1], 1...4, .treatment), of: Region.hospital, region)
        #expect(try SpansAnswer.decode(hospital.answer).spans.isEmpty && hospital.first.isEmpty)
    }

    @Test("a finding names the person by the pseudonym that came first, and says whom it joined")
    func reference() throws {
        let region = try region()
        let (first, second) = (try name("P-1", 1, region), try name("P-1", 2, region))
        let consent = try region.prepare(
            [try record(first, kind: .consent)], by: Region.hospital)
        try region.commit(consent)
        try region.commit(try region.prepare([try claim(second)], by: Region.hospital))
        let item = try #require(try open(Region.regulator, in: region).first)
        let body = try #require(item.body)
        #expect(body.hexText.contains(first.description))
        #expect(!body.hexText.contains(second.description))
        let insurer = try #require(try open(Region.insurer, in: region).first)
        #expect(insurer.id == item.id, "whoever holds the key gives the same bytes")
        // What is stated says whom it joined, for who checks it without the key.
        region.close(Region.insurer)
        try open(Region.insurer, region)
        try region.block([])
        let said = try region.catchUp(Region.insurer).first { $0.kind == .finding }
        let statement = try FindingStatement.decode(try #require(said?.payload?.source))
        #expect(
            statement.joins == [FindingStatement.Join(pseudonym: second, reference: first)])
    }

    /// A second claim of a person within 180 days.
    private static let repeated = Rule.ofClaims(
        "CE-01", "Two claims",
        with: [
            .ofPatient(
                "past", kind: "claim", times: ["submitted"],
                .withinBefore(Expression(.literal(.period(days: 180))), .ofClaim("submitted")),
                order: .other)
        ],
        where: Expression(
            .unary(.not, Expression(.method(Expression(.name("past")), "none", [])))),
        involving: ["past"], reason: "two claims in 180 days")

    @Test("a window of 180 days over the end of an epoch sees both sides of it")
    func window() throws {
        let region = try Region(
            rules: [
                RuleVersion(id: "CE-01", hash: Self.repeated.hash, runners: [Region.regulator])
            ], epochDays: 100)
        let folder = region.path(Region.regulator) + "/rules"
        try SmallFile.write(
            Self.repeated.encode(), to: "\(folder)/\(Self.repeated.hash).rule")
        _ = try region.open(Region.regulator) { $0.rulesFolder = folder }
        func claim(_ person: String, _ day: Int32) throws -> [[UInt8]] {
            let time = Day(number: day).start
            let patient = try name(person, UInt32(day / 100), region)
            var fact = Fact(.claim)
            try fact.set("patient", to: .id(patient))
            try fact.set("submitted", to: .instant(time, zoneMinutes: 0))
            return try region.prepare(
                [
                    Submission(
                        kind: .claim, eventTime: time,
                        subjects: [.patient(patient), .claim(Region.opaque(UInt8(day & 0xff)))],
                        payload: Payload(mediaType: "", source: [], facts: [fact]))
                ], by: Region.hospital)
        }
        try region.commit(try claim("P-1", 150) + claim("P-2", 50))
        // 100 days later, in the next epoch; and of another person 200 days later.
        try region.commit(try claim("P-1", 250) + claim("P-2", 251))
        let found = try open(Region.regulator, in: region)
        let status = try ask(.status, of: Region.regulator, region).answer
        #expect(try DeskStatus.decode(status).rules.map(\.problem) == [""])
        let body = try #require(found.first?.body)
        #expect(found.count == 1)
        let outline = try FindingOutline.decode(body)
        #expect(outline.violating.map(\.index) == [2] && outline.involved.map(\.index) == [0])
        #expect(body.hexText.contains(try name("P-1", 1, region).description))
    }

    struct LinkRow: CustomTestStringConvertible {
        let testDescription: String
        let links: [(InstitutionID, LinkBody.Relation)]
        let isJoined: Bool
    }

    static let linkRows = [
        LinkRow(testDescription: "no link", links: [], isJoined: false),
        LinkRow(
            testDescription: "the provider says same", links: [(Region.regulator, .same)],
            isJoined: true),
        LinkRow(
            testDescription: "somebody else says same", links: [(Region.hospital, .same)],
            isJoined: false),
        LinkRow(
            testDescription: "who introduced the provisional one joins it",
            links: [(Region.hospital, .provisional)], isJoined: true),
        LinkRow(
            testDescription: "another institution joins it",
            links: [(Region.pharmacy, .provisional)], isJoined: false),
        LinkRow(
            testDescription: "joined and parted",
            links: [(Region.regulator, .same), (Region.regulator, .notSame)], isJoined: false),
        LinkRow(
            testDescription: "joined, parted and joined again",
            links: [
                (Region.regulator, .same), (Region.regulator, .notSame),
                (Region.regulator, .same),
            ], isJoined: true),
        LinkRow(
            testDescription: "parted by who may not",
            links: [(Region.regulator, .same), (Region.hospital, .notSame)], isJoined: true),
    ]

    @Test("links join and part pseudonyms, of those who may link", arguments: linkRows)
    func links(row: LinkRow) throws {
        let region = try region()
        let known = try name("P-1", 2, region)
        let offline = Region.opaque(0x0f)
        try region.commit(
            try region.prepare([try record(offline), try claim(known)], by: Region.hospital))
        #expect(try open(Region.regulator, in: region).count == 1, "nothing joins them yet")
        for (issuer, relation) in row.links {
            let body = LinkBody(first: offline, second: known, relation: relation)
            try region.commit(
                try region.prepare(
                    [
                        Submission(
                            kind: .link, eventTime: now,
                            subjects: [offline, known].sorted().map { .patient($0) },
                            body: .link(body))
                    ], by: issuer))
        }
        #expect(try open(Region.regulator, in: region).isEmpty == row.isJoined)
    }
}

extension [UInt8] {
    fileprivate var hexText: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
