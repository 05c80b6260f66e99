internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Sealing
internal import Transport

/// The validators' nodes as processes on loopback, in a folder of their own that goes away with
/// them where it is not to be kept.
final class BenchNodes {
    let folder: String
    let count: Int
    private let isKept: Bool
    private var processes: [Process] = []
    /// Each node's standard input ends with this program, however it ends, and the node with it.
    private var lifelines: [Pipe] = []

    /// A node's data folder, by the place of its validator.
    func folder(of index: Int) -> String { "\(folder)/\(BenchNetwork.name(index))" }

    /// All data folders.
    var folders: [String] { (0..<count).map(folder(of:)) }

    /// The nodes' control sockets.
    var sockets: [String] { folders.map { $0 + "/data/control" } }

    /// What the ledger begins with.
    var genesis: Genesis {
        get throws {
            let file = URL(filePath: "\(folder)/bench.genesis")
            return try Genesis.decode([UInt8](try Data(contentsOf: file)))
        }
    }

    /// Makes keys, genesis and folders, and starts all nodes.
    ///
    /// A folder that is named is kept, and used as it is where there are nodes in it.
    init(isIndexKept: Bool, count: Int = 4, keptIn kept: String? = nil) async throws {
        self.count = count
        isKept = kept != nil
        folder =
            kept ?? NSTemporaryDirectory() + "custos-bench-\(UInt32.random(in: .min ... .max))"
        if !FileManager.default.fileExists(atPath: "\(folder)/bench.genesis") {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try prepare(isIndexKept: isIndexKept)
        }
        for index in 0..<count { processes.append(try launch(index)) }
        for index in 0..<count { try await waitFor(index) }
    }

    private func prepare(isIndexKept: Bool) throws {
        var pins: [String: Digest] = [:]
        for (index, name) in (0..<count).map(BenchNetwork.name).enumerated() {
            let place = folder(of: index)
            try FileManager.default.createDirectory(
                atPath: place, withIntermediateDirectories: true)
            let identity = try TLSIdentity.make(for: try BenchNetwork.id(name))
            pins[name] = identity.pin
            try secret(identity.privateKeyPEM, "\(place)/tls-key.pem")
            try secret(identity.certificatePEM, "\(place)/tls.pem")
            for role in ["consensus", "submit"] {
                let digits = BenchNetwork.secret(role, name).hex
                try secret(
                    "custos secret 1\n\(role) of \(name)\n\(digits)\n", "\(place)/\(role).secret")
            }
        }
        let genesis = try BenchNetwork(
            isIndexKept: isIndexKept, validatorCount: count, pins: pins
        ).genesis
        try Data(genesis.encode()).write(to: URL(filePath: "\(folder)/bench.genesis"))
        let addresses = (0..<count).map(BenchNetwork.name).enumerated().map { index, name in
            NodeConfiguration.PeerAddress(
                institution: name, host: "127.0.0.1", port: 7_600 + index)
        }
        for (index, address) in addresses.enumerated() {
            let configuration = NodeConfiguration(
                institution: try BenchNetwork.id(address.institution),
                genesis: "\(folder)/bench.genesis", data: "\(folder(of: index))/data",
                listen: .init(host: address.host, port: address.port),
                keys: .init(
                    consensus: "\(folder(of: index))/consensus.secret",
                    submit: ["0": "\(folder(of: index))/submit.secret"],
                    tlsCertificate: "\(folder(of: index))/tls.pem",
                    tlsKey: "\(folder(of: index))/tls-key.pem"),
                peers: addresses.filter { $0.institution != address.institution })
            try configuration.write(to: "\(folder(of: index))/node.json")
            try Node.create(configuration)
        }
    }

    private func secret(_ text: String, _ path: String) throws {
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw BenchError("cannot write \(path)") }
    }

    /// Runs the `custos` that was built beside this program.
    private func launch(_ index: Int) throws -> Process {
        let process = Process()
        process.executableURL = Bench.program.deletingLastPathComponent().appending(path: "custos")
        process.arguments = ["node", folder(of: index), "--ledger-only", "--log", "warning"]
        process.arguments?.append("--until-input-ends")
        let lifeline = Pipe()
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = lifeline.fileHandleForReading
        lifelines.append(lifeline)
        let log = "\(folder(of: index))/node.log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = process.standardOutput
        try process.run()
        return process
    }

    /// Kills a node, starts it again, and waits until it answers and has its peers.
    nonisolated(nonsending) func restart(
        _ index: Int, afterSeconds seconds: Double = 0
    ) async throws {
        kill(processes[index].processIdentifier, SIGKILL)
        processes[index].waitUntilExit()
        if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
        processes[index] = try launch(index)
        try await waitFor(index)
    }

    /// How long a node may take to come back, on a machine that may have much else to do.
    private static let patience = Duration.seconds(180)

    nonisolated(nonsending) private func waitFor(_ index: Int) async throws {
        let limit = ContinuousClock.now + BenchNodes.patience
        var seen = "it does not answer"
        while ContinuousClock.now < limit {
            if let client = try? await NodeClient(socket: "\(folder(of: index))/data/control") {
                let status = try? await client.status()
                await client.close()
                if let connected = status?.connected.count {
                    if connected == count - 1 { return }
                    seen = "\(connected) of \(count - 1) peers are connected"
                }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        let log = try? String(contentsOfFile: "\(folder(of: index))/node.log", encoding: .utf8)
        throw BenchError(
            "\(BenchNetwork.name(index)) is not up after \(BenchNodes.patience): \(seen); "
                + "its log ends: \(log?.suffix(500) ?? "there is none")")
    }

    /// The resident memory of a node, in MB of 1,000,000 bytes.
    func memory(of index: Int) throws -> Double {
        let path = "/proc/\(processes[index].processIdentifier)/status"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        guard let kibibytes = line.split(separator: " ").compactMap({ Double($0) }).first else {
            throw BenchError("\(path) says nothing of memory")
        }
        return kibibytes * 1_024 / 1_000_000
    }

    /// How many bytes a node has in its files.
    func byteCount(of index: Int) -> Int {
        let place = URL(filePath: "\(folder(of: index))/data")
        let files = FileManager.default.enumerator(
            at: place, includingPropertiesForKeys: [.fileSizeKey])
        return (files?.allObjects ?? []).compactMap { $0 as? URL }.reduce(0) {
            $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
        }
    }

    /// Seconds of CPU that all nodes have used so far, in their own code and in the kernel.
    var processorSeconds: (user: Double, system: Double) {
        var sum = (user: 0.0, system: 0.0)
        for process in processes {
            let path = "/proc/\(process.processIdentifier)/stat"
            guard let text = try? String(contentsOfFile: path, encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { continue }
            let fields = text[end...].split(separator: " ")
            guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
            else { continue }
            sum.user += user / 100
            sum.system += system / 100
        }
        return sum
    }

    /// Lets a node hear and say nothing until ``goOn(_:)``.
    func pause(_ index: Int) {
        kill(processes[index].processIdentifier, SIGSTOP)
    }

    func goOn(_ index: Int) {
        kill(processes[index].processIdentifier, SIGCONT)
    }

    /// Ends the nodes and leaves what they wrote.
    func end() {
        for process in processes where process.isRunning { process.terminate() }
        for process in processes { process.waitUntilExit() }
    }

    /// Ends the nodes, by their ids, and removes what they wrote where it is not to be kept.
    func stop() {
        end()
        if isKept { return }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
