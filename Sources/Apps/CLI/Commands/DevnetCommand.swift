internal import ArgumentParser
internal import Foundation
internal import Node
internal import Primitives

/// Makes and runs a whole network on this machine.
struct DevnetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devnet",
        abstract: "Make and run a whole network on this machine, for trying.",
        discussion: """
            The first time, keys, genesis and a folder for each member are made in DIR; later runs \
            go on with what is there. Each node is a process of its own; ctrl-c ends them all.

            Examples:
              custos devnet --dir devnet
              custos devnet --dir devnet --network genesis/county.yaml --prepare
              custos node devnet/insurer      (one of them, alone)
            """)

    @Option(help: "The folder of the network.")
    var dir = "devnet"

    @Option(help: "Who takes part.")
    var network = "genesis/county.yaml"

    @Option(help: "The first node's port; the others follow.")
    var basePort = 7400

    @Option(
        help: ArgumentHelp(
            "How many names the identity provider gives each institution a minute, and at once; "
                + "many for a region that is new (default: node.json's own).",
            valueName: "count"))
    var namesPerMinute: Int?

    @Flag(help: "Make what is missing, and start nothing.")
    var prepare = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...65_000).contains(basePort) else {
            throw ValidationError("ports are 1 to 65000")
        }
        if let namesPerMinute, namesPerMinute < 1 {
            throw ValidationError("--names-per-minute is at least 1, not \(namesPerMinute)")
        }
    }

    func run() async throws {
        let network = try NetworkFile(path: network)
        let layout = DevnetLayout(folder: URL(filePath: dir).standardized.path)
        let rules = try RuleBuild.rules(of: network)
        let isNew = try layout.make(
            network, rules: rules?.versions ?? [], basePort: basePort,
            names: namesPerMinute.map { NameAllowance(burst: $0, perMinute: $0) }, now: .now)
        if isNew, let rules { try RuleBuild.write(rules.folder, to: layout.rules) }
        let members = network.members.map { layout.member($0.id) }
        guard !prepare else {
            output.show(DevnetReport(layout, network, isNew: isNew, processes: []))
            return
        }
        var processes: [ChildProcess] = []
        do {
            for member in members { processes.append(try start(member)) }
        } catch {
            for process in processes { await process.stop() }
            throw error
        }
        output.show(DevnetReport(layout, network, isNew: isNew, processes: processes))
        await Interruption.wait()
        note("ending \(processes.count) nodes")
        for process in processes { await process.stop() }
        for member in members { try? FileManager.default.removeItem(atPath: member.processID) }
    }

    private func start(_ member: DevnetLayout.Member) throws(Failure) -> ChildProcess {
        let process = try ChildProcess(
            named: member.id.name, arguments: ["node", member.nodeFile, "--until-input-ends"],
            log: member.log
        ) { name, status in
            note("\(name) ended with \(status)")
        }
        try Files.write(Array("\(process.processID)\n".utf8), to: member.processID)
        return process
    }
}

private func note(_ text: String) {
    FileHandle.standardError.write(Data("custos devnet: \(text)\n".utf8))
}

private struct DevnetReport: Report {
    let folder: String
    let genesis: String
    let isNew: Bool
    let members: [Member]

    struct Member: Encodable {
        let id: String
        let nodeFile: String
        let log: String
        let processID: Int32?
    }

    init(
        _ layout: DevnetLayout, _ network: NetworkFile, isNew: Bool, processes: [ChildProcess]
    ) {
        folder = layout.folder
        genesis = layout.genesisFile(network)
        self.isNew = isNew
        members = network.members.map { member in
            let place = layout.member(member.id)
            return Member(
                id: member.id.name, nodeFile: place.nodeFile, log: place.log,
                processID: processes.first { $0.name == member.id.name }?.processID)
        }
    }

    var lines: [String] {
        var table = Table("node", "process", "settings")
        for member in members {
            table.add(member.id, member.processID.map(String.init) ?? "-", member.nodeFile)
        }
        let made = isNew ? "made in" : "found in"
        let end = members.contains { $0.processID != nil } ? ["", "ctrl-c ends them."] : []
        return ["Network \(made) \(folder), genesis \(genesis)", ""] + table.lines + end
    }
}
