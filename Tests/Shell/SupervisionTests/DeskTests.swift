import Primitives
import Proofs
import Records
import Supervision
import Testing

@Suite("Desk")
struct DeskTests {
    private func ask(
        _ request: DeskRequest, of id: InstitutionID, _ region: Region
    ) throws -> DeskReply {
        try region.node(id).control(request.encode(), at: region.now)
    }

    @Test("a trail of a patient comes with the access that asking is, and reads back as it was")
    func trail() throws {
        let region = try Region()
        try region.commit(
            try region.prepare([try Samples.record(), try Samples.claim()], by: Region.hospital))
        try region.deliverAll()
        let query = TrailQuery(term: .subject(.patient(Samples.patient)), limit: 1)
        for id in Region.all {
            let reply = try ask(.trail(query), of: id, region)
            #expect(reply.first.map(\.kind) == [.access])
            #expect(reply.first.first?.access?.purpose == .supervision)
            let answer = try TrailAnswer.decode(reply.answer)
            #expect(answer == (try region.node(id).entries.answer(query)))
            #expect(answer.next == 1)
            // The access is one that the node itself can prepare.
            #expect(try region.node(id).prepare(reply.first).count == 1)
        }
        let byIssuer = try ask(
            .trail(TrailQuery(term: .issuer(Region.hospital))), of: Region.regulator, region)
        #expect(byIssuer.first.map(\.access?.action) == [.execute])
    }

