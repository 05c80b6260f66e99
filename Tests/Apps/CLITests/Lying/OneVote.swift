internal import API
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Logging
internal import Node
internal import Primitives
internal import Records
internal import RuleLanguage
internal import Strangers
internal import Testing

@testable import custos

/// A ledger of one vote, made as `custos devnet` makes one, whose node runs in this process.
///
/// It has a desk only where it runs a rule: else nothing but what a test hands in moves it.
final class OneVote {
    let folder: String
    let place: NodePlace
    private let network: NetworkFile
    private let node: Node
    private let configuration: NodeConfiguration
    private let hospital: InstitutionID
    private var nextNumber: UInt64 = 1
    private let logger: Logger

    static let patients = (0..<3).map { OpaqueID(prefixOf: SHA256.hash([UInt8($0)])) }

    /// A new ledger in a folder; or one of the same keys and genesis as another, in its own folder.
    ///
    /// With a rule, the node has a desk that runs it.
    init(
        _ folder: String, as twin: OneVote? = nil, named name: String = "one",
        running rule: Rule? = nil
    ) throws {
        self.folder = folder
        if let twin {
            try FileManager.default.copyItem(atPath: twin.folder, toPath: folder)
        } else {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data(Self.description(name).utf8).write(
                to: URL(filePath: folder + "/network.yaml"))
        }
        network = try NetworkFile(path: folder + "/network.yaml")
        let layout = DevnetLayout(folder: folder)
        hospital = try #require(InstitutionID("hospital"))
        let regulator = try #require(InstitutionID("regulator"))
        let version = rule.map {
            RuleVersion(id: $0.header.id, hash: $0.hash, runners: [regulator])
        }
        _ = try layout.make(
            network, rules: [version].compactMap(\.self), basePort: 7400, now: .now)
        place = try NodePlace(layout.member(regulator).folder)
        var configuration = place.configuration
        configuration.listen.port = 0
        configuration.peers = []
        if let rule {
            try Files.makeFolder(configuration.data + "/rules")
            try Files.write(rule.encode(), to: configuration.data + "/rules/\(rule.hash).rule")
        } else {
            configuration.keys.seal = nil
        }
        configuration.http = .init(port: 0)
        self.configuration = configuration
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        self.logger = logger
        node = try Node(configuration, logger: logger)
    }

    private static func description(_ name: String) -> String {
        """
        name: \(name)
        institutions:
          hospital: {name: Hospital, kind: hospital, tier: county, power: 0}
          regulator: {name: Regulator, kind: regulator, tier: county, power: 1}
        parameters: {heartbeat: 3600000, epoch-days: 90}
        """
    }

    func start() async throws {
        try await node.start()
    }

    func stop() async throws {
        node.stop()
        try await node.run()
    }

    /// The node's HTTP door.
    func door() async throws -> Door {
        try #require(try await Door.open(configuration, of: node, logger: logger))
    }

    func client() async throws -> NodeClient { try await place.connect() }

    /// Anchors a block whose entries concern these patients, by number.
    func block(_ concerned: [Int], _ client: NodeClient) async throws {
        let entries = concerned.enumerated().map { offset, patient in
            let first = Self.patients[patient]
            let other = OpaqueID(prefixOf: SHA256.hash(Array("\(nextNumber) \(offset)".utf8)))
            return Entry(
                kind: .link, issuer: hospital, stream: StreamID(0),
                number: nextNumber + UInt64(offset),
                eventTime: Timestamp(milliseconds: 1_700_000_000_000),
                subjects: [first, other].sorted().map { .patient($0) },
                body: .link(LinkBody(first: first, second: other, relation: .same))
            ).encode()
        }
        let secret = SecretFolder(path: folder + "/hospital").submit(0)
        let batch = BatchWriter.batch(
            of: entries, ledger: try place.genesis.ledger, issuer: hospital, stream: StreamID(0),
            firstNumber: nextNumber, expiry: Height(500),
            signedBy: try SecretFile(path: secret).signingKey(secret))
        nextNumber += UInt64(entries.count)
        _ = try await client.submitBatch(batch, waits: true)
    }

    /// Nine blocks: the first patient has entries in most, the second in some, the third in none.
    func live(_ client: NodeClient, offset: Int = 0) async throws {
        for index in 0..<9 {
            try await block(index % 3 == offset ? [0, 1, 0] : [0, 1], client)
        }
    }

    /// Runs `body` with a client of each of these nodes, which run meanwhile and have lived before:
    /// the first as ``live(_:offset:)`` says, those after it otherwise than the one before.
    static func live<Result>(
        _ nodes: [OneVote], _ body: ([NodeClient]) async throws -> Result
    ) async throws -> Result {
        var clients: [NodeClient] = []
        for (offset, node) in nodes.enumerated() {
            try await node.start()
            let client = try await node.client()
            try await node.live(client, offset: offset)
            clients.append(client)
        }
        let result = try await body(clients)
        for client in clients { await client.close() }
        for node in nodes { try await node.stop() }
        return result
    }

    /// Lets governance know the issuer of statements; there is one vote.
    func register(_ issuer: String, _ client: NodeClient) async throws {
        let proposal = GovernanceProposal(
            action: .setStatementIssuer(
                StatementIssuer(
                    name: issuer,
                    keys: [try StatementKey(.es256k, try SignedStatement.key.publicKey.bytes)])),
            expiry: Height(400), reason: "a test")
        let secret = place.secrets.govern(1)
        let signer = GovernanceSigner(
            ledger: try place.genesis.ledger, institution: try place.institution,
            keys: [try SecretFile(path: secret).signingKey(secret)])
        let number = try await client.submit(
            Submission(
                kind: .governance, eventTime: .now, body: .governance(signer.propose(proposal))))
        _ = try await client.committed(try place.institution, StreamID(0), number: number)
    }

    /// The header of a block, kept in a file as `custos head` keeps it.
    func keepHead(_ height: Height = .genesis, at path: String, _ client: NodeClient) async throws {
        let block = try Block.decode(try await client.block(height).block)
        try Files.write(block.header.encode(), to: path)
    }
}
