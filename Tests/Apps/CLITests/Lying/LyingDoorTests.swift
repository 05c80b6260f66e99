internal import API
internal import Cryptography
internal import Foundation
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Strangers
internal import Testing
internal import Tiles

@testable import custos

/// Commands that ask over HTTP, before a server that lies.
@Suite("Commands before a web server that lies", .timeLimit(.minutes(30)))
struct LyingDoorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What a web server makes of the honest answer to a path.
    private struct WebLie: Sendable {
        let name: String
        var words: [String] = []
        var answer: @Sendable (_ path: String, HTTPResponse) -> HTTPResponse = { $1 }
    }

    /// Serves with `honest` what a lie makes of it, while `body` runs with the server's URL.
    private func serve(
        _ lie: WebLie, _ honest: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
        _ body: (String) async throws -> Void
    ) async throws {
        let server = HTTPServer { request in
            lie.answer(request.path, await honest(request))
        }
        let port = try await server.start(host: "127.0.0.1", port: 0)
        await LyingServer.expect(lie.words, lie.name) {
            try await body("http://127.0.0.1:\(port)")
        }
        await server.stop()
    }

    private func quoted(_ steps: ProofStep...) -> [String] {
        steps.map { "\"\($0.rawValue)\"" }
    }

    @Test("receipts of another statement, another tree or too few are refused")
    func statements() async throws {
        let node = try OneVote(folder.path + "/n")
        let foreign = try OneVote(folder.path + "/f", named: "foreign")
        var doors: [Door] = []
        var answers: [[UInt8]] = []
        for one in [node, foreign] {
            try await one.start()
            let client = try await one.client()
            try await one.register("lab.example", client)
            await client.close()
            doors.append(try await one.door())
        }
        let url = "http://127.0.0.1:\(doors[0].port)"
        let genesis = ["--genesis", node.place.configuration.genesis]
        for (name, payload, door, base) in [
            ("own", "a result", url, node), ("other", "another result", url, node),
            ("foreign", "a result", "http://127.0.0.1:\(doors[1].port)", foreign),
        ] {
            let file = folder.path + "/\(name).cose"
            try Files.write(
                try SignedStatement.bytes(issuer: "lab.example", payload: payload), to: file)
            let out = folder.path + "/\(name).transparent"
            try await LyingServer.run([
                "statement", file, "--door", door, "--out", out, "--genesis",
                base.place.configuration.genesis,
            ])
            answers.append(try Files.read(out))
        }
        try await LyingServer.run(["verify", folder.path + "/own.transparent"] + genesis)
        let lies = try statementLies(answers)
        let honest = Self.proxy(url)
        for (index, lie) in lies.enumerated() {
            let out = folder.path + "/lie\(index)"
            try await serve(lie, honest) { base in
                try await LyingServer.run(
                    ["statement", folder.path + "/own.cose", "--door", base, "--out", out]
                        + genesis)
            }
            #expect(Files.isThere(out) == lie.words.isEmpty, "\(lie.name)")
        }
        for door in doors { await door.close() }
        for one in [node, foreign] { try await one.stop() }
    }

    /// What is said instead of the first of these Transparent Statements: the second is of another
    /// statement, the third of another ledger.
    private func statementLies(_ answers: [[UInt8]]) throws -> [WebLie] {
        let own = try StatementBody(emptying: answers[0])
        let ownReceipts = try StatementBody.receipts(in: answers[0])
        let otherReceipts = try StatementBody.receipts(in: answers[1])
        let foreignReceipts = try StatementBody.receipts(in: answers[2])
        let bent = ownReceipts.map { Array($0.dropLast()) + [($0.last ?? 0) ^ 1] }
        func said(_ bytes: [UInt8]) -> @Sendable (String, HTTPResponse) -> HTTPResponse {
            { path, honest in
                guard path.hasPrefix("/entries/"), honest.status == 200 else { return honest }
                return HTTPResponse(200, "application/cose", bytes)
            }
        }
        return [
            WebLie(name: "no lie"),
            WebLie(
                name: "another statement", words: quoted(.statement), answer: said(answers[1])),
            WebLie(
                name: "receipts of another statement", words: quoted(.ledgerTree),
                answer: said(own.encode(receipts: otherReceipts))),
            WebLie(
                name: "receipts of another ledger", words: quoted(.ledger),
                answer: said(own.encode(receipts: foreignReceipts))),
            WebLie(
                name: "receipts with a bit changed", words: quoted(.ledgerTree),
                answer: said(own.encode(receipts: bent))),
            WebLie(
                name: "one receipt twice", words: quoted(.commitProof),
                answer: said(own.encode(receipts: ownReceipts + ownReceipts))),
            WebLie(
                name: "no receipts", words: quoted(.commitProof),
                answer: said(own.encode(receipts: []))),
            WebLie(name: "no statement", words: quoted(.form), answer: said([0x80])),
            WebLie(
                name: "a place elsewhere", words: ["the door refused"],
                answer: { path, honest in
                    guard path == "/entries" else { return honest }
                    var answer = honest
                    answer.headers = [("location", "http://127.0.0.1:1/entries/0-1")]
                    return answer
                }),
        ]
    }

    /// Hands requests on to another server.
    private static func proxy(_ url: String) -> @Sendable (HTTPRequest) async -> HTTPResponse {
        { request in
            do {
                let client = try WebClient(url)
                let query = request.query.isEmpty ? "" : "?" + request.query
                let answer =
                    request.method == "POST"
                    ? try await client.post(
                        request.path, request.body, type: request.mediaType)
                    : try await client.get(request.path + query)
                return HTTPResponse(
                    answer.status, answer.header("Content-Type") ?? "", answer.body,
                    headers: answer.header("Location").map { [("location", $0)] } ?? [])
            } catch {
                return .problem(502, "\(error)")
            }
        }
    }

    @Test("tiles of another tree, and a log that is cut or changed, are refused")
    func tiles() async throws {
        let node = try OneVote(folder.path + "/n")
        let logKey = try await OneVote.live([node]) { clients in
            let client = clients[0]
            let logKey = try await log("early", node)
            try await node.keepHead(Height(4), at: folder.path + "/early.head", client)
            try await node.live(client)
            _ = try await log("log", node)
            try await node.keepHead(at: folder.path + "/late.head", client)
            return logKey
        }
        let lies = try tileLies()
        let root = folder.path
        for (index, lie) in lies.enumerated() {
            let out = root + "/copy\(index)"
            try await serve(lie, { Self.file(root + "/log" + $0.path) }) { base in
                try await LyingServer.run([
                    "archive", "fetch", base, "--out", out, "--log-key", logKey, "--head",
                    root + "/late.head",
                ])
            }
            #expect(Files.isThere(out) == lie.words.isEmpty, "\(lie.name)")
        }
        // From a disk, and by a head that the log goes on from.
        try await LyingServer.run([
            "archive", "fetch", root + "/log", "--out", root + "/disk", "--log-key", logKey,
            "--head", root + "/early.head",
        ])
        let tile = try tilePath("log")
        #expect(try file("disk", tile) == file("log", tile))
    }

    private func file(_ log: String, _ path: String) throws -> [UInt8] {
        try Files.read("\(folder.path)/\(log)/\(path)")
    }

    /// The path of the one tile of leaf hashes of a small log.
    private func tilePath(_ log: String) throws -> String {
        try entriesPath(log).replacing("tile/entries", with: "tile/0")
    }

    /// What a web server says of the log instead.
    private func tileLies() throws -> [WebLie] {
        func instead(
            _ path: String, _ bytes: [UInt8]
        ) -> @Sendable (String, HTTPResponse) -> HTTPResponse {
            { $0.hasPrefix("/" + path) ? HTTPResponse(200, "", bytes) : $1 }
        }
        let entries = try entriesPath("log")
        var bundle = try file("log", entries)
        bundle[bundle.count - 1] ^= 1
        var hashes = try file("log", try tilePath("log"))
        hashes[0] ^= 1
        let note = try #require(
            SignedNote(String(decoding: try file("log", "checkpoint"), as: UTF8.self)))
        let checkpoint = try #require(Checkpoint(note))
        var forged = SignedNote(
            text: Checkpoint(origin: checkpoint.origin, size: 2, root: checkpoint.root).text)
        forged.sign(
            as: checkpoint.origin, by: try Ed25519Key(secret: [UInt8](repeating: 9, count: 32)))
        return [
            WebLie(name: "no lie"),
            WebLie(
                name: "a checkpoint by another key", words: ["is not signed by"],
                answer: instead("checkpoint", Array(forged.note.utf8))),
            WebLie(
                name: "an entry changed",
                words: ["is not the tile over", "that of the trusted head is"],
                answer: instead("tile/entries/", bundle)),
            WebLie(
                name: "a bundle cut short", words: ["is no bundle of"],
                answer: instead("tile/entries/", Array(bundle.dropLast(40)))),
            WebLie(
                name: "a tile of another tree", words: ["is not the tile over"],
                answer: instead("tile/0/", hashes)),
            WebLie(
                name: "a tile that is not there", words: ["is answered with 404"],
                answer: { path, honest in
                    path.hasPrefix("/tile/0/") ? .problem(404, "no") : honest
                }),
            WebLie(
                name: "the log as it was", words: ["it is older"],
                answer: instead("checkpoint", try file("early", "checkpoint"))),
        ]
    }

    private static func file(_ path: String) -> HTTPResponse {
        (try? Files.read(path)).map { HTTPResponse(200, "", $0) } ?? .problem(404, "no such file")
    }

    /// Writes the ledger as a tiled log, and returns the vkey of its key.
    private func log(_ name: String, _ node: OneVote) async throws -> String {
        let secret = folder.path + "/log.secret"
        let bytes = [UInt8](repeating: 7, count: 32)
        if !Files.isThere(secret) {
            try SecretFile(purpose: "a log", bytes: bytes).write(to: secret)
        }
        let archive = "\(folder.path)/\(name).archive"
        try await LyingServer.run([
            "archive", "export", "--out", archive, "--node", node.place.folder,
        ])
        try await LyingServer.run([
            "archive", "tiles", archive, "--genesis", node.place.configuration.genesis, "--out",
            "\(folder.path)/\(name)", "--origin", "county.example/log", "--key", secret,
        ])
        return NoteVerifier(
            name: "county.example/log", publicKey: try Ed25519Key(secret: bytes).publicKey,
            role: .log
        ).vkey
    }

    /// The path of the one bundle of a small log.
    private func entriesPath(_ log: String) throws -> String {
        let note = try #require(SignedNote(try Files.readText("\(folder.path)/\(log)/checkpoint")))
        let size = try #require(Checkpoint(note)).size
        return try #require(TileWriter.bundle(0, treeSize: size)).path
    }
}
