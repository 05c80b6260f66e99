import Ledger
import Primitives
import Proofs
import Records
import RuleEngine
import RuleLanguage
import SampleRules
import Storage
import Supervision
import Testing

@Suite("Back-tests at the desk")
struct BackTestTests {
    /// Finds fault with every claim that was submitted before a time.
    private static func rule(before milliseconds: Int64) -> Rule {
        .ofClaims(
            "CE-01", "Early claim",
            where: Expression(
                .binary(
                    .less, .ofClaim("submitted"),
                    Expression(
                        .literal(
                            .instant(Timestamp(milliseconds: milliseconds), zoneMinutes: 0))))),
            reason: "early")
    }

    private static let inForce = rule(before: 3_000)

    /// A region in which the insurer finds claims at 1,000 and 2,000 ms, not at 3,000 and 4,000.
    private func region() throws -> Region {
        let region = try Region(rules: [
            RuleVersion(id: "CE-01", hash: Self.inForce.hash, runners: [Region.insurer])
        ])
        try SmallFile.write(
            Self.inForce.encode(),
            to: region.path(Region.insurer) + "/rules/\(Self.inForce.hash).rule")
        _ = try region.open(Region.insurer) {
            $0.rulesFolder = region.path(Region.insurer) + "/rules"
        }
        let claims = try (1...4).map { number in
            try Samples.claim(Region.opaque(UInt8(number)), at: Int64(number) * 1_000)
        }
        try region.commit(try region.prepare(claims, by: Region.hospital))
        return region
    }

    /// Delivers the claims, and anchors what the insurer finds; gives the findings' ids.
    private func anchor(_ region: Region) throws -> [Digest] {
        let (hospital, insurer) = (
            try region.node(Region.hospital), try region.node(Region.insurer)
        )
        var found: [Submission] = []
        while let question = try hospital.outgoing(to: Region.insurer, at: region.now) {
            let reply = try insurer.answer(question, from: Region.hospital, at: region.now)
            try hospital.answered(reply.answer, by: Region.insurer, at: region.now)
            found += reply.first
        }
        try region.commit(try region.prepare(found, by: Region.insurer))
        let list = try FindingList.decode(
            region.node(Region.insurer).control(
                DeskRequest.findings(after: nil).encode(), at: region.now
            ).answer)
        return list.items.filter { $0.standing != nil }.map(\.id)
    }

    private func close(
        _ finding: Digest, as outcome: CaseStatement.Outcome, case number: UInt8, _ region: Region
    ) throws {
        let id = Region.opaque(number)
        var previous: UInt64?
        for step in [CaseBody.Step.opened, .closed] {
            let isLast = step == .closed
            let statement = CaseStatement(
                blindedCase: id, step: step, words: "looked at", findings: isLast ? [] : [finding],
                decision: isLast ? CaseStatement.Decision(outcome: outcome) : nil)
            let before = try region.node(Region.insurer).entries.mark.leafCount
            try region.commit(
                try region.prepare(
                    [
                        Submission(
                            kind: step.kind, eventTime: Timestamp(milliseconds: 9_000),
                            body: .case(
                                CaseBody(blindedCase: id, step: step, previous: previous)),
                            payload: statement.payload)
                    ], by: Region.insurer))
            previous = before
        }
    }

    private func report(_ request: DeskRequest, _ region: Region) throws -> BackTestReport {
        #expect(try DeskRequest.decode(request.encode()) == request)
        let answer = try region.node(Region.insurer).control(request.encode(), at: region.now)
        let reports = try BackTestReport.decode(answer.answer)
        #expect(try BackTestReport.decode(BackTestReport.encode(reports)) == reports)
        return try #require(reports.first)
    }

