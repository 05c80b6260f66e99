internal import Cryptography
internal import Foundation
internal import Ledger
internal import Logging
internal import Primitives
internal import Records
internal import Sealing
internal import Storage
internal import Transport

@testable import Node

/// Four institutions with their keys, files and directories under one temporary directory.
final class TestNetwork: Sendable {
    let root: String
    let genesis: Genesis
    /// Those of the genesis first, then those that are to come.
    let ids: [InstitutionID]
    let submitKeys: [SigningKey]
    let governKeys: [SigningKey]
    /// Institutions that have keys and files, and do not stand in the genesis.
    let newcomers: [Institution]
    /// Whether its nodes seal payloads and deliver them.
    let supervises: Bool

    init(
        name: String = "test", parameters: Parameters = .quick, size: Int = 4,
        newcomerCount: Int = 0, supervises: Bool = false
    ) throws {
        self.supervises = supervises
        root = "/tmp/cn-" + UUID().uuidString.prefix(13)
        var ids: [InstitutionID] = []
        var members: [Institution] = []
        var submitKeys: [SigningKey] = []
        var governKeys: [SigningKey] = []
        for index in 0..<size + newcomerCount {
            let id = try InstitutionID("node-\(index)").orThrow()
            let folder = "\(root)/\(id)"
            let identity = try TLSIdentity.make(for: id)
            try SmallFile.write(Array(identity.certificatePEM.utf8), to: folder + "/tls.crt")
            try SmallFile.write(Array(identity.privateKeyPEM.utf8), to: folder + "/tls.key")
            let submit = try TestNetwork.makeKey(folder + "/submit-0.secret", index * 2 + 1)
            let consensus = try TestNetwork.makeKey(
                folder + "/consensus.secret", index * 2 + 2)
            let seal = try TestNetwork.makeSealKey(folder + "/seal.secret", index)
            let govern = try TestNetwork.makeKey(folder + "/govern-1.secret", 1_000 + index)
            governKeys.append(govern)
            members.append(
                Institution(
                    id: id, name: "Node \(index)",
                    kind: index == size - 1 ? .regulator : .hospital, tier: .county,
                    power: index < size ? 10 : 0,
                    submitKeys: [.init(stream: StreamID(0), key: submit.publicKey)],
                    consensusKey: consensus.publicKey, governKeys: [govern.publicKey],
                    sealKey: seal.bytes,
                    tlsPin: identity.pin))
            ids.append(id)
            submitKeys.append(submit)
        }
        self.ids = ids
        self.submitKeys = submitKeys
        self.governKeys = governKeys
        newcomers = Array(members[size...])
        genesis = try Genesis(
            name: name, start: Timestamp(milliseconds: 1_700_000_000_000),
            institutions: Array(members[..<size]), parameters: parameters)
        try SmallFile.write(genesis.encode(), to: root + "/genesis.cbor")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    static func makeKey(_ path: String, _ seed: Int) throws -> SigningKey {
        let secret = SHA256.hash(Array("key \(seed)".utf8)).bytes
        try SmallFile.write(
            Array("custos secret 1\na test\n\(secret.hex)\n".utf8), to: path)
        return try SigningKey(secret: secret)
    }

    static func makeSealKey(_ path: String, _ seed: Int) throws -> SealPublicKey {
        let secret = SHA256.hash(Array("seal \(seed)".utf8)).bytes
        try SmallFile.write(
            Array("custos secret 1\na test\n\(secret.hex)\n".utf8), to: path)
        return try SealSecretKey(secret).publicKey
    }

    func configuration(_ index: Int, port: Int = 0) -> NodeConfiguration {
        let folder = "\(root)/\(ids[index])"
        var configuration = NodeConfiguration(
            institution: ids[index], genesis: root + "/genesis.cbor", data: folder + "/data",
            listen: .init(host: "127.0.0.1", port: port),
            keys: .init(
                consensus: folder + "/consensus.secret",
                submit: ["0": folder + "/submit-0.secret"],
                tlsCertificate: folder + "/tls.crt", tlsKey: folder + "/tls.key",
                seal: supervises ? folder + "/seal.secret" : nil),
            peers: [])
        configuration.findsByLeafHash = index == 0
        return configuration
    }

    func data(_ index: Int) -> String { configuration(index).data }

    /// The address that a peer's node was bound to.
    func address(_ index: Int, port: Int) -> NodeConfiguration.PeerAddress {
        .init(institution: ids[index].name, host: "127.0.0.1", port: port)
    }

    /// The bytes of a batch of link entries that begins with `first`.
    func batch(of index: Int, first: UInt64, count: Int, expiry: UInt64 = 500) -> [UInt8] {
        let entries = (0..<UInt64(count)).map { offset in
            TestNetwork.link(issuer: ids[index], number: first + offset).encode()
        }
        return BatchWriter.batch(
            of: entries, ledger: genesis.ledger, issuer: ids[index], stream: StreamID(0),
            firstNumber: first, expiry: Height(expiry), signedBy: submitKeys[index])
    }

    static func link(
        issuer: InstitutionID, number: UInt64, of patient: OpaqueID? = nil
    ) -> Entry {
        let submission = linkSubmission(number, of: patient)
        return Entry(
            kind: .link, issuer: issuer, stream: StreamID(0), number: number,
            eventTime: submission.eventTime, subjects: submission.subjects,
            body: submission.body)
    }

    /// A link of two patients of its own, or of one who is given and one of its own.
    static func linkSubmission(
        _ number: UInt64, of given: OpaqueID? = nil, reference: OpaqueID? = nil
    ) -> Submission {
        let first = given ?? patient(2 * number)
        let second = patient(2 * number + 1)
        let subjects = [Subject.patient(first), .patient(second)]
        return Submission(
            kind: .link, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            subjects: first < second ? subjects : subjects.reversed(),
            body: .link(LinkBody(first: first, second: second, relation: .same)),
            reference: reference)
    }

    static func patient(_ number: UInt64) -> OpaqueID {
        OpaqueID(prefixOf: SHA256.hash(Array("patient \(number)".utf8)))
    }
}

extension Parameters {
    /// Short heartbeats, so that a quiet network still moves while a test watches it.
    static let quick: Parameters = {
        var parameters = Parameters.standard
        parameters.heartbeatMilliseconds = 200
        parameters.timeoutProposeMilliseconds = 500
        parameters.timeoutVoteMilliseconds = 250
        return parameters
    }()
}

extension Optional {
    struct Missing: Error {}

