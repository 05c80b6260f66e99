internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import RuleEngine
internal import RuleLanguage
internal import SampleRules
internal import Storage
internal import Supervision
internal import Testing
internal import Transport

@testable import Node

/// Knowledge tables that are voted in on nodes that run, and travel to those that lack them.
@Suite("Knowledge tables on nodes that run", .timeLimit(.minutes(30)))
struct RunningTablesTests {
    /// A table that lists types of claims, and enough else to come in several chunks.
    private static func table(listing types: String...) throws -> KnowledgeTable {
        let others = (0..<3_000).map { "type number \($0) that nobody bills, \(types)" }
        return try .blocked(types + others, source: "an agreement", licence: "none")
    }

    private static func version(_ table: KnowledgeTable) -> TableVersion {
        TableVersion(
            name: table.schema.name, hash: table.hash, byteCount: UInt64(table.byteCount))
    }

    private static let rule = Rule.claimsOfBlockedTypes

    private func write(_ table: KnowledgeTable, to folder: String) throws {
        try SmallFile.write(table.encode(), to: "\(folder)/rules/\(table.hash).table")
    }

    private func status(_ client: NodeClient) async throws -> DeskStatus {
        try DeskStatus.decode(try await client.desk(DeskRequest.status.encode()))
    }

    /// The bundles of the findings that stand, in the order of the ledger.
    private func bundles(_ client: NodeClient) async throws -> [FindingBundle] {
        let list = try FindingList.decode(
            try await client.desk(DeskRequest.findings(after: nil).encode()))
        var bundles: [FindingBundle] = []
        for item in list.items where item.standing != nil {
            let parts = try BundleParts.decode(
                try await client.desk(DeskRequest.bundle(finding: item.id).encode()))
            func proof(_ leaf: UInt64) async throws -> ProofFile {
                try ProofFile.decode(try await client.proof(leaf: leaf))
            }
            var evidence: [FindingBundle.Evidence] = []
            for part in parts.evidence {
                evidence.append(
                    FindingBundle.Evidence(
                        proof: try await proof(part.leafIndex), payload: part.payload,
                        salt: part.salt))
            }
            bundles.append(
                FindingBundle(
                    proof: try await proof(parts.leafIndex), statement: parts.statement,
                    salt: parts.salt, rules: parts.rules,
                    knowledge: parts.tables.map { .init(name: $0.name, rows: $0.bytes) },
                    evidence: evidence,
                    rule: try RuleProof.decode(try await client.ruleProof("CE-02")),
                    tables: [try TableProof.decode(try await client.tableProof("blocked"))]))
        }
        return bundles
    }

    @Test("a version is voted in and superseded, travels, and is named by what is found with it")
    func lifeCycle() async throws {
        let network = try TestNetwork(supervises: true)
        let running = RunningNetwork(network)
        try await running.start([0, 1, 2, 3])
        let chamber = Chamber(running: running, carrier: 0)
        let issuer = try await running.client(0)
        let desk = try await running.client(3)
        let first = try Self.table(listing: "first")
        let second = try Self.table(listing: "first", "second")
        #expect(first.outline.leaves.count > 2)
        // Tables and rule lie at one node, which runs no rules.
        for table in [first, second] { try write(table, to: network.data(1)) }
        try SmallFile.write(
            Self.rule.encode(), to: network.data(1) + "/rules/\(Self.rule.hash).rule")
        let rule = RuleVersion(
            id: "CE-02", hash: Self.rule.hash, runners: [network.ids[2], network.ids[3]])
        try await chamber.agree(on: .setRules([rule], retire: []), by: [0, 1, 2])
        for (number, type) in [(1, "first"), (2, "second")] {
            _ = try await issuer.submit(
                try RunningRulesTests.claim(UInt64(number), type: type))
        }
        // Without its table the rule does not run, and says so.
        try await RunningRulesTests.until(desk) {
            try await status(desk).rules.first?.problem.contains("blocked") ?? false
        }
        try await chamber.agree(on: .setTables([Self.version(first)], retire: []), by: [0, 1, 2])
        try await RunningRulesTests.until(desk) { try await bundles(desk).count == 1 }
        let standing = try #require(try await status(desk).tables.first)
        #expect(standing.table == Self.version(first) && standing.problem.isEmpty)
        #expect(standing.ruleCount == 1 && standing.byteCount == UInt64(first.byteCount))
        let here = network.data(3) + "/rules/\(first.hash).fetched"
        #expect(try SmallFile.read(here) == first.encode())

        try await chamber.agree(on: .setTables([Self.version(second)], retire: []), by: [0, 1, 2])
        try await RunningRulesTests.until(desk) { try await bundles(desk).count == 2 }
        // What is found with both versions stays the one finding that it was.
        try await chamber.commit(4, at: 0)
        try await chamber.follows(3)
        #expect(try await status(desk).openCount == 2)

        try await verify(desk, network, first, second)
        for client in [issuer, desk] { await client.close() }
        try await running.stopAll()
    }

