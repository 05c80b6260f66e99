internal import Consensus
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Testing

@testable import custos

/// Two pasts of one ledger, shown by files that carry many heads.
@Suite("What custos fork finds in files", .timeLimit(.minutes(30)))
struct ForkCommandTests {
    private let folder: TemporaryFolder
    private let node: OneVote
    private let twin: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
        twin = try OneVote(folder.path + "/t", as: node)
    }

    @Test("two heads that contradict each other are found among all, in two files or in one")
    func amongMany() async throws {
        var heads: [ClaimedHead] = []
        var file: ProofFile?
        try await OneVote.live([node, twin]) { clients in
            for client in clients {
                let block = try await client.block(Height(3))
                heads.append(
                    ClaimedHead(
                        header: try Block.decode(block.block).header,
                        commitProof: try CommitProof.decode(block.commitProof[...]).claimed))
            }
            file = try ProofFile.decode(try await clients[0].proof(leaf: 2))
        }
        let proof = try #require(file)
        let (ours, theirs) = (heads[0], heads[1])
        // Nobody signed it: that it contradicts the other proves nothing.
        let unsigned = ClaimedHead(header: theirs.header, commitProof: ours.commitProof)
        func write(_ name: String, _ heads: [ClaimedHead]) throws -> String {
            let path = folder.path + "/" + name
            let salt = [UInt8](repeating: 1, count: 32)
            let bundle = FindingBundle(
                proof: proof.with(head: heads[0]), statement: [], salt: salt, rules: [],
                knowledge: [],
                evidence: heads.dropFirst().map {
                    FindingBundle.Evidence(proof: proof.with(head: $0), payload: [], salt: salt)
                })
            try Files.write(bundle.encode(), to: path)
            return path
        }
        let one = try write("ours", [ours])
        let many = try write("many", [unsigned, theirs])
        let both = try write("both", [ours, theirs])
        let bent = try write("bent", [unsigned])
        let genesis = ["--genesis", node.place.configuration.genesis]
        for (first, second, isFork) in [
            (one, many, true), (many, one, true), (both, both, true),
            (one, one, false), (one, bent, false),
        ] {
            let out = folder.path + "/fork.proof"
            let fork = ["fork", first, second, "--out", out] + genesis
            guard isFork else {
                await #expect(throws: Ending.refused, "\(first) \(second)") {
                    try await LyingServer.run(fork)
                }
                #expect(!Files.isThere(out))
                continue
            }
            try await LyingServer.run(fork)
            try await LyingServer.run(["verify", out] + genesis)
            Files.remove(out)
        }
    }
}