    func orThrow() throws -> Wrapped {
        guard let self else { throw Missing() }
        return self
    }
}

/// Nodes of a test network that run in this process.
final class RunningNetwork {
    let network: TestNetwork
    private(set) var nodes: [Int: Node] = [:]
    /// What a node's configuration has that the others' do not, by its place.
    var changes: [Int: (inout NodeConfiguration) -> Void] = [:]
    private(set) var ports: [Int: Int] = [:]

    init(_ network: TestNetwork) {
        self.network = network
    }

    /// Starts nodes, each for the first time in its directory unless it has one.
    func start(_ indices: [Int]) async throws {
        for index in indices {
            let configuration = configuration(index)
            if !SmallFile.exists(configuration.data + "/last-signed") {
                try Node.create(configuration)
            }
            var logger = Logger(label: "test \(index)")
            logger.logLevel =
                ProcessInfo.processInfo.environment["CUSTOS_LOG"].flatMap {
                    Logger.Level(rawValue: $0)
                } ?? .critical
            let node = try Node(configuration, logger: logger)
            ports[index] = try await node.start()
            nodes[index] = node
        }
        for (index, node) in nodes {
            node.connect(
                to: ports.filter { $0.key != index }.map {
                    network.address($0.key, port: $0.value)
                })
        }
    }

    func configuration(_ index: Int) -> NodeConfiguration {
        var configuration = network.configuration(index, port: ports[index] ?? 0)
        changes[index]?(&configuration)
        return configuration
    }

    func stop(_ index: Int) async throws {
        guard let node = nodes.removeValue(forKey: index) else { return }
        node.stop()
        try await node.run()
    }

    func stopAll() async throws {
        for index in nodes.keys.sorted() { try await stop(index) }
    }

    func client(_ index: Int) async throws -> NodeClient {
        try await NodeClient(socket: network.configuration(index).controlPath)
    }
}