    @Test("hits are told against the version in force")
    func hits() throws {
        let region = try region()
        try region.deliver(from: Region.hospital, to: Region.insurer)
        for (limit, hits, won, lost) in [
            (3_000, 2, 0, 0), (2_000, 1, 0, 1), (5_000, 4, 2, 0), (500, 0, 0, 2),
        ] {
            let rule = Self.rule(before: Int64(limit))
            let report = try report(.backTest(rule: rule.encode()), region)
            #expect(report.rule == "CE-01" && report.hash == rule.hash && report.factCount == 4)
            #expect(report.hitCount == UInt64(hits), "\(limit)")
            guard limit != 3_000 else { continue }
            #expect(report.wonCount == UInt64(won) && report.lostCount == UInt64(lost), "\(limit)")
        }
    }

    @Test("cases closed as confirmed are won or lost, and cleared ones are hit")
    func cases() throws {
        let region = try region()
        let findings = try anchor(region)
        #expect(findings.count == 2)
        try close(findings[0], as: .confirmed, case: 0x61, region)
        try close(findings[1], as: .notSuspicious, case: 0x62, region)
        func counts(_ limit: Int64) throws -> [UInt64] {
            let report = try report(
                .backTest(rule: Self.rule(before: limit).encode()), region)
            return [
                report.confirmedWonCount, report.confirmedLostCount, report.clearedCount,
            ]
        }
        #expect(try counts(5_000) == [0, 0, 1])
        #expect(try counts(500) == [0, 1, 0])
        // Between the two findings: one of confirmed and cleared is still hit, as leaves go.
        let between = try counts(2_000)
        #expect(between == [0, 0, 0] || between == [0, 1, 1])
        // An overturned decision is no loss any more.
        try close(findings[0], as: .overturned, case: 0x63, region)
        #expect(try counts(5_000)[2] >= 1)
    }

    @Test("it is read some at a time, and the desk answers others in between")
    func slices() throws {
        let region = try region()
        for block in 0..<40 {
            let claims = try (0..<50).map { number in
                try Samples.claim(
                    Region.opaque(UInt8(100 + number % 100)), at: Int64(block * 50 + number))
            }
            try region.commit(try region.prepare(claims, by: Region.hospital))
        }
        try region.deliver(from: Region.hospital, to: Region.insurer)
        let node = try region.node(Region.insurer)
        let request = DeskRequest.backTest(rule: Self.rule(before: 5_000).encode()).encode()
        let job = try #require(try node.job(for: request))
        #expect(try node.job(for: DeskRequest.status.encode()) == nil)
        var steps = 0
        while let work = try job.next() {
            steps += 1
            work()
            let status = try DeskStatus.decode(
                node.control(DeskRequest.status.encode(), at: region.now).answer)
            #expect(status.rules.count == 1)
        }
        #expect(steps > 3)
        let report = try #require(try BackTestReport.decode(job.answer()).first)
        #expect(report.factCount == 2_004 && report.hitCount == 2_004)
    }

    @Test("a table is tried with the rules in force that look things up in it")
    func table() throws {
        let rule = Rule.claimsOfBlockedTypes
        let old = try KnowledgeTable.blocked(["other"])
        let new = try KnowledgeTable.blocked(["other", Samples.marker])
        let region = try Region(rules: [
            RuleVersion(id: "CE-02", hash: rule.hash, runners: [Region.insurer])
        ])
        let folder = region.path(Region.insurer) + "/rules"
        try SmallFile.write(rule.encode(), to: "\(folder)/\(rule.hash).rule")
        try SmallFile.write(old.encode(), to: "\(folder)/\(old.hash).table")
        _ = try region.open(Region.insurer) { $0.rulesFolder = folder }
        try region.commit(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.deliver(from: Region.hospital, to: Region.insurer)
        #expect(throws: SupervisionError.self) { try report(.backTestTable(new.hash), region) }
        try SmallFile.write(new.encode(), to: "\(folder)/\(new.hash).table")
        let found = try report(.backTestTable(new.hash), region)
        #expect(found.rule == "CE-02" && found.hitCount == 1)
        #expect(found.wonCount == 1 && found.lostCount == 0)
    }
}
