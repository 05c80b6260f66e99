internal import Foundation
public import Primitives
internal import Storage

/// What a node is told by its file `node.json`; paths are relative to that file's directory.
///
/// ```json
/// {
///   "institution": "county-hospital", "genesis": "genesis.cbor", "data": "data",
///   "listen": { "host": "127.0.0.1", "port": 7001 },
///   "keys": { "consensus": "consensus.secret", "submit": { "0": "submit-0.secret" },
///             "tlsCertificate": "tls.crt", "tlsKey": "tls.key" },
///   "peers": [ { "institution": "insurer", "host": "127.0.0.1", "port": 7003 } ]
/// }
/// ```
public struct NodeConfiguration: Codable, Equatable, Sendable {
    public var institution: String
    /// The file with the genesis bytes.
    public var genesis: String
    /// The directory that the node keeps its ledger in.
    public var data: String
    /// The path of the control socket; `control` in the data directory where absent.
    public var control: String?
    public var listen: Address
    public var keys: Keys
    public var peers: [PeerAddress]
    /// The folder of canonical rules and knowledge tables; `rules` in the data directory where
    /// absent.
    public var rules: String?
    /// The institution that names people by ids; this one, where it is the identity provider.
    public var identityProvider: String?
    /// How many names the identity provider gives each institution.
    public var names: NameAllowance?
    /// Where the HTTP door stands; without it there is none.
    public var http: HTTPDoor?
    /// A height below which the node signs nothing.
    ///
    /// What the network tells a node that lost its disk stands beside it: it signs from the higher
    /// one on.
    public var signsFrom: UInt64?
    /// Whether entries can be found by their leaf hash; a row an entry, so off unless wanted.
    public var findsByLeafHash: Bool?
    /// Whether a node without a ledger begins with a snapshot of its peers, and not with the first
    /// block: for one that only orders, since supervision needs what was before.
    public var joinsBySnapshot: Bool?
    /// How validators changed (`custos chain`), for a node that joins by a snapshot where nearly
    /// all of those that the genesis names have gone.
    public var joinChain: String?
    /// The newest version of the protocol that the node speaks, where that is to be held back
    /// while a network is upgraded; the build's own where absent.
    public var protocolVersion: UInt64?
    /// How long entries are kept; for ever where absent.
    public var retain: Retention?
    /// How much of the data bases' files may be resident in memory at a time; 400 where absent.
    public var residentMegabytes: Int?
    /// The log level, as swift-log names it; `info` where absent.
    public var logLevel: String?
    /// How the log is written: `text` or `json`; `text` where absent.
    public var logFormat: String?
    /// Where spans are written; nowhere where absent.
    public var traces: TraceFile?

    public struct Address: Codable, Equatable, Sendable {
        public var host: String
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// An HTTP door: screening, health, metrics.
    public struct HTTPDoor: Codable, Equatable, Sendable {
        /// `127.0.0.1` where absent.
        public var host: String?
        public var port: Int
        /// A file with the token that requests must bear; a door for other machines needs one.
        public var token: String?
        /// The file that says which institution an organisation of a screened claim is.
        public var assignment: String?

        public init(
            host: String? = nil, port: Int, token: String? = nil, assignment: String? = nil
        ) {
            self.host = host
            self.port = port
            self.token = token
            self.assignment = assignment
        }
    }

    public struct Keys: Codable, Equatable, Sendable {
        /// The secret that votes; absent for an institution that only follows.
        public var consensus: String?
        /// The secrets that sign batches, by stream.
        public var submit: [String: String]
        public var tlsCertificate: String
        public var tlsKey: String
        /// The X25519 secret that opens payloads; without it the node seals and opens nothing.
        public var seal: String?
        /// The folder of the keys that the desk makes for itself, which belongs on no backup;
        /// `desk-keys` in the data directory where absent.
        public var desk: String?
        /// Keys that are made and that the ledger does not name yet: each takes the place of the
        /// one above when the ledger does.
        public var next: NextKeys?

        public init(
            consensus: String?, submit: [String: String], tlsCertificate: String,
            tlsKey: String, seal: String? = nil, desk: String? = nil
        ) {
            self.consensus = consensus
            self.submit = submit
            self.tlsCertificate = tlsCertificate
            self.tlsKey = tlsKey
            self.seal = seal
            self.desk = desk
        }
    }

