import Cryptography
import Foundation
import Ledger
import Logging
import Node
import Primitives
import Records
import Sealing
import Storage
import Testing
import Transport

/// One node of a network of four whose others never come.
///
/// Nothing it says is ever committed, unless it has all the power.
final class LoneNode {
    let folder: String
    let genesis: Genesis
    let configuration: NodeConfiguration
    let node: Node

    init(
        rules: [RuleVersion] = [], votesAlone: Bool = false,
        change: (inout NodeConfiguration) throws -> Void = { _ in }
    ) throws {
        folder = "/tmp/ca-" + UUID().uuidString.prefix(13)
        var members: [Institution] = []
        let own = try #require(InstitutionID("insurer"))
        for name in ["county-hospital", "insurer", "pharmacy", "regulator"] {
            let id = try #require(InstitutionID(name))
            let inner = "\(folder)/\(name)"
            let identity = try TLSIdentity.make(for: id)
            try SmallFile.write(Array(identity.certificatePEM.utf8), to: inner + "/tls.crt")
            try SmallFile.write(Array(identity.privateKeyPEM.utf8), to: inner + "/tls.key")
            let submit = try SigningKey(secret: try Self.secret(inner, "submit"))
            let consensus = try SigningKey(secret: try Self.secret(inner, "consensus"))
            let seal = try SealSecretKey(try Self.secret(inner, "seal"))
            let kind = try #require(
                InstitutionKind(name: name == "county-hospital" ? "hospital" : name))
            members.append(
                Institution(
                    id: id, name: name, kind: kind, tier: .county,
                    power: votesAlone && id != own ? 0 : 10,
                    submitKeys: [.init(stream: StreamID(0), key: submit.publicKey)],
                    consensusKey: consensus.publicKey,
                    governKeys: [
                        try SigningKey(secret: try Self.secret(inner, "govern")).publicKey
                    ], sealKey: try seal.publicKey.bytes,
                    tlsPin: identity.pin))
        }
        genesis = try Genesis(
            name: "alone", start: Timestamp(milliseconds: 1_700_000_000_000),
            institutions: members, parameters: .standard, rules: rules)
        try SmallFile.write(genesis.encode(), to: folder + "/genesis.cbor")
        let inner = folder + "/insurer"
        var configuration = NodeConfiguration(
            institution: own, genesis: folder + "/genesis.cbor", data: inner + "/data",
            listen: .init(host: "127.0.0.1", port: 0),
            keys: .init(
                consensus: inner + "/consensus", submit: ["0": inner + "/submit"],
                tlsCertificate: inner + "/tls.crt", tlsKey: inner + "/tls.key",
                seal: inner + "/seal"),
            peers: [])
        configuration.http = .init(port: 0)
        try change(&configuration)
        self.configuration = configuration
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try Node.create(configuration)
        node = try Node(configuration, logger: logger)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The govern key of the node's institution.
    func governKey() throws -> SigningKey {
        try SigningKey(secret: try Self.secret(folder + "/insurer", "govern"))
    }

    private static func secret(_ folder: String, _ name: String) throws -> [UInt8] {
        let secret = SHA256.hash(Array("\(folder) \(name)".utf8)).bytes
        try SmallFile.write(
            Array("custos secret 1\na test\n\(secret.hex)\n".utf8), to: "\(folder)/\(name)")
        return secret
    }
}
