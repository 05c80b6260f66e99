internal import Ledger
internal import Node
internal import Primitives

/// A whole network in one folder: genesis, and a folder for each member with all it needs.
///
/// ```
/// DIR/county.genesis
/// DIR/county-hospital.public.yaml
/// DIR/county-hospital/node.json, *.secret, data/, node.log, node.pid
/// ```
struct DevnetLayout {
    let folder: String

    struct Member {
        let id: InstitutionID
        let folder: String

        var nodeFile: String { "\(folder)/node.json" }
        var log: String { "\(folder)/node.log" }
        var processID: String { "\(folder)/node.pid" }
    }

    func member(_ id: InstitutionID) -> Member {
        Member(id: id, folder: "\(folder)/\(id)")
    }

    /// Canonical rules and tables, for the nodes that run rules.
    var rules: String { "\(folder)/rules" }

    /// How far a node's HTTP door stands from its own port.
    private static let doorOffset = 100

    func genesisFile(_ network: NetworkFile) -> String { "\(folder)/\(network.name).genesis" }

    /// Makes what is missing; a network that was made before stays as it is.
    ///
    /// The identity provider gives as many `names`; its own measure where nil.
    ///
    /// - Returns: whether the network is new.
    func make(
        _ network: NetworkFile, rules: [RuleVersion], basePort: Int, names: NameAllowance? = nil,
        now: Timestamp
    ) throws(Failure) -> Bool {
        let genesisFile = genesisFile(network)
        if Files.isThere(genesisFile) { return false }
        try Files.makeFolder(folder)
        for member in network.members {
            let secrets = SecretFolder(of: member.id, in: folder)
            let keys = try secrets.make(for: member.id, streams: member.streams, governors: 1)
            let path = PublicFile.path(of: member.id, in: folder)
            try Files.write(Array(keys.text.utf8), to: path)
        }
        let addresses = network.members.enumerated().map { index, member in
            NodeConfiguration.PeerAddress(
                institution: member.id.name, host: "127.0.0.1", port: basePort + index)
        }
        for (member, address) in zip(network.members, addresses) {
            var file = configuration(of: member, in: network, address, peers: addresses)
            if member.id == network.identityProvider { file.names = names }
            try Self.inNode { () throws(NodeError) in
                try file.write(to: self.member(member.id).nodeFile)
            }
        }
        // The genesis comes last: where it stands, everything stands.
        let maker = GenesisMaker(network: network, keys: folder, rules: rules, now: now)
        try Files.write(try maker.genesis().encode(), to: genesisFile)
        for member in network.members {
            let file = self.member(member.id).nodeFile
            try Self.inNode { () throws(NodeError) in
                try Node.create(try NodeConfiguration.read(file))
            }
        }
        return true
    }

    private func configuration(
        of member: NetworkFile.Member, in network: NetworkFile,
        _ own: NodeConfiguration.PeerAddress, peers: [NodeConfiguration.PeerAddress]
    ) -> NodeConfiguration {
        let secrets = SecretFolder(path: ".")
        var submit: [String: String] = [:]
        for stream in member.streams { submit["\(stream)"] = secrets.submit(stream) }
        var configuration = NodeConfiguration(
            institution: member.id, genesis: "../\(network.name).genesis", data: "data",
            listen: NodeConfiguration.Address(host: own.host, port: own.port),
            keys: NodeConfiguration.Keys(
                consensus: member.power > 0 ? secrets.consensus : nil, submit: submit,
                tlsCertificate: secrets.tlsCertificate, tlsKey: secrets.tlsKey,
                seal: secrets.seal, desk: "desk-keys"),
            peers: peers.filter { $0.institution != own.institution })
        configuration.http = NodeConfiguration.HTTPDoor(port: own.port + Self.doorOffset)
        configuration.identityProvider = network.identityProvider?.name
        if runsRules(member.id, network) { configuration.rules = "../rules" }
        return configuration
    }

    private func runsRules(_ id: InstitutionID, _ network: NetworkFile) -> Bool {
        network.rules?.runners.contains(id) ?? false
    }

    /// Does something of Node's, and says what went wrong as a failure about a file.
    private static func inNode(_ body: () throws(NodeError) -> Void) throws(Failure) {
        do throws(NodeError) {
            try body()
        } catch {
            throw Failure(.file, "\(error)")
        }
    }
}
