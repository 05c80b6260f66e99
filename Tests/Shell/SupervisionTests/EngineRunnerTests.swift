import Ledger
import Primitives
import Records
import RuleEngine
import RuleLanguage
import SampleRules
import Storage
import Supervision
import Testing

@Suite("Rules from the node's folder")
struct EngineRunnerTests {
    /// A claim of a patient of whom no record is there at all.
    private static let rule = Rule.claimsWithoutRecord()

    private func region(hash: Digest = rule.hash) throws -> Region {
        let region = try Region(rules: [
            RuleVersion(
                id: "CE-01", hash: hash, runners: [Region.insurer, Region.regulator])
        ])
        return region
    }

    private func open(_ id: InstitutionID, _ region: Region) throws {
        _ = try region.open(id) { $0.rulesFolder = region.path(id) + "/rules" }
    }

    private func status(_ id: InstitutionID, _ region: Region) throws -> DeskStatus {
        try DeskStatus.decode(
            region.node(id).control(DeskRequest.status.encode(), at: region.now).answer)
    }

    @Test("a rule that is voted in travels from who has it to who runs it, and runs there at once")
    func travels() throws {
        let region = try Region()
        try SmallFile.write(
            Self.rule.encode(), to: region.path(Region.insurer) + "/rules/\(Self.rule.hash).rule")
        for id in [Region.insurer, Region.regulator] { try open(id, region) }
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        for id in [Region.insurer, Region.regulator] {
            try region.catchUp(id)
            try region.deliver(from: Region.hospital, to: id)
        }
        let version = RuleVersion(
            id: "CE-01", hash: Self.rule.hash, runners: [Region.insurer, Region.regulator])
        let timeline = try CharterTimeline(region.genesis).after(
            .setRules([version], retire: []), from: Height(2))
        for id in [Region.insurer, Region.regulator] { try region.node(id).follow(timeline) }
        try region.block([])
        for id in [Region.insurer, Region.regulator] { try region.catchUp(id) }
        #expect(try status(Region.insurer, region).rules.map(\.openCount) == [1])
        let lacking = try #require(try status(Region.regulator, region).rules.first)
        #expect(lacking.openCount == 0 && !lacking.problem.isEmpty)
        #expect(try region.deliver(from: Region.regulator, to: Region.insurer) == 1)
        try region.block([])
        try region.catchUp(Region.regulator)
        let running = try #require(try status(Region.regulator, region).rules.first)
        #expect(running.openCount == 1 && running.problem.isEmpty)
        // What was not asked for, or has another hash, is not kept.
        let forged = PeerQuestion.rules([.zero]).encode()
        let reply = try region.node(Region.insurer).answer(
            forged, from: Region.regulator, at: region.now)
        #expect(reply.answer == [0x82, 0x01, 0x80])
    }

