import Ledger
import Primitives
import Records
import RuleLanguage
import Storage
import Supervision
import Testing

@Suite("Rules from the node's folder")
struct EngineRunnerTests {
    /// A claim of a patient of whom no record is there at all.
    private static let rule = Rule(
        header: RuleHeader(
            id: "CE-01", title: "Claim without a record", status: .stable, level: .high,
            result: .suspicious, basis: [], attributes: []),
        kind: Named("claim"), variable: Named("c"), filter: nil,
        bindings: [
            Binding(
                name: Named("records"),
                content: .window(
                    WindowPhrase(
                        kind: "record", position: .none, times: [],
                        keys: [
                            WindowPhrase.Key(
                                field: nil,
                                value: Expression(.field(Expression(.name("c")), "patient")))
                        ], stretch: nil, order: .any, filter: nil)))
        ],
        condition: Expression(.method(Expression(.name("records")), "none", [])),
        exceptions: [], subject: Expression(.field(Expression(.name("c")), "patient")),
        violating: [Named("c")], involved: [Named("records")], amount: nil,
        reason: [.text("no record of the patient")], predicates: [])

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
                DeskRequest.findings.encode(), at: region.now
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
