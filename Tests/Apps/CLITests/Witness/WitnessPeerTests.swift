internal import API
internal import Cryptography
internal import Foundation
internal import Primitives
internal import TestSupport
internal import Testing
internal import Tiles

@testable import custos

/// Before a log and a witness in plain Python, which know no code of Custos.
@Suite(
    "Witnesses and logs of others", .timeLimit(.minutes(30)),
    .enabled(if: Python.has("cryptography"), "python3 lacks the package cryptography"))
struct WitnessPeerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let peer = Python.path("Tests/Vectors/witness/peer.py")

    private func verifier(
        _ name: String, _ byte: UInt8, _ role: SignedNote.Role
    ) throws -> NoteVerifier {
        NoteVerifier(
            name: name,
            publicKey: try Ed25519Key(secret: [UInt8](repeating: byte, count: 32)).publicKey,
            role: role)
    }

    private func secret(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

    @Test("a log in Python is cosigned as it grows, and refused as it misbehaves")
    func log() async throws {
        let witness = try Witness(
            name: "w.example", secret: secret(2),
            logs: [try verifier("python.example/log", 1, .log)],
            folder: folder.path + "/state")
        let router = Router([witness.route])
        let server = HTTPServer { await router.answer($0) }
        let port = try await server.start(host: "127.0.0.1", port: 0)
        let vkey = await witness.verifier.vkey
        let ending = try await Python.runApart([
            Self.peer, "log", "http://127.0.0.1:\(port)", secret(1).hex, vkey,
        ])
        #expect(ending.isGood, "\(ending.complaint)")
        #expect(ending.output.contains("answered as they should be"))
        await server.stop()
    }

    @Test("a witness in Python cosigns a log as it grows, and not one with another past")
    func witness() async throws {
        let key = folder.path + "/log.secret"
        try SecretFile(purpose: "a log", bytes: secret(1)).write(to: key)
        let log = try verifier("county.example/log", 1, .log)
        let witness = try verifier("python.example/witness", 2, .witness)
        let peer = try PythonServer([Self.peer, "witness", secret(2).hex, log.vkey])
        let url = peer.firstLine
        for (name, size, past) in [("first", 3, 0), ("second", 700, 0), ("same", 700, 0)] {
            let place = try write(name, size, past: past)
            try await LyingServer.run([
                "witness", "ask", place, "--url", url, "--witness", witness.vkey,
            ])
            let note = try #require(SignedNote(try Files.readText(place + "/checkpoint")))
            #expect(note.isSigned(by: witness) && note.isSigned(by: log))
            #expect(note.signatures.count == 2)
        }
        let lies: [(String, Int, Int, [String])] = [
            ("another past", 900, 1, ["(422)"]), ("another root", 700, 1, ["(409)"]),
            ("a smaller tree", 500, 0, ["has cosigned a tree of 700 entries"]),
        ]
        for (name, size, past, words) in lies {
            let place = try write(name, size, past: past)
            await LyingServer.expect(words, name) {
                try await LyingServer.run([
                    "witness", "ask", place, "--url", url, "--witness", witness.vkey,
                ])
            }
            let note = try #require(SignedNote(try Files.readText(place + "/checkpoint")))
            #expect(note.signatures.count == 1)
        }
        // The Python witness answers with a stranger's line as well: alone, it is nothing.
        let place = try write("stranger", 701, past: 0)
        let stranger = try verifier("python.example/nobody", 9, .witness)
        await LyingServer.expect(["has no cosignature of"], "a stranger") {
            try await LyingServer.run([
                "witness", "ask", place, "--url", url, "--witness", stranger.vkey,
            ])
        }
        peer.end()
    }

    /// A tiled log of so many entries, signed; its first entry follows from the past.
    private func write(_ name: String, _ size: Int, past: Int) throws -> String {
        let place = "\(folder.path)/\(name.replacing(" ", with: "-"))"
        var writer = TileWriter()
        var files: [TileWriter.File] = []
        for index in 0..<size {
            let entry = Array("\(index == 0 ? past : 0) \(index)".utf8)
            files += writer.add(entry[...])
        }
        for file in files + writer.partialFiles() {
            let path = "\(place)/\(file.path)"
            try Files.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
            try Files.write(file.bytes, to: path)
        }
        let checkpoint = Checkpoint(
            origin: "county.example/log", size: writer.size, root: writer.root)
        var note = SignedNote(text: checkpoint.text)
        note.sign(as: checkpoint.origin, by: try Ed25519Key(secret: secret(1)))
        try Files.write(Array(note.note.utf8), to: place + "/checkpoint")
        return place
    }
}
