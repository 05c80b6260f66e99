internal import Ledger
internal import Primitives

/// A whole network in one folder: genesis, and a folder for each member with all it needs.
///
/// ```
/// DIR/county.genesis
/// DIR/county-hospital.public.yaml
/// DIR/county-hospital/node.yaml, *.secret, data/, control.sock, node.log, node.pid
/// ```
struct DevnetLayout {
    let folder: String

    struct Member {
        let id: InstitutionID
        let folder: String

        var nodeFile: String { "\(folder)/node.yaml" }
        var log: String { "\(folder)/node.log" }
        var processID: String { "\(folder)/node.pid" }
    }

    func member(_ id: InstitutionID) -> Member {
        Member(id: id, folder: "\(folder)/\(id)")
    }

    func genesisFile(_ network: NetworkFile) -> String { "\(folder)/\(network.name).genesis" }

    /// Makes what is missing; a network that was made before stays as it is.
    ///
    /// - Returns: whether the network is new.
    func make(
        _ network: NetworkFile, rules: [RuleVersion], basePort: Int, now: Timestamp
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
            (id: member.id, address: NodeFile.Address(host: "127.0.0.1", port: basePort + index))
        }
        for (id, address) in addresses {
            let runsRules = network.rules?.runners.contains(id) ?? false
            let file = NodeFile(
                institution: id, genesis: "../\(network.name).genesis", secrets: ".", data: "data",
                listen: address, control: "control.sock",
                peers: addresses.filter { $0.id != id },
                rules: runsRules ? network.rules?.folder : nil)
            try Files.write(Array(file.text.utf8), to: member(id).nodeFile)
        }
        // The genesis comes last: where it stands, everything stands.
        let maker = GenesisMaker(network: network, keys: folder, rules: rules, now: now)
        try Files.write(try maker.genesis().encode(), to: genesisFile)
        return true
    }
}
