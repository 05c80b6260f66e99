internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import RuleLanguage
internal import SampleRules
internal import Storage
internal import Supervision
internal import Testing
internal import Transport

@testable import Node

/// Rules that come, change and go on nodes that run, none of which is started again.
@Suite("Rules on nodes that run", .timeLimit(.minutes(30)))
struct RunningRulesTests {
    /// Finds fault with every claim of a type.
    private static func rule(against type: String) -> Rule {
        .ofClaims(
            "CE-01", "Claim of the type \(type)",
            where: Expression(
                .binary(.equal, .ofClaim("type"), Expression(.literal(.text(type))))),
            reason: type)
    }

    private static let first = rule(against: "first")
    private static let second = rule(against: "second")

    static func claim(_ number: UInt64, type: String) throws -> Submission {
        let claim = TestNetwork.patient(1_000 + number)
        var fact = Fact(.claim)
        try fact.set("claim", to: .id(claim))
        try fact.set("patient", to: .id(TestNetwork.patient(number)))
        try fact.set("type", to: .text(type))
        return Submission(
            kind: .claim, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            subjects: [.patient(TestNetwork.patient(number)), .claim(claim)],
            payload: Payload(mediaType: "", source: [], facts: [fact]))
    }

    /// Looks with each further block until it is so.
    static func until(
        _ client: NodeClient, _ isSo: () async throws -> Bool
    ) async throws {
        let notices = client.watch(from: try await client.status().height)
        for try await _ in notices where try await isSo() { return }
    }

    private func standings(_ client: NodeClient) async throws -> [DeskStatus.RuleStanding] {
        try DeskStatus.decode(try await client.desk(DeskRequest.status.encode())).rules
    }

    /// Who anchored the findings that stand, in the order of the ledger.
    private func anchored(_ client: NodeClient) async throws -> [InstitutionID] {
        try FindingList.decode(try await client.desk(DeskRequest.findings(after: nil).encode()))
            .items
            .compactMap(\.standing?.issuer)
    }

    @Test("a rule is tried, voted in, superseded and ended, and a proof tells when")
    func lifeCycle() async throws {
        let network = try TestNetwork(supervises: true)
        let running = RunningNetwork(network)
        try await running.start([0, 1, 2, 3])
        let chamber = Chamber(running: running, carrier: 0)
        let (hospital, regulator) = (network.ids[2], network.ids[3])
        let issuer = try await running.client(0)
        let desk = try await running.client(3)
        // The rules lie at one node, which runs none; no configuration names a folder of rules.
        for rule in [Self.first, Self.second] {
            try SmallFile.write(
                rule.encode(), to: network.data(1) + "/rules/\(rule.hash).rule")
        }
        func vote(_ rule: Rule, trial: [InstitutionID]? = nil) async throws {
            let version = RuleVersion(
                id: "CE-01", hash: rule.hash, runners: [hospital, regulator], trial: trial)
            try await chamber.agree(on: .setRules([version], retire: []), by: [0, 1, 2])
        }
        _ = try await issuer.submit(try Self.claim(1, type: "first"))
        try await vote(Self.first, trial: [])
        try await Self.until(desk) {
            try await standings(desk).contains { $0.stage == .shadow && $0.openCount == 1 }
        }
        // Blocks come and go, and nothing is anchored.
        try await chamber.commit(4, at: 0)
        try await chamber.follows(3)
        #expect(try await anchored(desk).isEmpty)

        try await vote(Self.first, trial: [regulator])
        try await Self.until(desk) { try await anchored(desk) == [regulator] }
        #expect(try await standings(desk).map(\.stage) == [.canary])

        try await vote(Self.first)
        _ = try await issuer.submit(try Self.claim(2, type: "first"))
        try await Self.until(desk) { try await anchored(desk) == [regulator, regulator] }
        #expect(try await standings(desk).map(\.stage) == [.inForce])

        // What is superseded finds nothing new, and what it found stays.
        try await vote(Self.second)
        for (number, type) in [(3, "first"), (4, "second")] {
            _ = try await issuer.submit(try Self.claim(UInt64(number), type: type))
        }
        try await Self.until(desk) { try await anchored(desk).count == 3 }
        #expect(try await standings(desk).map(\.openCount) == [1])

        // An emergency: three votes, and it is over with the next block.
        try await chamber.agree(on: .setRules([], retire: ["CE-01"]), by: [0, 1, 2])
        _ = try await issuer.submit(try Self.claim(5, type: "second"))
        try await chamber.commit(4, at: 0)
        try await chamber.follows(3)
        #expect(try await standings(desk).isEmpty)
        #expect(try await anchored(desk).count == 3)

        try verifyHistory(try await issuer.ruleProof("CE-01"), network, canary: regulator)
        try await verifyBundles(desk)
        for client in [issuer, desk] { await client.close() }
        try await running.stopAll()
    }

    /// Offline, with nothing but the genesis.
    private func verifyHistory(
        _ bytes: [UInt8], _ network: TestNetwork, canary: InstitutionID
    ) throws {
        let proven = try Auditor(genesis: network.genesis).verify(try RuleProof.decode(bytes))
        let points = proven.history.points.map(\.standing)
        let (first, second) = (Self.first.hash, Self.second.hash)
        #expect(points.map { $0.inForce?.hash } == [nil, nil, nil, first, second, nil])
        #expect(points.map { $0.trial?.hash } == [nil, first, first, nil, nil, nil])
        #expect(points.map { $0.trial?.trial } == [nil, [], [canary], nil, nil, nil])
    }

    /// What a rule found while it was in force can be shown after its end.
    private func verifyBundles(_ desk: NodeClient) async throws {
        let list = try FindingList.decode(
            try await desk.desk(DeskRequest.findings(after: nil).encode()))
        for (item, rule) in zip(list.items, [Self.first, Self.first, Self.second]) {
            let parts = try BundleParts.decode(
                try await desk.desk(DeskRequest.bundle(finding: item.id).encode()))
            #expect(parts.rules == [rule.encode()])
        }
    }

    @Test("who is voted to run a rule gets the keys of patients while it runs")
    func patientKeys() async throws {
        let network = try TestNetwork(supervises: true)
        let running = RunningNetwork(network)
        for index in 0..<4 {
            running.changes[index] = { $0.identityProvider = network.ids[3].name }
        }
        try await running.start([0, 1, 2, 3])
        let hospital = try await running.client(0)
        let runner = try await running.client(2)
        let request = DeskRequest.names([LocalName(.patient, "A-1")], .treatment)
        try await Self.until(hospital) {
            try NamesAnswer.decode(try await hospital.desk(request.encode())).ids != [nil]
        }
        func keys() async throws -> String {
            let bytes = try await runner.desk(DeskRequest.identities.encode())
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try await keys() == "no patient keys are kept on this node")
        let version = RuleVersion(
            id: "CE-01", hash: Self.first.hash, runners: [network.ids[2]], trial: [])
        try await Chamber(running: running, carrier: 0).agree(
            on: .setRules([version], retire: []), by: [0, 1, 2])
        try await Self.until(runner) { try await keys() == "keys of 1 patients are held here" }
        for client in [hospital, runner] { await client.close() }
        try await running.stopAll()
    }
}