    @Test("names are asked of the provider once, and of its own directory at once")
    func names() throws {
        let region = try Region()
        let names = [LocalName(.patient, "P-1"), LocalName(.practitioner, "D-1")]
        let request = DeskRequest.names(names, .treatment)
        let first = try NamesAnswer.decode(ask(request, of: Region.hospital, region).answer)
        #expect(first.ids == [nil, nil] && first.refusal.isEmpty)
        let question = try #require(
            try region.node(Region.hospital).outgoing(to: Region.regulator, at: region.now))
        #expect(
            try region.node(Region.hospital).outgoing(to: Region.insurer, at: region.now) == nil)
        let reply = try region.node(Region.regulator).answer(
            question, from: Region.hospital, at: region.now)
        #expect(reply.first.map(\.kind) == [.access])
        try region.node(Region.hospital).answered(
            reply.answer, by: Region.regulator, at: region.now)
        let second = try NamesAnswer.decode(ask(request, of: Region.hospital, region).answer)
        #expect(second.ids.compactMap(\.self).count == 2)
        #expect(
            try region.node(Region.hospital).outgoing(to: Region.regulator, at: region.now) == nil)
        let own = try ask(request, of: Region.regulator, region)
        #expect(try NamesAnswer.decode(own.answer) == second)
        #expect(own.first.count == 1)
        #expect(throws: SupervisionError.notProvider(Region.insurer)) {
            try region.node(Region.insurer).answer(
                question, from: Region.hospital, at: region.now)
        }
    }

    @Test("who is looked up and not known is said to be unknown, once the provider has said so")
    func strangers() throws {
        let region = try Region()
        let names = [LocalName(.patient, "P-1"), LocalName(.practitioner, "D-1")]
        let request = DeskRequest.names(names, .treatment, enrols: false)
        func answer(_ id: InstitutionID) throws -> NamesAnswer {
            try NamesAnswer.decode(ask(request, of: id, region).answer)
        }
        /// Lets the hospital ask the provider; says how many entries that leaves.
        func carry() throws -> Int {
            let hospital = try region.node(Region.hospital)
            let question = try #require(
                try hospital.outgoing(to: Region.regulator, at: region.now))
            let reply = try region.node(Region.regulator).answer(
                question, from: Region.hospital, at: region.now)
            try hospital.answered(reply.answer, by: Region.regulator, at: region.now)
            return reply.first.count
        }
        #expect(try answer(Region.hospital) == NamesAnswer(ids: [nil, nil]))
        #expect(try carry() == 0)
        let unknown = try answer(Region.hospital)
        #expect(unknown.unknown == [0] && unknown.ids.map { $0 != nil } == [false, true])
        #expect(try answer(Region.regulator) == unknown)
        // Whom somebody enrols meanwhile is found by who asks again.
        _ = try ask(.names(names, .treatment), of: Region.regulator, region)
        #expect(try answer(Region.hospital).unknown.isEmpty)
        #expect(try carry() == 1)
        let known = try answer(Region.hospital)
        #expect(known.unknown.isEmpty && known.ids.compactMap(\.self).count == 2)
        #expect(try answer(Region.regulator) == known)
        for answer in [known, unknown] {
            #expect(try NamesAnswer.decode(answer.encode()) == answer)
        }
    }

    @Test("the first entry of a finding's id stands, on every node, and only runners read it")
    func standing() throws {
        let region = try Region()
        func submission(_ body: String, by id: InstitutionID) throws -> [[UInt8]] {
            let statement = FindingStatement(
                body: Array(body.utf8), height: Height(1), treeRoot: .zero, stateRoot: .zero)
            let mark = FindingMark(
                finding: statement.finding, blindedCase: Region.opaque(UInt8(body.utf8.count)))
            return try region.prepare(
                [
                    Submission(
                        kind: .finding, eventTime: region.now, body: .finding(mark),
                        payload: Payload(
                            mediaType: FindingStatement.mediaType, source: statement.encode(),
                            facts: []), recipients: [Region.insurer, Region.regulator])
                ], by: id)
        }
        let one = try submission("one", by: Region.insurer)
        let oneAgain = try submission("one", by: Region.regulator)
        let two = try submission("twoo", by: Region.regulator)
        try region.commit(one + oneAgain)
        try region.commit(two + oneAgain)
        try region.deliverAll()
        for id in Region.all {
            let list = try FindingList.decode(ask(.findings(after: nil), of: id, region).answer)
            #expect(list.items.map(\.standing?.leafIndex) == [0, 2], "\(id)")
            #expect(list.items.map(\.standing?.issuer) == [Region.insurer, Region.regulator])
            let isRunner = id == Region.insurer || id == Region.regulator
            #expect(
                list.items.map(\.body) == (isRunner ? ["one", "twoo"] : []).map {
                    Array($0.utf8)
                } + (isRunner ? [] : [nil, nil]), "\(id)")
        }
        region.close(Region.pharmacy)
        #expect(
            try FindingList.decode(ask(.findings(after: nil), of: Region.pharmacy, region).answer)
                .items.count
                == 2)
    }

    @Test("the status counts what waits, what did not fit and what was never committed")
    func status() throws {
        let region = try Region()
        try region.commit(try region.prepare([try Samples.claim()], by: Region.hospital))
        _ = try region.prepare([try Samples.record()], by: Region.hospital)
        let hospital = try DeskStatus.decode(ask(.status, of: Region.hospital, region).answer)
        #expect(hospital.height == Height(1))
        #expect(hospital.waitingCount == 2 && hospital.orphanCount == 1)
        let insurer = try DeskStatus.decode(ask(.status, of: Region.insurer, region).answer)
        #expect(insurer.awaitedCount == 1 && insurer.waitingCount == 0)
        #expect(try ask(.mismatches, of: Region.insurer, region).answer.isEmpty)
        #expect(throws: SupervisionError.findingNotOpen(.zero)) {
            try ask(.explain(finding: .zero), of: Region.insurer, region)
        }
    }

    static let requests: [DeskRequest] = [
        .status, .trail(TrailQuery()),
        .trail(
            TrailQuery(
                term: .subject(.institution(Region.hospital)), kinds: [.claim, .access],
                from: Timestamp(milliseconds: -4), to: Timestamp(milliseconds: 9), limit: 7,
                firstLeaf: 12)),
        .trail(TrailQuery(term: .issuer(Region.hospital))), .findings(after: nil),
        .explain(finding: .zero), .bundle(finding: .zero),
        .names([LocalName(.patient, "1"), LocalName(.practitioner, "2")], .operations),
        .names([LocalName(.patient, "1")], .treatment, epoch: 7),
        .names([LocalName(.patient, "1")], .treatment, epoch: 7, enrols: false),
        .spans(Samples.patient, 3...9, .supervision), .forgetPersons(["1", "2"]), .identities,
        .disclose(leaf: 3, [.vitals, .other]),
        .mismatches,
        .whyNot(rule: "CE-01", subject: .patient(Samples.patient), on: nil),
        .erase(leaves: [1, 2], ground: "x"), .erasure(leaf: 7),
        .whyNot(rule: "X", subject: .institution(Region.hospital), on: Day(number: -3)),
    ]

    @Test("requests come back as they were written, and bent ones never trap, seeds 0 to 499")
    func codec() throws {
        let region = try Region()
        let node = try region.node(Region.hospital)
        for request in Self.requests {
            let bytes = request.encode()
            #expect(try DeskRequest.decode(bytes) == request)
            for seed in UInt64(0)..<500 {
                var random = Seeded(seed)
                _ = try? node.control(random.bend(bytes), at: region.now)
                _ = try? node.answer(random.bend(bytes), from: Region.insurer, at: region.now)
                _ = try? TrailAnswer.decode(random.bend(bytes))
                _ = try? FindingList.decode(random.bend(bytes))
            }
        }
        let parts = BundleParts(
            leafIndex: 4, statement: [1], salt: [UInt8](repeating: 2, count: 32), rules: [[3]],
            tables: [BundleParts.Table(name: "t", bytes: [4])],
            evidence: [
                BundleParts.Evidence(
                    leafIndex: 1, payload: [5], salt: [UInt8](repeating: 6, count: 32))
            ])
        #expect(try BundleParts.decode(parts.encode()) == parts)
    }
}
