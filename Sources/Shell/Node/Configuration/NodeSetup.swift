internal import Consensus
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Storage
internal import Transport

/// A configuration whose files have been read.
///
/// Whether the keys are the ledger's is not asked here: the ledger says so at each height anew, and
/// a node that begins with the genesis may not have come to the block that takes them up.
struct NodeSetup: Sendable {
    let institution: InstitutionID
    let genesis: Genesis
    let data: String
    let control: String
    let host: String
    let port: Int
    let keyring: Keyring
    /// The files of keys that vote, each held for one process.
    let keyPaths: [String]
    /// The streams that entries can be signed for here, increasing.
    let streams: [StreamID]
    let peers: [Peer]
    /// Pins of peers that the configuration has.
    let pins: [InstitutionID: Digest]
    let signsFrom: Height?
    let findsByLeafHash: Bool
    let retention: Retention?
    let memory: ResidentMemory
    /// How far apart trail rows lie: a ledger's nodes, and whoever checks them, go by one.
    var trailPace = TrailPace.standard
    let joinsBySnapshot: Bool
    /// Whom it goes by then, where not by the validators that the genesis names.
    let joinTrust: ValidatorSet?
    /// The newest version of the protocol that is spoken.
    let speaks: ProtocolVersion
    let traces: TraceFile?

    init(_ configuration: NodeConfiguration) throws(NodeError) {
        let path = NodeConfiguration.fileName
        guard let institution = InstitutionID(configuration.institution) else {
            throw .configuration(
                path: path, detail: "institution must be 1 to 32 of a-z, 0-9 and -")
        }
        self.institution = institution
        genesis = try NodeSetup.genesis(configuration.genesis)
        data = configuration.data
        control = configuration.controlPath
        host = configuration.listen.host
        port = configuration.listen.port
        keyring = try Keyring(configuration.keys)
        keyPaths = configuration.keys.consensusPaths
        streams = keyring.streams
        (peers, pins) = try NodeSetup.peers(configuration, institution)
        signsFrom = configuration.signsFrom.map { Height($0) }
        findsByLeafHash = configuration.findsByLeafHash ?? false
        joinsBySnapshot = configuration.joinsBySnapshot ?? false
        if joinsBySnapshot, configuration.keys.seal != nil {
            throw .configuration(
                path: path,
                detail: "joinsBySnapshot and keys.seal do not go together: supervision needs the "
                    + "blocks from the first one on")
        }
        joinTrust = try NodeSetup.validators(followedIn: configuration.joinChain, from: genesis)
        speaks = configuration.protocolVersion.map { ProtocolVersion($0) } ?? .newest
        guard speaks >= .first, speaks <= .newest else {
            throw .configuration(
                path: path,
                detail: "protocolVersion \(speaks): this build speaks the versions "
                    + "\(ProtocolVersion.first) to \(ProtocolVersion.newest)")
        }
        traces = configuration.traces
        if let problem = configuration.traces?.problem {
            throw .configuration(path: path, detail: problem)
        }
        memory = try ResidentMemory(megabytes: configuration.residentMegabytes)
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

    /// The validators to whom a file leads from those of the genesis, every link checked.
    private static func validators(
        followedIn path: String?, from genesis: Genesis
    ) throws(NodeError) -> ValidatorSet? {
        guard let path else { return nil }
        do {
            let (ledger, chain) = try GovernanceChain.decodeNamed(try SmallFile.read(path))
            guard ledger == genesis.ledger else {
                throw NodeError.configuration(
                    path: path,
                    detail: "it is of ledger \(ledger); the genesis is of \(genesis.ledger)")
            }
            return try chain.newestValidators(from: genesis)
        } catch let error as NodeError {
            throw error
        } catch let error as StorageError {
            throw .storage(error)
        } catch {
            throw .configuration(path: path, detail: "no chain to trust: \(error)")
        }
    }

    /// The peers that a configuration names, whether the ledger has them yet or not.
    static func peers(
        _ configuration: NodeConfiguration, _ own: InstitutionID
    ) throws(NodeError) -> ([Peer], [InstitutionID: Digest]) {
        var pins: [InstitutionID: Digest] = [:]
        var peers: [Peer] = []
        for address in configuration.peers where address.institution != own.name {
            guard let id = InstitutionID(address.institution) else {
                throw .configuration(
                    path: NodeConfiguration.fileName,
                    detail: "the peer '\(address.institution)' is no institution's id")
            }
            if let hex = address.pin {
                guard let pin = Digest(hex: hex) else {
                    throw .configuration(
                        path: NodeConfiguration.fileName,
                        detail: "the pin of \(id) must be 64 hexadecimal digits")
                }
                pins[id] = pin
            }
            peers.append(Peer(institution: id, host: address.host, port: address.port))
        }
        return (peers, pins)
    }
}
