import Cryptography
import Foundation
import Primitives
import Testing
import Tiles

@testable import API

@Suite("A witness over HTTP")
struct WitnessTests {
    private let folder: String = "/tmp/cw-" + UUID().uuidString.prefix(13)
    private static let origin = "county.example/log"
    private static let leaves = (0..<20).map { SHA256.leaf([UInt8($0)]) }
    private static let secret = [UInt8](repeating: 1, count: 32)

    private func witness() throws -> Witness {
        let key = try Ed25519Key(secret: Self.secret).publicKey
        return try Witness(
            name: "w.example", secret: [UInt8](repeating: 2, count: 32),
            logs: [NoteVerifier(name: Self.origin, publicKey: key, role: .log)],
            folder: folder, now: { 1_790_000_000 })
    }

    private func request(
        _ old: Int, _ size: Int, of leaves: [Digest] = WitnessTests.leaves
    ) throws -> HTTPRequest {
        let part = Array(leaves[..<size])
        var note = SignedNote(
            text: Checkpoint(
                origin: Self.origin, size: UInt64(size), root: MerkleTree.root(of: part)
            ).text)
        note.sign(as: Self.origin, by: try Ed25519Key(secret: Self.secret))
        let path = old == 0 ? [] : try MerkleTree.consistencyProof(from: old, in: part).path
        let body = CheckpointRequest(oldSize: UInt64(old), path: path, note: note).body
        return HTTPRequest(
            method: "POST", target: "/add-checkpoint", headers: [("Host", "localhost")],
            body: Array(body.utf8))
    }

    @Test("what was cosigned outlives the witness, and no second past is cosigned after it")
    func durable() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bent = [SHA256.leaf([99])] + Self.leaves.dropFirst()
        do {
            let router = Router([try witness().route])
            #expect(await router.answer(try request(0, 7)).status == 200)
            #expect(await router.answer(try request(7, 9)).status == 200)
        }
        let again = try witness()
        let router = Router([again.route])
        let stale = await router.answer(try request(7, 12))
        #expect(stale.status == 409 && stale.mediaType == "text/x.tlog.size")
        #expect(stale.body == Array("9\n".utf8))
        #expect(await router.answer(try request(9, 12, of: bent)).status == 422)
        #expect(await router.answer(try request(0, 12, of: bent)).status == 409)
        #expect(await router.answer(try request(9, 9, of: bent)).status == 409)
        // What the log signed against itself is kept.
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(kept.count { $0.hasSuffix(".refused") } == 1)
        let answer = await router.answer(try request(9, 12))
        #expect(answer.status == 200)
        let text = try #require(String(validating: try request(9, 12).body, as: UTF8.self))
        let note = try #require(CheckpointRequest(text)).note
        let cosigned = note.adding(
            String(decoding: answer.body, as: UTF8.self), by: [await again.verifier])
        #expect(cosigned != nil)
    }

    @Test("a second witness on one folder, and a folder that cannot be read, stop it")
    func folders() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var first: Witness? = try witness()
        let answer = await first?.answer(try request(0, 7).body)
        #expect(answer?.status == 200)
        #expect(throws: WitnessError.self) { try witness() }
        first = nil
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder)
                .first { $0.hasSuffix(".checkpoint") })
        try Data("nonsense".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        #expect(throws: WitnessError.damaged("\(folder)/\(name)")) { try witness() }
    }

    @Test("where it cannot keep what it would cosign, it does not cosign")
    func fullDisk() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let witness = try witness()
        // A folder that is gone takes no file.
        try FileManager.default.removeItem(atPath: folder)
        try Data().write(to: URL(filePath: folder))
        let answer = await witness.answer(try request(0, 7).body)
        #expect(answer.status == 500)
        try FileManager.default.removeItem(atPath: folder)
        #expect(await witness.answer(try request(0, 7).body).status == 200)
    }
}
