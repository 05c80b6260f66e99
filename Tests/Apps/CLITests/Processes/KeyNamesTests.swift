internal import Foundation
internal import Node
internal import Testing

@testable import custos

@Suite("Two processes with one key", .timeLimit(.minutes(30)))
struct KeyNamesTests {
    /// A node with data, ports and institution of its own, to which a file of another node's was
    /// copied: a consensus key, or a key that numbers entries.
    @Test(arguments: ["consensus", "submit"])
    func theSecondIsRefused(_ role: String) async throws {
        let network = try ProgramNetwork()
        try await network.start([0])
        let (held, copy) = (try network.configuration(0).keys, network.folder(1) + "/copy.secret")
        let path = role == "consensus" ? held.consensus : held.submit["0"]
        try FileManager.default.copyItem(atPath: try #require(path), toPath: copy)
        let own = try network.configuration(1).keys
        try network.change(1) { file in
            if role == "consensus" {
                file.keys.consensus = copy
            } else {
                file.keys.submit["0"] = copy
            }
        }
        let refused = try await Program.run(["node", network.folder(1), "--ledger-only"])
        #expect(refused.status == Ending.file.rawValue)
        #expect(refused.complaint.contains("the \(role) key"), "\(refused.complaint)")
        #expect(refused.complaint.contains("another process runs with this key"))
        // With its own keys it runs, and does not take the copy when it reads its file again.
        try network.change(1) { $0.keys = own }
        try await network.start([1])
        try network.change(1) { file in
            var next = NodeConfiguration.NextKeys()
            if role == "consensus" { next.consensus = copy } else { next.submit = ["0": copy] }
            file.keys.next = next
        }
        network.signal(1, SIGHUP)
        let line = try await network.line("not taken over", of: 1)
        #expect(line.contains("another process runs with this key"), "\(line)")
        // The system lets go of the key with the process, however it ends.
        network.kill(0)
        _ = network.stop(1)
        try await network.start([1])
    }
}
