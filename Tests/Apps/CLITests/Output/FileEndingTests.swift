internal import Foundation
internal import Node
internal import Testing

@testable import custos

/// How commands end whose files cannot be read, or are not what is asked for.
@Suite("Files that cannot be judged", .timeLimit(.minutes(30)))
struct FileEndingTests {
    private let folder: TemporaryFolder
    private let node: OneVote
    private let genesis: [String]

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
        genesis = ["--genesis", node.place.configuration.genesis]
    }

    private func expect(
        _ ending: Ending, _ words: String, _ arguments: [String]
    ) async throws {
        let error = await #expect(throws: Failure.self, "\(arguments)") {
            try await LyingServer.run(arguments)
        }
        let failure = try #require(error)
        #expect(failure.ending == ending, "\(arguments): \(failure.message)")
        #expect(failure.message.contains(words), "\(arguments): \(failure.message)")
        #expect(!failure.message.contains("Error"), "\(arguments): \(failure.message)")
        #expect(!failure.message.contains("Failure("), "\(arguments): \(failure.message)")
    }

    @Test("a file that is missing, or no file, is named, and no verdict given")
    func files() async throws {
        let missing = folder.path + "/missing"
        let some = try folder.file("some", "x")
        let out = ["--out", folder.path + "/out"]
        for path in [folder.path, "/dev/null", missing] {
            try await expect(.file, path, ["verify", path] + genesis)
            try await expect(.file, path, ["verify", some, "--chain", path] + genesis)
            try await expect(.file, path, ["verify", some, "--entry", path] + genesis)
            try await expect(.file, path, ["fork", path, some] + out + genesis)
            try await expect(.file, path, ["fork", some, path] + out + genesis)
        }
        for path in [folder.path, missing] {
            try await expect(.file, path, ["verify", some, "--genesis", path])
            try await expect(.file, path, ["fork", some, some, "--genesis", path] + out)
        }
        // What can be read and is no proof is still judged.
        await #expect(throws: Ending.refused) {
            try await LyingServer.run(["verify", some] + genesis)
        }
        await #expect(throws: Ending.refused) {
            try await LyingServer.run(["fork", some, some] + out + genesis)
        }
        #expect(!Files.isThere(folder.path + "/out"))
    }

    @Test("a node whose genesis file is missing ends commands with that file")
    func genesisFile() async throws {
        Files.remove(node.place.configuration.genesis)
        for command in [
            ["query", "--kind", "access"], ["head", "--out", folder.path + "/out"],
        ] {
            try await expect(
                .file, node.place.configuration.genesis,
                command + ["--node", node.place.file])
        }
    }

    @Test("an archive from the middle cannot be executed, which is no verdict")
    func archives() async throws {
        let archive = folder.path + "/middle.archive"
        try await OneVote.live([node]) { _ in
            try await LyingServer.run([
                "archive", "export", "--from", "3", "--to", "6", "--out", archive, "--node",
                node.place.file,
            ])
        }
        try await LyingServer.run(["verify", archive] + genesis)
        try await expect(.usage, "block 1", ["verify", archive, "--full"] + genesis)
        // An archive that is cut short is one that does not hold.
        try Files.write(Array(try Files.read(archive).dropLast(9)), to: archive)
        await #expect(throws: Ending.refused) {
            try await LyingServer.run(["verify", archive] + genesis)
        }
    }
}
