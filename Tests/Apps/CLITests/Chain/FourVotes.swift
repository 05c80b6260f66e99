internal import Cryptography
internal import Foundation
internal import Ledger
internal import Logging
internal import Node
internal import Primitives
internal import Records
internal import Testing

@testable import custos

/// A ledger of four votes, made as `custos devnet` makes one, whose nodes run in this process.
///
/// The regulator's has a desk, and carries what the institutions propose and vote.
final class FourVotes {
    static let names = ["hospital", "insurer", "pharmacy", "regulator"]
    static let patient = OpaqueID(prefixOf: SHA256.hash([1]))

    let place: NodePlace
    let genesisFile: String
    private let layout: DevnetLayout
    private var nodes: [String: Node] = [:]

    init(_ folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(Self.description.utf8).write(to: URL(filePath: folder + "/network.yaml"))
        let network = try NetworkFile(path: folder + "/network.yaml")
        layout = DevnetLayout(folder: folder)
        let rule = RuleVersion(
            id: "PR-03", hash: SHA256.hash([2]), runners: [try Self.id("insurer")])
        _ = try layout.make(network, rules: [rule], basePort: 7500, now: .now)
        genesisFile = layout.genesisFile(network)
        place = try NodePlace(layout.member(Self.id("regulator")).folder)
    }

    private static let description = """
        name: four
        institutions:
          hospital: {name: Hospital, kind: hospital, tier: county, power: 1}
          insurer: {name: Insurer, kind: insurer, tier: county, power: 1}
          pharmacy: {name: Pharmacy, kind: pharmacy, tier: county, power: 1}
          regulator: {name: Regulator, kind: regulator, tier: county, power: 1}
        parameters: {heartbeat: 200, timeout-propose: 500, timeout-vote: 250}
        """

    static func id(_ name: String) throws -> InstitutionID {
        try #require(InstitutionID(name))
    }

    /// Starts all nodes, which find each other where they came to listen.
    func start() async throws {
        var addresses: [NodeConfiguration.PeerAddress] = []
        for name in Self.names {
            var configuration = try NodePlace(layout.member(Self.id(name)).folder).configuration
            configuration.listen.port = 0
            configuration.peers = []
            configuration.http = nil
            if name != "regulator" { configuration.keys.seal = nil }
            var logger = Logger(label: name)
            logger.logLevel = .critical
            let node = try Node(configuration, logger: logger)
            let port = try await node.start()
            addresses.append(.init(institution: name, host: "127.0.0.1", port: port))
            nodes[name] = node
        }
        for (name, node) in nodes {
            node.connect(to: addresses.filter { $0.institution != name })
        }
    }

    func stop(_ names: [String]) async throws {
        for name in names {
            guard let node = nodes.removeValue(forKey: name) else { continue }
            node.stop()
            try await node.run()
        }
    }

    /// Hands a submission in at the regulator's, and waits until it is anchored; returns its leaf.
    @discardableResult
    func anchor(_ submission: Submission, _ client: NodeClient) async throws -> UInt64 {
        let number = try await client.submit(submission)
        return try await client.committed(try place.institution, StreamID(0), number: number)
            .leafIndex
    }

    /// Says that the patient has another pseudonym, by number.
    @discardableResult
    func link(_ number: UInt8, _ client: NodeClient) async throws -> UInt64 {
        let other = OpaqueID(prefixOf: SHA256.hash([9, number]))
        return try await anchor(
            Submission(
                kind: .link, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
                subjects: [Self.patient, other].sorted().map { .patient($0) },
                body: .link(LinkBody(first: Self.patient, second: other, relation: .same))),
            client)
    }

    /// Has all four agree on a change, as far as it needs them; expects that it is in force once
    /// this returns.
    func agree(on action: GovernanceAction, _ client: NodeClient) async throws {
        let height = try await client.status().height
        let proposal = GovernanceProposal(
            action: action, expiry: Height(height.blocks + 400), reason: "a test at \(height)")
        for name in Self.names.reversed() {
            let secret = SecretFolder(of: try Self.id(name), in: layout.folder).govern(1)
            let signer = GovernanceSigner(
                ledger: try place.genesis.ledger, institution: try Self.id(name),
                keys: [try SecretFile(path: secret).signingKey(secret)])
            let known = try await standing(of: proposal, client)
            if known?.hasPrefix("in force") == true { return }
            let body =
                known == nil
                ? signer.propose(proposal) : signer.vote(on: proposal.id, isFor: true)
            try await anchor(
                Submission(kind: .governance, eventTime: .now, body: .governance(body)), client)
        }
        #expect(try await standing(of: proposal, client)?.hasPrefix("in force") == true)
    }

    private func standing(
        of proposal: GovernanceProposal, _ client: NodeClient
    ) async throws -> String? {
        let record = try await client.governance().proposals.first { $0.id == proposal.id }
        return record.map { "\($0.standing)" }
    }
}