    @Test("a rule that is there by its hash runs, and finds, and explains")
    func runs() throws {
        let region = try region()
        try SmallFile.write(
            Self.rule.encode(),
            to: region.path(Region.regulator) + "/rules/\(Self.rule.hash).rule")
        try open(Region.regulator, region)
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        try region.catchUp(Region.regulator)
        try region.deliver(from: Region.hospital, to: Region.regulator)
        let rules = try status(Region.regulator, region).rules
        #expect(rules.map(\.problem) == [""] && rules.map(\.openCount) == [1])
        let list = try FindingList.decode(
            region.node(Region.regulator).control(
                DeskRequest.findings(after: nil).encode(), at: region.now
            ).answer)
        let id = try #require(list.items.first?.id)
        let text = try ExplanationAnswer.decode(
            region.node(Region.regulator).control(
                DeskRequest.explain(finding: id).encode(), at: region.now
            ).answer
        ).text
        #expect(text.contains("leaf 0: found") && text.contains("records.none() = yes"))
        // The record comes: the finding is withdrawn before anybody published it.
        try region.block(try region.prepare([try Samples.record()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        try region.catchUp(Region.regulator)
        try region.deliver(from: Region.hospital, to: Region.regulator)
        #expect(try status(Region.regulator, region).rules.map(\.openCount) == [0])
    }

    @Test("why not is answered by the desk with the tree, what is sealed, and an access")
    func whyNot() throws {
        let region = try region()
        for id in [Region.insurer, Region.regulator] {
            try SmallFile.write(
                Self.rule.encode(), to: region.path(id) + "/rules/\(Self.rule.hash).rule")
            try open(id, region)
        }
        try region.commit(
            try region.prepare([try Samples.record(), try Samples.claim()], by: Region.hospital))
        try region.deliverAll()
        try region.commit([])
        func ask(
            _ id: InstitutionID, _ subject: Subject = .patient(Samples.patient), on day: Day? = nil
        ) throws -> (ExplanationAnswer, [Submission]) {
            let reply = try region.node(id).control(
                DeskRequest.whyNot(rule: "CE-01", subject: subject, on: day).encode(),
                at: region.now)
            return (try ExplanationAnswer.decode(reply.answer), reply.first)
        }
        // The regulator reads the record: there is one, so the rule does not find.
        let (regulator, first) = try ask(Region.regulator)
        #expect(regulator.explanations.map(\.outcome) == [.clear])
        #expect(regulator.explanations.first?.leafIndex == 1)
        #expect(regulator.text.contains("records.none() = no") && regulator.sealed.isEmpty)
        #expect(first.map(\.access?.action) == [.read])
        #expect(first.first?.subjects == [.patient(Samples.patient)])
        // The insurer may not read it, and is told which leaf that is.
        let (insurer, _) = try ask(Region.insurer)
        #expect(insurer.explanations.map(\.outcome) == [.notEvaluated])
        let other = try ask(Region.regulator, .patient(Region.opaque(9)))
        #expect(other.0.explanations.isEmpty && other.0.text.contains("can read none"))
        let day = try ask(Region.regulator, on: Day(number: 3))
        #expect(day.0.explanations.isEmpty)
        #expect(throws: SupervisionError.ruleNotRun("CE-99")) {
            try region.node(Region.insurer).control(
                DeskRequest.whyNot(
                    rule: "CE-99", subject: .patient(Samples.patient), on: nil
                ).encode(), at: region.now)
        }
    }

    @Test("sealed entries are answered by the engine, too")
    func sealed() throws {
        let region = try region()
        try SmallFile.write(
            Self.rule.encode(),
            to: region.path(Region.insurer) + "/rules/\(Self.rule.hash).rule")
        try open(Region.insurer, region)
        try region.commit(
            try region.prepare([try Samples.record(), try Samples.claim()], by: Region.hospital))
        try region.deliverAll()
        let rules = try status(Region.insurer, region).rules
        #expect(rules.map(\.sealedCount) == [1] && rules.map(\.openCount) == [0])
    }

    @Test("a rule that is missing, or not the one that the ledger names, is told and not run")
    func problems() throws {
        let missing = try region()
        try open(Region.insurer, missing)
        #expect(
            try status(Region.insurer, missing).rules.first?.problem.contains("cannot be read")
                == true)
        let other = try region(hash: .zero)
        try SmallFile.write(
            Self.rule.encode(), to: other.path(Region.insurer) + "/rules/\(Digest.zero).rule")
        try open(Region.insurer, other)
        #expect(
            try status(Region.insurer, other).rules.first?.problem.contains("with the hash")
                == true)
        let bytes = try region(hash: .zero)
        try SmallFile.write(
            [1, 2], to: bytes.path(Region.insurer) + "/rules/\(Digest.zero).rule")
        try open(Region.insurer, bytes)
        #expect(
            try status(Region.insurer, bytes).rules.first?.problem.contains("no canonical rule")
                == true)
    }
}
