internal import Foundation
internal import Node
internal import Testing

@testable import custos

/// `custos archive tiles` into a folder that has a log already.
@Suite("A tiled log, written again", .timeLimit(.minutes(30)))
struct TilesAgainTests {
    private let folder: TemporaryFolder
    private let nodes: [OneVote]

    init() throws {
        folder = try TemporaryFolder()
        nodes = [
            try OneVote(folder.path + "/n"), try OneVote(folder.path + "/o", named: "other"),
        ]
    }

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    private func tiles(_ archive: String, of node: Int = 0, as origin: String) async throws {
        try await LyingServer.run([
            "archive", "tiles", path(archive), "--genesis",
            nodes[node].place.configuration.genesis, "--out", path("log"), "--origin", origin,
            "--key", path("log.secret"),
        ])
    }

    @Test("it grows and keeps its witnesses; one of another name, past or size is refused")
    func again() async throws {
        let secret = SecretFile(purpose: "a log", bytes: [UInt8](repeating: 7, count: 32))
        try secret.write(to: path("log.secret"))
        try await OneVote.live(nodes) { clients in
            for (index, name) in ["early", "other"].enumerated() {
                try await LyingServer.run([
                    "archive", "export", "--out", path(name), "--node", nodes[index].place.file,
                ])
            }
            try await nodes[0].live(clients[0])
            try await LyingServer.run([
                "archive", "export", "--out", path("late"), "--node", nodes[0].place.file,
            ])
        }
        let origin = "county.example/log"
        let checkpoint = path("log/checkpoint")
        try await tiles("early", as: origin)
        try await LyingServer.run([
            "archive", "cosign", checkpoint, "--name", "witness.example/w", "--key",
            path("log.secret"),
        ])
        let cosigned = try Files.read(checkpoint)
        try await tiles("early", as: origin)
        #expect(try Files.read(checkpoint) == cosigned)
        let lies: [(String, Int, String, String)] = [
            ("early", 0, "other.example/log", "would be written over"),
            ("other", 1, origin, "another root"),
        ]
        for (archive, node, name, words) in lies {
            let error = await #expect(throws: Failure.self, "\(archive) \(name)") {
                try await tiles(archive, of: node, as: name)
            }
            #expect(error?.ending == .refused && error?.message.contains(words) == true)
            #expect(try Files.read(checkpoint) == cosigned)
        }
        try await tiles("late", as: origin)
        let late = try Files.read(checkpoint)
        #expect(late != cosigned)
        let error = await #expect(throws: Failure.self) { try await tiles("early", as: origin) }
        #expect(error?.message.contains("a log only grows") == true)
        #expect(try Files.read(checkpoint) == late)
    }
}
