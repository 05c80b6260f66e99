internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Transport

/// A configuration whose files have been read and found to fit the genesis.
struct NodeSetup: Sendable {
    let institution: InstitutionID
    let genesis: Genesis
    let data: String
    let control: String
    let host: String
    let port: Int
    let consensusKey: SigningKey?
    let consensusKeyPath: String?
    let submitKeys: [(stream: StreamID, key: SigningKey)]
    let identity: TLSIdentity
    let peers: [Peer]
    /// Every institution's pin: the ledger's, or the configuration's where the ledger has none.
    let pins: [InstitutionID: Digest]
    let signsFrom: Height?
    let findsByLeafHash: Bool
    let retention: Retention?

    init(_ configuration: NodeConfiguration) throws(NodeError) {
        let path = NodeConfiguration.fileName
        guard let institution = InstitutionID(configuration.institution) else {
            throw .configuration(
                path: path, detail: "institution must be 1 to 32 of a-z, 0-9 and -")
        }
        let genesis = try NodeSetup.genesis(configuration.genesis)
        guard let member = genesis.institutions.first(where: { $0.id == institution }) else {
            throw .unknownInstitution(institution, ledger: genesis.ledger)
        }
        self.institution = institution
        self.genesis = genesis
        data = configuration.data
        control = configuration.controlPath
        host = configuration.listen.host
        port = configuration.listen.port
        consensusKeyPath = configuration.keys.consensus
        if let path = configuration.keys.consensus {
            let key = try SecretKeyFile.read(path)
            guard key.publicKey == member.consensusKey else {
                throw .key(path: path, detail: "not the consensus key that the genesis names")
            }
            consensusKey = key
        } else {
            consensusKey = nil
        }
        submitKeys = try NodeSetup.submitKeys(configuration, of: member)
        identity = try NodeSetup.identity(configuration.keys)
        (peers, pins) = try NodeSetup.peers(configuration, genesis, institution)
        signsFrom = configuration.signsFrom.map { Height($0) }
        findsByLeafHash = configuration.findsByLeafHash ?? false
        retention = configuration.retain
        if let problem = configuration.retain?.problem {
            throw .configuration(path: path, detail: problem)
        }
    }

    static func genesis(_ path: String) throws(NodeError) -> Genesis {
        do {
            return try Genesis.decode(try SmallFile.read(path))
        } catch let error as StorageError {
            throw .storage(error)
        } catch {
            throw .genesis(path: path, detail: "\(error)")
        }
    }

    private static func submitKeys(
        _ configuration: NodeConfiguration, of member: Institution
    ) throws(NodeError) -> [(stream: StreamID, key: SigningKey)] {
        var keys: [(stream: StreamID, key: SigningKey)] = []
        for (name, path) in configuration.keys.submit.sorted(by: { $0.key < $1.key }) {
            guard let number = UInt16(name) else {
                throw .configuration(
                    path: NodeConfiguration.fileName,
                    detail: "keys.submit must be named by streams, 0 to 65535, not \(name)")
            }
            let key = try SecretKeyFile.read(path)
            let stream = StreamID(number)
            guard key.publicKey == member.submitKey(stream) else {
                throw .key(
                    path: path, detail: "not the submit key of stream \(number) in the genesis")
            }
            keys.append((stream, key))
        }
        return keys
    }

    private static func identity(
        _ keys: NodeConfiguration.Keys
    ) throws(NodeError) -> TLSIdentity {
        try SecretKeyFile.checkMode(keys.tlsKey)
        do {
            return try TLSIdentity(
                certificatePEM: String(
                    decoding: try SmallFile.read(keys.tlsCertificate), as: UTF8.self),
                privateKeyPEM: String(decoding: try SmallFile.read(keys.tlsKey), as: UTF8.self))
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as TransportError {
            throw .key(path: keys.tlsKey, detail: "\(error)")
        } catch {
            throw .key(path: keys.tlsKey, detail: "\(error)")
        }
    }

    private static func peers(
        _ configuration: NodeConfiguration, _ genesis: Genesis, _ own: InstitutionID
    ) throws(NodeError) -> ([Peer], [InstitutionID: Digest]) {
        var pins: [InstitutionID: Digest] = [:]
        for institution in genesis.institutions { pins[institution.id] = institution.tlsPin }
        var peers: [Peer] = []
        for address in configuration.peers where address.institution != own.name {
            guard let id = InstitutionID(address.institution),
                genesis.institutions.contains(where: { $0.id == id })
            else {
                throw .configuration(
                    path: NodeConfiguration.fileName,
                    detail: "the peer \(address.institution) is no institution of the ledger")
            }
            if pins[id] == nil, let hex = address.pin { pins[id] = Digest(hex: hex) }
            guard let pin = pins[id] else {
                throw .configuration(
                    path: NodeConfiguration.fileName,
                    detail: "the peer \(id) has no TLS pin, here or in the genesis")
            }
            peers.append(
                Peer(institution: id, host: address.host, port: address.port, pin: pin))
        }
        return (peers, pins)
    }
}
