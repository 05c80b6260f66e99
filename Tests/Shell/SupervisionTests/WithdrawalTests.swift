import Findings
import Ledger
import Primitives
import Proofs
import Records
import Supervision
import Testing

@Suite("Withdrawals of findings")
struct WithdrawalTests {
    private let region: Region

    /// A finding of the insurer on a claim, which stands at leaf 1; then comes the record.
    init() throws {
        region = try Region(rules: [
            RuleVersion(
                id: OrphanClaims.id, hash: .zero, runners: [Region.insurer, Region.regulator])
        ])
        for id in [Region.insurer, Region.regulator] { try open(id) }
        try region.block(try region.prepare([try Samples.claim()], by: Region.hospital))
        try region.catchUp(Region.hospital)
        for id in [Region.insurer, Region.regulator] {
            try region.catchUp(id)
            try region.deliver(from: Region.hospital, to: id)
        }
        // The answer to the delivery carried the finding; it comes again after a restart.
        try reopen()
        let found = try tick(Region.insurer)
        try #require(found.count == 1)
        try region.commit(try region.prepare(found, by: Region.insurer))
        try region.deliverAll()
    }

    private func open(_ id: InstitutionID) throws {
        _ = try region.open(id) {
            $0.runner = { (versions, _) throws(SupervisionError) in
                try OrphanClaims.maker(versions)
            }
        }
    }

    private func reopen(_ id: InstitutionID = Region.insurer) throws {
        region.close(id)
        try open(id)
    }

    private func tick(_ id: InstitutionID) throws -> [Submission] {
        try region.block([])
        return try region.catchUp(id)
    }

    /// Anchors a record of the patient, and delivers it to those who run the rule.
    private func record() throws -> [Submission] {
        // Nobody but the regulator gets records by policy: this one names the insurer, too.
        var record = try Samples.record()
        record.recipients = [Region.insurer, Region.regulator]
        try region.block(try region.prepare([record], by: Region.hospital))
        try region.catchUp(Region.hospital)
        for id in [Region.insurer, Region.regulator] {
            try region.catchUp(id)
            try region.deliver(from: Region.hospital, to: id)
        }
        return try tick(Region.insurer)
    }

    private func list(_ id: InstitutionID) throws -> [FindingList.Item] {
        let reply = try region.node(id).control(
            DeskRequest.findings(after: nil).encode(), at: region.now)
        return try FindingList.decode(reply.answer).items
    }

    private func explain(_ finding: Digest, _ id: InstitutionID) throws -> String {
        let request = DeskRequest.explain(finding: finding).encode()
        return try ExplanationAnswer.decode(
            region.node(id).control(request, at: region.now).answer
        ).text
    }

    @Test("what later facts close is withdrawn by who stated it, once, over every restart")
    func withdrawn() throws {
        #expect(try tick(Region.insurer).isEmpty, "nothing speaks against it yet")
        var first = try record()
        if first.isEmpty {
            // It went with the answer to the delivery: a crash loses it, and it comes again.
            try reopen()
            first = try tick(Region.insurer)
        }
        let submission = try #require(first.first)
        #expect(first.count == 1 && submission.recipients == [Region.insurer, Region.regulator])
        guard case .finding(let mark) = submission.body else {
            Issue.record("no finding entry")
            return
        }
        #expect(mark.isWithdrawn && submission.subjects.isEmpty)
        let prepared = try region.node(Region.insurer).prepare(first)
        // A crash after it was numbered: it is handed out again, and is the same entry.
        try reopen()
        let again = try region.node(Region.insurer).prepare(try tick(Region.insurer))
        #expect(again.map(\.isRepeated) == [true])
        #expect(again.map(\.commitment) == prepared.map(\.commitment))
        try region.commit(region.number(prepared, by: Region.insurer))
        try region.deliverAll()
        try reopen()
        for id in [Region.insurer, Region.regulator] {
            for _ in 0..<15 { #expect(try tick(id).isEmpty, "\(id)") }
            let item = try #require(try list(id).first)
            #expect(try list(id).count == 1 && !item.isOpen)
            #expect(item.standing?.leafIndex == 1 && item.standing?.withdrawal?.leafIndex == 3)
            let text = try explain(item.id, id)
            #expect(text.contains("a claim without a record of the patient"))
            #expect(text.contains("WITHDRAWN at leaf 3"))
            #expect(text.contains("leaves 2") && text.contains("there is a record"))
        }
        try region.catchUp(Region.hospital)
        #expect(try list(Region.hospital).map(\.body) == [nil], "the accused reads nothing of it")
        let status = try DeskStatus.decode(
            region.node(Region.regulator).control(
                DeskRequest.status.encode(), at: region.now
            ).answer)
        #expect(status.standingCount == 0 && status.withdrawnCount == 1)
    }

    @Test("the parts of a withdrawn finding's bundle say why")
    func bundle() throws {
        var submissions = try record()
        if submissions.isEmpty {
            try reopen()
            submissions = try tick(Region.insurer)
        }
        try region.commit(try region.prepare(submissions, by: Region.insurer))
        try region.deliverAll()
        let id = try #require(try list(Region.insurer).first?.id)
        let parts = try BundleParts.decode(
            region.node(Region.insurer).control(
                DeskRequest.bundle(finding: id).encode(), at: region.now
            ).answer)
        #expect(parts.leafIndex == 1 && parts.evidence.map(\.leafIndex) == [0])
        let withdrawal = try #require(parts.withdrawal)
        #expect(withdrawal.leafIndex == 3)
        let statement = try WithdrawalStatement.decode(withdrawal.statement)
        #expect(statement.finding == id && statement.standing == 1 && statement.causes == [2])
        #expect(try BundleParts.decode(parts.encode()) == parts)
    }

    @Test("neither a finding that stands nor what it rests on is erased, one after the other")
    func findingsKeepTheirEvidence() throws {
        for (leaves, why) in [([UInt64(1)], "it is finding"), ([0], "rests on it"), ([0, 1], "")] {
            #expect {
                _ = try region.node(Region.insurer).control(
                    DeskRequest.erase(leaves: leaves, ground: "a wish").encode(), at: region.now)
            } throws: { error in
                guard case SupervisionError.held(_, let who) = error else { return false }
                return why.isEmpty || who.contains(why)
            }
        }
        #expect(try list(Region.insurer).first?.standing?.withdrawal == nil)
    }

    @Test("what is sealed or erased withdraws nothing: the finding stays")
    func undecided() throws {
        let claim = try #require(try region.node(Region.insurer).entries.entry(at: 0)).entry
        try region.node(Region.insurer).payloads.erase([claim])
        try reopen()
        for _ in 0..<3 { #expect(try tick(Region.insurer).isEmpty) }
        // A record that is sealed to others does not close it either.
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        for _ in 0..<3 { #expect(try tick(Region.insurer).isEmpty) }
        let item = try #require(try list(Region.insurer).first)
        #expect(item.standing?.withdrawal == nil)
    }
}