    /// Keys that are to come; those that stay as they are can be left out.
    public struct NextKeys: Codable, Equatable, Sendable {
        public var consensus: String?
        public var submit: [String: String]?
        public var tlsCertificate: String?
        public var tlsKey: String?
        public var seal: String?

        public init() {}
    }

    public struct PeerAddress: Codable, Equatable, Sendable {
        public var institution: String
        public var host: String
        public var port: Int
        /// The peer's TLS pin in hexadecimal: counts until the ledger changes the peer's pin.
        public var pin: String?

        public init(institution: String, host: String, port: Int, pin: String? = nil) {
            self.institution = institution
            self.host = host
            self.port = port
            self.pin = pin
        }
    }

    public init(
        institution: InstitutionID, genesis: String, data: String, listen: Address, keys: Keys,
        peers: [PeerAddress]
    ) {
        self.institution = institution.name
        self.genesis = genesis
        self.data = data
        self.listen = listen
        self.keys = keys
        self.peers = peers
    }
}

extension NodeConfiguration {
    /// Where the node's control socket stands.
    public var controlPath: String { control ?? data + "/control" }

    /// The name of the file in the node's directory.
    public static let fileName = "node.json"

    /// Reads the file and makes its paths absolute.
    ///
    /// - Throws: ``NodeError/configuration(path:detail:)``, ``NodeError/storage(_:)``.
    public static func read(_ path: String) throws(NodeError) -> NodeConfiguration {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try SmallFile.read(path, atMost: 1 << 20)
        } catch {
            throw .storage(error)
        }
        // Foundation's reader of JSON5 traps where a key should begin with what is no UTF-8.
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw .configuration(path: path, detail: "not text in UTF-8")
        }
        do {
            let decoder = JSONDecoder()
            decoder.allowsJSON5 = true
            var configuration = try decoder.decode(NodeConfiguration.self, from: Data(bytes))
            configuration.resolve(
                against: URL(filePath: path).standardizedFileURL.deletingLastPathComponent())
            return configuration
        } catch let DecodingError.keyNotFound(key, context) {
            throw .configuration(
                path: path, detail: "\(field(context.codingPath + [key])) is missing")
        } catch let DecodingError.typeMismatch(_, context) {
            throw .configuration(
                path: path,
                detail: "\(field(context.codingPath)) is wrong: \(context.debugDescription)")
        } catch {
            throw .configuration(path: path, detail: "not JSON that can be read: \(error)")
        }
    }

    /// Writes the file as it stands, for a person to read.
    public func write(to path: String) throws(NodeError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try SmallFile.write(Array(try encoder.encode(self)) + [0x0a], to: path)
        } catch let error as StorageError {
            throw .storage(error)
        } catch {
            throw .configuration(path: path, detail: "\(error)")
        }
    }

    private static func field(_ path: [any CodingKey]) -> String {
        path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }

    private mutating func resolve(against folder: URL) {
        func absolute(_ path: String) -> String {
            path.hasPrefix("/")
                ? path : folder.appending(path: path).standardizedFileURL.path
        }
        genesis = absolute(genesis)
        data = absolute(data)
        control = control.map(absolute)
        keys.consensus = keys.consensus.map(absolute)
        keys.submit = keys.submit.mapValues(absolute)
        keys.tlsCertificate = absolute(keys.tlsCertificate)
        keys.tlsKey = absolute(keys.tlsKey)
        keys.seal = keys.seal.map(absolute)
        keys.desk = keys.desk.map(absolute)
        if var next = keys.next {
            next.consensus = next.consensus.map(absolute)
            next.submit = next.submit?.mapValues(absolute)
            next.tlsCertificate = next.tlsCertificate.map(absolute)
            next.tlsKey = next.tlsKey.map(absolute)
            next.seal = next.seal.map(absolute)
            keys.next = next
        }
        rules = rules.map(absolute)
        if let file = traces?.file { traces?.file = absolute(file) }
        if let archive = retain?.archive { retain?.archive = absolute(archive) }
        if let token = http?.token { http?.token = absolute(token) }
        if let assignment = http?.assignment { http?.assignment = absolute(assignment) }
    }
}
