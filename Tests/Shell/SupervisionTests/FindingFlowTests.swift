import Findings
import Ledger
import Primitives
import Proofs
import Records
import RuleEngine
import Supervision
import Testing

@Suite("Findings on their way")
struct FindingFlowTests {
    /// Insurer and regulator run the rule; the insurer comes first by id.
    private func region() throws -> Region {
        let region = try Region(rules: [
            RuleVersion(
                id: OrphanClaims.id, hash: .zero, runners: [Region.insurer, Region.regulator])
        ])
        for id in [Region.insurer, Region.regulator] { try open(id, region) }
        return region
    }

    private func open(_ id: InstitutionID, _ region: Region) throws {
        _ = try region.open(id) {
            $0.runner = { (versions, _) throws(SupervisionError) in
                versions.isEmpty ? (NoRules(), [:]) : try OrphanClaims.maker(versions)
            }
            $0.patienceMilliseconds = 5_000
        }
    }

    private func list(_ id: InstitutionID, _ region: Region) throws -> [FindingList.Item] {
        let reply = try region.node(id).control(
            DeskRequest.findings(after: nil).encode(), at: region.now)
        return try FindingList.decode(reply.answer).items
    }

    private func status(_ id: InstitutionID, _ region: Region) throws -> DeskStatus {
        try DeskStatus.decode(
            region.node(id).control(DeskRequest.status.encode(), at: region.now).answer)
    }

    /// One empty block; what a node has to say to it.
    private func tick(_ id: InstitutionID, _ region: Region) throws -> [Submission] {
        try region.block([])
        return try region.catchUp(id)
    }

    @Test("a finding is published once, sealed to the runners, and stands on every node")
    func published() throws {
        let region = try region()
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        for id in [Region.insurer, Region.regulator] {
            #expect(try region.catchUp(id).isEmpty, "the payload has not come yet")
        }
        let question = try #require(
            try region.node(Region.hospital).outgoing(to: Region.insurer, at: region.now))
        let reply = try region.node(Region.insurer).answer(
            question, from: Region.hospital, at: region.now)
        try region.node(Region.hospital).answered(
            reply.answer, by: Region.insurer, at: region.now)
        let submission = try #require(reply.first.first)
        #expect(submission.kind == .finding && reply.first.count == 1)
        #expect(submission.recipients == [Region.insurer, Region.regulator])
        #expect(submission.subjects.isEmpty)
        #expect(try tick(Region.insurer, region).isEmpty, "it is handed out once")

        try region.deliver(from: Region.hospital, to: Region.regulator)
        #expect(try tick(Region.regulator, region).isEmpty, "the insurer goes first")
        #expect(try list(Region.regulator, region).map(\.isOpen) == [true])

        try region.commit(try region.prepare([submission], by: Region.insurer))
        try region.deliverAll()
        for _ in 0..<20 { #expect(try tick(Region.regulator, region).isEmpty) }
        for id in [Region.insurer, Region.regulator] {
            let items = try list(id, region)
            #expect(items.map(\.standing?.leafIndex) == [1] && items.map(\.isOpen) == [true])
            let body = try #require(items.first?.body)
            #expect(FindingStatement.id(of: body) == items.first?.id)
            #expect(try FindingOutline.decode(body).leaves == [0])
        }
        try region.catchUp(Region.hospital)
        #expect(try list(Region.hospital, region).map(\.body) == [nil], "the accused is not told")
        let pharmacy = Folder.files(below: region.path(Region.pharmacy), containing: "CE-01")
        #expect(pharmacy == [])
    }

    @Test("where the first runner is away, the next one publishes some heights later")
    func stagger() throws {
        let region = try region()
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        try region.catchUp(Region.regulator)
        try region.deliver(from: Region.hospital, to: Region.regulator)
        var waited = 0
        while try tick(Region.regulator, region).isEmpty, waited < 50 { waited += 1 }
        #expect(waited > 0 && waited < 20)
    }

