internal import API
internal import ArgumentParser
internal import Foundation
internal import Node
internal import Primitives
internal import Strangers
internal import TestSupport
internal import Testing

@testable import custos

/// A third party's statement on the ledger, as readers see it.
@Suite("The entry of a statement", .timeLimit(.minutes(30)))
struct StatementEntryTests {
    private let folder: TemporaryFolder
    private let node: OneVote

    init() throws {
        folder = try TemporaryFolder()
        node = try OneVote(folder.path + "/n")
    }

    /// Runs `body` while the node runs and has one statement, whose leaf it is given.
    private func live(_ body: (UInt64) async throws -> Void) async throws {
        try await node.start()
        let client = try await node.client()
        try await node.register("lab.example", client)
        let door = try await node.door()
        let file = folder.path + "/own.cose"
        try Files.write(try SignedStatement.bytes(issuer: "lab.example"), to: file)
        try await LyingServer.run([
            "statement", file, "--door", "http://127.0.0.1:\(door.port)", "--out",
            folder.path + "/own.transparent", "--genesis", node.place.configuration.genesis,
        ])
        let statements = try QueryCommand.parse([
            "--kind", "statement", "--node", node.place.file,
        ])
        let rows = try await statements.answer { _ in }.rows
        try await body(try #require(rows.first).entry.leaf)
        await client.close()
        await door.close()
        try await node.stop()
    }

    @Test("its row says nothing of time and issuer, which its bytes do not say")
    func rows() async throws {
        try await live { leaf in
            let arguments = ["--kind", "statement", "--node", node.place.file]
            let report = try await QueryCommand.parse(arguments).answer { _ in }
            let row = try #require(report.rows.first)
            #expect(report.rows.count == 1 && row.entry.leaf == leaf)
            #expect(row.cells[1].isEmpty && row.cells[2].isEmpty)
            #expect(row.cells.last?.contains("lab.example") == true)
            var said: [String] = []
            for format in ["csv", "ndjson"] {
                _ = try await QueryCommand.parse(arguments + ["--format", format])
                    .answer { said.append($0) }
            }
            // Heads, row and note; row and note.
            #expect(said.count == 5 && said[1].contains(",statement,,,,,"))
            #expect(!said.contains { $0.contains("1970-01") || $0.contains(#""issuer":"-""#) })
        }
    }

    @Test(
        "docs/verify.py proves it, and refuses it with a bit flipped",
        .enabled(
            if: Python.has("cbor2", "cryptography"),
            "python3 lacks the packages cbor2 and cryptography"))
    func python() async throws {
        let proof = folder.path + "/statement.proof"
        try await live { leaf in
            try await LyingServer.run([
                "proof", "\(leaf)", "--out", proof, "--node", node.place.file,
            ])
        }
        let verifier = [Python.path("docs/verify.py"), node.place.configuration.genesis]
        let ending = try Python.run(verifier + [proof])
        #expect(ending.isGood && ending.output.contains("lab.example"), "\(ending.output)")
        let bytes = try Files.read(proof)
        for place in stride(from: 40, to: bytes.count, by: bytes.count / 12) {
            var bent = bytes
            bent[place] ^= 0x10
            try Files.write(bent, to: proof)
            let ending = try Python.run(verifier + [proof])
            #expect(!ending.isGood && ending.output.contains("REFUSED"), "byte \(place)")
        }
        let missing = try Python.run(verifier + [folder.path + "/missing"])
        #expect(!missing.isGood && !missing.output.contains("REFUSED"))
        #expect(missing.complaint.contains("cannot read \(folder.path)/missing"))
    }
}
