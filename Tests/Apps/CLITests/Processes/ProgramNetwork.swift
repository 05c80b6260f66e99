internal import Foundation
internal import Glibc
internal import Ledger
internal import Node
internal import Primitives
internal import Testing

@testable import custos

/// Four institutions whose nodes are processes of the program, in a folder that goes with them.
final class ProgramNetwork {
    let network: NetworkFile
    let genesis: Genesis
    private let folder = try? TemporaryFolder()
    private let layout: DevnetLayout
    private var processes: [Int: Process] = [:]
    private var lifelines: [Int: Pipe] = [:]

    private static let text = """
        name: processes
        institutions:
          north: {name: North Hospital, kind: hospital, tier: county, power: 1, streams: [0]}
          south: {name: South Hospital, kind: hospital, tier: county, power: 1, streams: [0]}
          insurer: {name: Insurer, kind: insurer, tier: county, power: 1, streams: [0]}
          regulator: {name: Regulator, kind: regulator, tier: county, power: 1, streams: [0]}
        parameters: {timeout-propose: 500, timeout-vote: 250, heartbeat: 500}
        """

    /// Makes keys, genesis and folders; no node runs yet.
    init() throws {
        let folder = try #require(folder)
        network = try NetworkFile(path: try folder.file("network.yaml", Self.text))
        layout = DevnetLayout(folder: folder.path)
        _ = try layout.make(network, rules: [], basePort: try Self.freePorts(), now: .now)
        genesis = try Genesis.read(layout.genesisFile(network))
        for index in network.members.indices {
            try change(index) { $0.http = nil }
        }
    }

    deinit {
        for process in processes.values where process.isRunning {
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    var indices: Range<Int> { network.members.indices }

    func id(_ index: Int) -> InstitutionID { network.members[index].id }

    func folder(_ index: Int) -> String { layout.member(id(index)).folder }

    func configuration(_ index: Int) throws -> NodeConfiguration {
        try NodePlace(folder(index)).configuration
    }

    /// The nodes' control sockets.
    var sockets: [String] {
        get throws { try indices.map { try configuration($0).controlPath } }
    }

    /// Changes what a node's file says, which counts from its next start or reload on.
    func change(_ index: Int, _ body: (inout NodeConfiguration) -> Void) throws {
        let file = layout.member(id(index)).nodeFile
        var configuration = try NodeConfiguration.read(file)
        body(&configuration)
        try configuration.write(to: file)
    }

    func client(_ index: Int) async throws -> NodeClient {
        try await NodeClient(socket: try configuration(index).controlPath)
    }

    /// Starts nodes, and waits until each of them answers.
    func start(_ indices: some Sequence<Int>) async throws {
        for index in indices {
            let lifeline = Pipe()
            processes[index] = try Program.startNode(folder(index), lifeline: lifeline)
            lifelines[index] = lifeline
        }
        for index in indices {
            let run = try await Program.run(["status", "--node", folder(index), "--wait", "60"])
            let log = try? String(contentsOfFile: folder(index) + "/node.log", encoding: .utf8)
            #expect(run.status == 0, "\(id(index)): \(run.complaint), \(log ?? "")")
        }
    }

    /// Ends a node as a power switch would, but for what the system still has to write.
    func kill(_ index: Int) {
        guard let process = processes.removeValue(forKey: index) else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Lets a node hear and say nothing, or go on.
    func signal(_ index: Int, _ signal: Int32) {
        if let process = processes[index] { Glibc.kill(process.processIdentifier, signal) }
    }

    /// Asks a node to end; returns with what it did.
    func stop(_ index: Int) -> Int32 {
        guard let process = processes.removeValue(forKey: index) else { return -1 }
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The first line with these words in a node's log, as soon as there is one; empty where none
    /// comes within a minute.
    func line(_ words: String, of index: Int) async throws -> String {
        let script = "until grep -m 1 -- \"$1\" \"$2\"; do sleep 0.05; done"
        return try await Program.run(
            ["60", "bash", "-c", script, "-", words, folder(index) + "/node.log"], of: "timeout"
        ).output
    }

    /// The first of as many ports in a row as there are nodes, below those that systems give out.
    private static func freePorts() throws -> Int {
        for _ in 0..<100 {
            let first = Int.random(in: 20_000..<32_000)
            if (first..<first + 4).allSatisfy(isFree) { return first }
        }
        throw Failure(.other, "no ports are free")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
