internal import API
internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Strangers
internal import Testing

@testable import custos

/// Proofs held against a head that is older or newer than theirs, by links that are checked.
@Suite("Proofs and heads of other heights", .timeLimit(.minutes(30)))
struct HeldHeadTests {
    private let folder: TemporaryFolder
    private let node: OneVote
    private let genesis: [String]

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
        genesis = ["--genesis", node.place.configuration.genesis]
    }

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
    private var at: [String] { ["--node", node.place.file] }

    @Test("without a link they are refused, older and newer; with one that is checked they hold")
    func links() async throws {
        try await OneVote.live([node]) { clients in
            let patient = OneVote.patients[0].description
            try await node.keepHead(Height(3), at: path("early.head"), clients[0])
            try await LyingServer.run(["proof", "2", "--out", path("a.proof")] + at)
            try await LyingServer.run(
                ["query", "patient", patient, "--limit", "2", "--out", path("b.answer")] + at)
            try await LyingServer.run(
                ["archive", "export", "--from", "5", "--out", path("c.archive")] + at)
            try await LyingServer.run(["receipt", "2", "--out", path("r")] + at)
            try await node.live(clients[0])
            try await node.keepHead(at: path("late.head"), clients[0])
            for head in ["early.head", "late.head"] {
                let held = genesis + ["--head", path(head)]
                for file in ["a.proof", "b.answer"] {
                    let link = path("\(file).\(head).link")
                    await #expect(throws: Ending.refused, "\(file) \(head)") {
                        try await LyingServer.run(["verify", path(file)] + held)
                    }
                    try await LyingServer.run(
                        ["head", "--link", path(file), "--to", path(head), "--out", link] + at)
                    try await LyingServer.run(["verify", path(file), "--link", link] + held)
                    try await LyingServer.run(
                        ["verify", path(file), "--link", link, "--json"] + held)
                }
                await #expect(throws: Ending.refused, "archive, \(head)") {
                    try await LyingServer.run(["verify", path("c.archive")] + held)
                }
                let receipts = [path("r.regulator.cose"), "--entry", path("r.entry")]
                await #expect(throws: Ending.refused, "receipts, \(head)") {
                    try await LyingServer.run(["verify"] + receipts + held)
                }
                try await LyingServer.run(
                    ["verify"] + receipts + ["--link", path("a.proof.\(head).link")] + held)
                let link = path("r.\(head).link")
                try await LyingServer.run(
                    ["head", "--link", receipts[0], "--to", path(head), "--out", link] + at)
                try await LyingServer.run(["verify"] + receipts + ["--link", link] + held)
            }
            // An archive that comes to the head needs no link.
            try await node.keepHead(Height(6), at: path("middle.head"), clients[0])
            try await LyingServer.run(
                ["verify", path("c.archive"), "--head", path("middle.head")] + genesis)
        }
    }

    @Test("a statement with its receipts is linked, and receipts of another block are not")
    func receipts() async throws {
        let other = try OneVote(path("o"), named: "other")
        try await OneVote.live([node, other]) { clients in
            try await node.keepHead(Height(3), at: path("h.head"), clients[0])
            try await node.register("lab.example", clients[0])
            let door = try await node.door()
            let statement = try SignedStatement.bytes(issuer: "lab.example")
            try Files.write(statement, to: path("s.cose"))
            try await LyingServer.run(
                [
                    "statement", path("s.cose"), "--door", "http://127.0.0.1:\(door.port)",
                    "--out", path("s.transparent"),
                ] + genesis)
            await door.close()
            let held = ["--head", path("h.head")] + genesis
            await #expect(throws: Ending.refused) {
                try await LyingServer.run(["verify", path("s.transparent")] + held)
            }
            let link = ["head", "--link", path("s.transparent"), "--to", path("h.head")]
            try await LyingServer.run(link + ["--out", path("s.link")] + at)
            try await LyingServer.run(
                ["verify", path("s.transparent"), "--link", path("s.link")] + held)
            // Receipts of one ledger, a node of the other.
            try await LyingServer.run(
                ["receipt", "2", "--out", path("r"), "--node", other.place.file])
            let stranger = ["head", "--link", path("r.regulator.cose"), "--to", path("h.head")]
            try await expect("issuer", stranger + ["--out", path("r.link")] + at)
            #expect(!Files.isThere(path("r.link")))
        }
    }

    @Test("what a case gives is held against the head, too: its link has the tree of each bundle")
    func given() async throws {
        try await OneVote.live([node]) { clients in
            try await node.keepHead(Height(3), at: path("h.head"), clients[0])
            var proofs: [ProofFile] = []
            for leaf in 0..<3 as Range<UInt64> {
                proofs.append(try ProofFile.decode(try await clients[0].proof(leaf: leaf)))
                try await node.block([0], clients[0])
            }
            let salt = [UInt8](repeating: 1, count: 32)
            let bundle = FindingBundle(
                proof: proofs[1], statement: [], salt: salt, rules: [], knowledge: [],
                evidence: [FindingBundle.Evidence(proof: proofs[2], payload: [], salt: salt)])
            let statement = CaseStatement(
                blindedCase: OneVote.patients[0], step: .shared(.legal), words: "",
                findings: [.zero], bundles: [bundle.encode()])
            let opened = CaseFile.Opened(statement: statement.encode(), salt: salt)
            let file = CaseFile(
                isClosed: false, steps: [CaseFile.Step(proof: proofs[0], opened: opened)])
            let held = try ProofHeads(file.encode()).held
            #expect(held == proofs.map(\.head.header))
            #expect(Set(held.map(\.height)).count == 3)
            try Files.write(file.encode(), to: path("a.case"))
            try await LyingServer.run(
                ["head", "--link", path("a.case"), "--to", path("h.head")]
                    + ["--out", path("a.link")] + at)
            let links = try ConsistencyProof.list(try Files.read(path("a.link")))
            #expect(links.map(\.secondSize) == held.map(\.treeSize))
        }
    }

    @Test("a link that does not hold is not written, and neither is one to another ledger's head")
    func lyingLinks() async throws {
        let other = try OneVote(path("o"), named: "other")
        try await OneVote.live([node, other]) { clients in
            try await node.keepHead(Height(3), at: path("early.head"), clients[0])
            try await other.keepHead(Height(3), at: path("other.head"), clients[1])
            try await LyingServer.run(["proof", "2", "--out", path("a.proof")] + at)
            let bent = Lie(
                name: "a link with a bit changed", words: ["\"trusted head\""],
                answer: { request, honest in
                    guard case .consistency = request, !honest.isEmpty else { return honest }
                    return honest.dropLast() + [(honest.last ?? 0) ^ 1]
                })
            let out = path("out.link")
            for (lie, head) in [
                (bent, "early.head"),
                (Lie(name: "a foreign head", words: ["ledger"]), "other.head"),
            ] {
                try await LyingServer.tell(
                    lie, about: node, in: folder.path,
                    ["head", "--link", path("a.proof"), "--to", path(head), "--out", out])
                #expect(!Files.isThere(out), "\(lie.name)")
            }
        }
    }

    @Test("a file in the wrong place is told by what it is, and which option wants it")
    func natures() async throws {
        try await OneVote.live([node]) { clients in
            try await node.keepHead(Height(3), at: path("h.head"), clients[0])
            try await LyingServer.run(["proof", "2", "--out", path("p.proof")] + at)
            try await LyingServer.run(["receipt", "2", "--out", path("r")] + at)
            try await LyingServer.run(["chain", "--out", path("c.chain")] + at)
            try await LyingServer.run(
                ["archive", "export", "--out", path("a.archive")] + at)
            try await LyingServer.run(
                [
                    "head", "--link", path("p.proof"), "--to", path("h.head"), "--out",
                    path("l.link"),
                ] + at)
        }
        let secret = node.place.secrets.govern(1)
        let genesisFile = node.place.configuration.genesis
        let wrong: [(String, String)] = [
            (path("h.head"), "--head"), (path("c.chain"), "--chain"), (path("l.link"), "--link"),
            (path("r.entry"), "--entry"), (path("r.regulator.cose"), "--entry"),
            (genesisFile, "--genesis"), (secret, "secret"),
        ]
        for (file, words) in wrong {
            try await expect(words, ["verify", file] + genesis)
        }
        // Each in the place of another.
        let proof = path("p.proof")
        for (arguments, words) in [
            (["--head", path("l.link")], "--link"), (["--chain", path("h.head")], "--head"),
            (["--head", path("h.head"), "--link", path("c.chain")], "--chain"),
            (["--chain", proof], "custos verify"), (["--head", genesisFile], "--genesis"),
        ] {
            try await expect(words, ["verify", proof] + genesis + arguments)
        }
        try await expect("--head", ["verify", proof, "--genesis", path("h.head")])
        try await expect(
            "is a head", ["fork", proof, path("h.head"), "--out", path("f")] + genesis)
        try await expect("receipts", ["verify", proof, "--entry", path("r.entry")] + genesis)
        // What may be a proof is judged, however bent.
        var bytes = try Files.read(proof)
        bytes[bytes.count / 2] ^= 1
        try Files.write(bytes, to: proof)
        await #expect(throws: Ending.refused) {
            try await LyingServer.run(["verify", proof] + genesis)
        }
    }

    @Test("a chain of another ledger, a second one, or a ledger above that is not walked up to")
    func uselessFiles() async throws {
        let other = try OneVote(path("o"), named: "other")
        try await OneVote.live([node, other]) { _ in
            try await LyingServer.run(["proof", "2", "--out", path("p.proof")] + at)
            try await LyingServer.run(["chain", "--out", path("own.chain")] + at)
            try await LyingServer.run(
                ["chain", "--out", path("other.chain"), "--node", other.place.file])
        }
        let verify = ["verify", path("p.proof")] + genesis
        let own = ["--chain", path("own.chain")]
        try await LyingServer.run(verify + own)
        try await expect("is a chain of ledger", verify + ["--chain", path("other.chain")])
        try await expect("second chain", verify + own + own)
        await #expect(throws: Ending.refused) {
            try await LyingServer.run(verify + ["--above", other.place.configuration.genesis])
        }
        await #expect(throws: ValidationError.self) {
            try await LyingServer.run(verify + ["--full"])
        }
    }

    private func expect(_ words: String, _ arguments: [String]) async throws {
        let error = await #expect(throws: Failure.self, "\(arguments)") {
            try await LyingServer.run(arguments)
        }
        let message = try #require(error).message
        #expect(message.contains(words), "\(arguments): \(message)")
        #expect(!message.contains("malformed"), "\(arguments): \(message)")
    }
}