    @Test("a rule on trial finds for its runners, then for some, then for all, without restart")
    func lifeCycle() throws {
        let region = try Region()
        for id in [Region.insurer, Region.regulator] { try open(id, region) }
        let runners = [Region.insurer, Region.regulator]
        var timeline = CharterTimeline(region.genesis)
        func vote(_ trial: [InstitutionID]?, from day: Day? = nil, _ label: String) throws {
            let version = RuleVersion(
                id: OrphanClaims.id, hash: try #require(Digest([UInt8](label.utf8))),
                runners: runners, trial: trial, serviceFrom: day)
            timeline = try timeline.after(
                .setRules([version], retire: []), from: Height(UInt64(region.log.count + 1)))
            for id in runners { try region.node(id).follow(timeline) }
        }
        let (one, two) = (String(repeating: "1", count: 32), String(repeating: "2", count: 32))
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        for id in runners {
            #expect(try region.catchUp(id).isEmpty)
            try region.deliver(from: Region.hospital, to: id)
        }
        // In the shadow it finds, and says nothing to the ledger.
        try vote([], one)
        for id in runners {
            for _ in 0..<10 { #expect(try tick(id, region).isEmpty) }
            #expect(try list(id, region).map(\.isOpen) == [true])
            #expect(try status(id, region).rules.map(\.stage) == [.shadow])
        }
        // As a canary only the regulator anchors.
        try vote([Region.regulator], one)
        for _ in 0..<10 { #expect(try tick(Region.insurer, region).isEmpty) }
        #expect(try tick(Region.regulator, region).map(\.kind) == [.finding])
        // In force for later services only, it does not judge this one; the next version does.
        try vote(nil, from: Day(number: 1), two)
        _ = try tick(Region.insurer, region)
        #expect(try list(Region.insurer, region).isEmpty)
        try vote(nil, from: Day(number: 0), one)
        #expect(try tick(Region.insurer, region).map(\.kind) == [.finding])
        // Retired, it finds nothing any more.
        timeline = try timeline.after(
            .setRules([], retire: [OrphanClaims.id]), from: Height(UInt64(region.log.count + 1)))
        for id in runners { try region.node(id).follow(timeline) }
        _ = try tick(Region.insurer, region)
        #expect(try status(Region.insurer, region).rules.isEmpty)
        #expect(try list(Region.insurer, region).isEmpty)
    }

    @Test("a restart finds the same again, and publishes nothing twice")
    func restart() throws {
        let region = try region()
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        try region.catchUp(Region.insurer)
        try region.deliver(from: Region.hospital, to: Region.insurer)
        // The answer's finding was lost in a crash: it comes again, under the same reference.
        region.close(Region.insurer)
        try open(Region.insurer, region)
        let again = try tick(Region.insurer, region)
        #expect(again.map(\.kind) == [.finding])
        let prepared = try region.node(Region.insurer).prepare(again)
        region.close(Region.insurer)
        try open(Region.insurer, region)
        let third = try tick(Region.insurer, region)
        let repeated = try region.node(Region.insurer).prepare(third)
        #expect(repeated.map(\.isRepeated) == [true])
        #expect(repeated.map(\.commitment) == prepared.map(\.commitment))
        try region.commit(region.number(prepared, by: Region.insurer))
        region.close(Region.insurer)
        try open(Region.insurer, region)
        for _ in 0..<8 { #expect(try tick(Region.insurer, region).isEmpty) }
        #expect(try list(Region.insurer, region).map(\.isOpen) == [true])
    }

    @Test("a late payload holds the rules back, and a very late one lets them begin anew")
    func patience() throws {
        let region = try region()
        let record = try region.prepare([try Samples.record()], by: Region.hospital)
        let claim = try region.prepare([try Samples.claim()], by: Region.pharmacy)
        try region.block(record + claim)
        for id in Region.all { try region.catchUp(id) }
        // The claim comes, the record's payload does not: nobody may say that there is none.
        try region.deliver(from: Region.pharmacy, to: Region.regulator)
        #expect(try list(Region.regulator, region).isEmpty)
        #expect(try status(Region.regulator, region).rules.map(\.sealedCount) == [0])
        let regulator = try region.node(Region.regulator)
        #expect(regulator.height == Height(1) && regulator.rulesHeight == .genesis)
        for _ in 0..<6 { #expect(try tick(Region.regulator, region).isEmpty) }
        #expect(try status(Region.regulator, region).rules.map(\.sealedCount) == [1])
        #expect(regulator.rulesHeight == .genesis, "they went on, and have not seen it")
        try region.catchUp(Region.hospital)
        try region.deliver(from: Region.hospital, to: Region.regulator)
        #expect(try tick(Region.regulator, region).isEmpty)
        #expect(regulator.rulesHeight == regulator.height)
        #expect(try status(Region.regulator, region).rules.map(\.sealedCount) == [0])
        #expect(try list(Region.regulator, region).isEmpty)
    }

    @Test("what is sealed to others is answered: not evaluated, sealed, and counted")
    func sealed() throws {
        let region = try region()
        try region.commit(
            try region.prepare([try Samples.record(), try Samples.claim()], by: Region.hospital))
        try region.deliverAll()
        for _ in 0..<3 { #expect(try tick(Region.insurer, region).isEmpty) }
        let insurer = try status(Region.insurer, region).rules
        #expect(insurer.map(\.sealedCount) == [1] && insurer.map(\.openCount) == [0])
        try region.catchUp(Region.regulator)
        let regulator = try status(Region.regulator, region).rules
        #expect(regulator.map(\.sealedCount) == [0] && regulator.map(\.openCount) == [0])
    }

    @Test("a standing finding gives the parts of its bundle, each as it was committed")
    func bundle() throws {
        let region = try region()
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        for id in [Region.hospital, Region.insurer] { try region.catchUp(id) }
        try region.deliver(from: Region.hospital, to: Region.insurer)
        region.close(Region.insurer)
        try open(Region.insurer, region)
        let submissions = try tick(Region.insurer, region)
        let id = try #require(try list(Region.insurer, region).first?.id)
        let request = DeskRequest.bundle(finding: id).encode()
        #expect(throws: SupervisionError.findingNotStanding(id)) {
            try region.node(Region.insurer).control(request, at: region.now)
        }
        try region.commit(try region.prepare(submissions, by: Region.insurer))
        let parts = try BundleParts.decode(
            region.node(Region.insurer).control(request, at: region.now).answer)
        #expect(parts.leafIndex == 1 && parts.rules == [[0x80]])
        #expect(try FindingStatement.decode(parts.statement).finding == id)
        let entry = try #require(try region.node(Region.insurer).entries.entry(at: 0)).entry
        let evidence = try #require(parts.evidence.first)
        #expect(evidence.leafIndex == 0)
        let payload = try PayloadCheck.check(
            evidence.payload, salt: evidence.salt, of: entry, ledger: region.ledger)
        #expect(payload == (try Samples.claim().payload))
        let finding = try #require(try region.node(Region.insurer).entries.entry(at: 1)).entry
        _ = try PayloadCheck.check(
            Payload(
                mediaType: FindingStatement.mediaType, source: parts.statement, facts: []
            ).encode(), salt: parts.salt, of: finding, ledger: region.ledger)
        let explained = try ExplanationAnswer.decode(
            region.node(Region.insurer).control(
                DeskRequest.explain(finding: id).encode(), at: region.now
            ).answer)
        #expect(explained.text.contains("no record of the patient"))
        #expect(explained.explanations.map(\.outcome) == [.found])
        try region.node(Region.insurer).payloads.erase([entry])
        #expect(throws: SupervisionError.evidenceGone(leafIndex: 0)) {
            try region.node(Region.insurer).control(request, at: region.now)
        }
    }
}