    /// Offline, each finding is found again with the version that was in force when it was found.
    private func verify(
        _ desk: NodeClient, _ network: TestNetwork, _ first: KnowledgeTable,
        _ second: KnowledgeTable
    ) async throws {
        let verifier = try FindingVerifier(genesis: network.genesis)
        let found = try await bundles(desk)
        var named: [Digest] = []
        for bundle in found {
            let verified = try verifier.verify(bundle)
            named += verified.outline.tables.map(\.hash)
            #expect(!verified.limits.contains { $0.contains("table") })
        }
        #expect(named == [first.hash, second.hash])
        // A bundle with another version in it is refused.
        let bent = FindingBundle(
            proof: found[0].proof, statement: found[0].statement, salt: found[0].salt,
            rules: found[0].rules, knowledge: found[1].knowledge, evidence: found[0].evidence,
            rule: found[0].rule, tables: found[0].tables)
        #expect(throws: FindingFailure.self) { try verifier.verify(bent) }
        let history = try Auditor(genesis: network.genesis).verify(
            try TableProof.decode(try await desk.tableProof("blocked"))
        ).history
        #expect(history?.points.map { $0.standing.version?.hash } == [first.hash, second.hash])
    }

    @Test("a node that is given a false chunk refuses it, and gets the table from another one")
    func falseChunk() async throws {
        let network = try TestNetwork(supervises: true)
        let running = RunningNetwork(network)
        let table = try Self.table(listing: "first")
        try write(table, to: network.data(1))
        try await running.start([0, 1, 2, 3])
        let chamber = Chamber(running: running, carrier: 0)
        let desk = try await running.client(3)
        // The node has read the table; what lies on its disk becomes another one.
        let path = network.data(1) + "/rules/\(table.hash).table"
        try File(path, flags: File.making).write([0xff], at: table.byteCount - 3)
        try await chamber.agree(on: .setTables([Self.version(table)], retire: []), by: [0, 1, 2])
        try await RunningRulesTests.until(desk) {
            let standing = try await status(desk).tables.first
            return standing.map { $0.byteCount > 0 } ?? false
        }
        try await chamber.commit(4, at: 0)
        try await chamber.follows(3)
        let lacking = try #require(try await status(desk).tables.first)
        #expect(lacking.byteCount < UInt64(table.byteCount) && !lacking.problem.isEmpty)
        #expect(!SmallFile.exists(network.data(3) + "/rules/\(table.hash).fetched"))

        try write(table, to: network.data(2))
        try await chamber.commit(40, at: 0)
        try await RunningRulesTests.until(desk) {
            try await status(desk).tables.first?.problem.isEmpty ?? false
        }
        let got = try SmallFile.read(network.data(3) + "/rules/\(table.hash).fetched")
        #expect(got == table.encode())
        await desk.close()
        try await running.stopAll()
    }
}
