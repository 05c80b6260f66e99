import Cryptography
import Primitives
import Testing

@testable import Tiles

@Suite("What a witness cosigns")
struct WitnessedLogTests {
    private static let origin = "county.example/log"
    private static let leaves = (0..<40).map { SHA256.leaf([UInt8($0)]) }
    private static let other = (0..<40).map { SHA256.leaf([UInt8($0), 1]) }
    private static func secret(_ byte: UInt8) throws -> Ed25519Key {
        try Ed25519Key(secret: [UInt8](repeating: byte, count: 32))
    }

    private static func note(
        _ size: Int, of leaves: [Digest] = WitnessedLogTests.leaves,
        origin: String = WitnessedLogTests.origin, key: UInt8 = 1,
        claiming: UInt64? = nil
    ) throws -> SignedNote {
        let checkpoint = Checkpoint(
            origin: origin, size: claiming ?? UInt64(size),
            root: MerkleTree.root(of: leaves[..<size]))
        var note = SignedNote(text: checkpoint.text)
        note.sign(as: origin, by: try secret(key))
        return note
    }

    private static func path(
        _ first: Int, _ size: Int, of leaves: [Digest] = leaves
    ) throws
        -> [Digest]
    {
        first == 0
            ? [] : try MerkleTree.consistencyProof(from: first, in: Array(leaves[..<size])).path
    }

    private func log(knowing size: Int) throws -> WitnessedLog {
        let key = NoteVerifier(
            name: Self.origin, publicKey: try Self.secret(1).publicKey, role: .log)
        return WitnessedLog(
            origin: Self.origin, keys: [key],
            latest: size == 0 ? nil : Checkpoint(try Self.note(size)))
    }

    @Test("each tree that goes on from the one before is cosigned, whatever the sizes")
    func grows() throws {
        for first in 0...12 {
            for size in max(first, 1)...20 {
                let request = CheckpointRequest(
                    oldSize: UInt64(first), path: try Self.path(first, size),
                    note: try Self.note(size))
                let checkpoint = try log(knowing: first).check(request)
                #expect(checkpoint.size == UInt64(size))
                #expect(CheckpointRequest(request.body) == request)
            }
        }
    }

    @Test("what does not go on is refused, in the order of the protocol")
    func refuses() throws {
        func refusal(
            _ known: Int, old: UInt64, _ path: [Digest], _ note: SignedNote
        ) throws -> WitnessedLog.Refusal? {
            let log = try log(knowing: known)
            return #expect(throws: WitnessedLog.Refusal.self) {
                try log.check(CheckpointRequest(oldSize: old, path: path, note: note))
            }
        }
        let good = try Self.path(5, 9)
        #expect(
            try refusal(5, old: 5, good, try Self.note(9, origin: "other.example/log"))
                == .unknownLog("other.example/log"))
        #expect(try refusal(5, old: 5, good, try Self.note(9, key: 2)) == .unsigned)
        #expect(try refusal(5, old: 4, try Self.path(4, 9), try Self.note(9)) == .otherSize(5))
        #expect(try refusal(0, old: 4, try Self.path(4, 9), try Self.note(9)) == .otherSize(0))
        #expect(
            try refusal(9, old: 9, [], try Self.note(9, of: Self.other)) == .otherRoot(9))
        for (old, path, note) in [
            (5, [], try Self.note(9)), (5, good.reversed(), try Self.note(9)),
            (5, good + [.zero], try Self.note(9)), (5, try Self.path(5, 10), try Self.note(9)),
            (5, try Self.path(5, 9, of: Self.other), try Self.note(9, of: Self.other)),
            (5, good, try Self.note(9, claiming: 17)), (5, [.zero], try Self.note(5)),
            (0, [.zero], try Self.note(9)),
        ] as [(Int, [Digest], SignedNote)] {
            guard case .inconsistent = try refusal(old, old: UInt64(old), path, note) else {
                Issue.record("old \(old), \(path.count) hashes")
                continue
            }
        }
        guard case .malformed = try refusal(5, old: 9, [], try Self.note(5)) else {
            Issue.record("an old size above the new one")
            return
        }
    }

    @Test(
        "what is no request is none",
        arguments: [
            "", "old 5", "old 5\n", "old 05\n\n", "old -1\n\n", "old  5\n\n", "new 5\n\n",
            "old 5\nAAAA\n\n", "old 5\n!\n\n", "old 5\n\nno note\n",
        ])
    func noRequests(body: String) throws {
        let note = try Self.note(9).note
        #expect(CheckpointRequest(body) == nil)
        // The same before a checkpoint that is one.
        if body.hasSuffix("\n\n") { #expect(CheckpointRequest(body + note) == nil) }
        let long =
            "old 5\n"
            + String(repeating: "\(Base64.encode([UInt8](repeating: 0, count: 32)))\n", count: 64)
        #expect(CheckpointRequest(long + "\n" + note) == nil)
    }

    @Test("a vkey comes back from its text, and one with another id is none")
    func vkeys() throws {
        let published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        let verifier = try #require(NoteVerifier(published))
        #expect(verifier.name == "PeterNeumann" && verifier.role == .log)
        #expect(verifier.vkey == published)
        for bent in [
            published.replacing("c74f", with: "c74e"), published.replacing("ARpc", with: "BRpc"),
            "PeterNeumann+c74f20a3", "a b" + published, "",
        ] {
            #expect(NoteVerifier(bent) == nil, "\(bent)")
        }
    }

    @Test("only lines of keys that are believed are added to a note, once")
    func adds() throws {
        let note = try Self.note(9)
        let witness = NoteVerifier(
            name: "w", publicKey: try Self.secret(3).publicKey, role: .witness)
        var offered = SignedNote(text: note.text)
        offered.cosign(as: "x", by: try Self.secret(4), seconds: 1)
        #expect(note.adding(offered.signatureLines, by: [witness]) == nil)
        offered.cosign(as: "w", by: try Self.secret(3), seconds: 2)
        let added = try #require(note.adding(offered.signatureLines, by: [witness]))
        #expect(added.signatures.map(\.name) == [Self.origin, "w"])
        #expect(added.isSigned(by: witness))
        let again = try #require(added.adding(offered.signatureLines, by: [witness]))
        #expect(again == added)
        #expect(note.adding("", by: [witness]) == nil && note.adding("x\n", by: [witness]) == nil)
        var elsewhere = SignedNote(text: try Self.note(8).text)
        elsewhere.cosign(as: "w", by: try Self.secret(3), seconds: 2)
        #expect(note.adding(elsewhere.signatureLines, by: [witness]) == nil)
    }

    @Test("the hash of every subtree is found in the tiles, for trees of many sizes")
    func tiles() throws {
        for size in [1, 2, 255, 256, 257, 511, 1_000] {
            var writer = TileWriter()
            var files: [String: [UInt8]] = [:]
            var leaves: [Digest] = []
            for index in 0..<size {
                let entry = Array("\(index)".utf8)
                leaves.append(SHA256.leaf(entry))
                for file in writer.add(entry[...]) { files[file.path] = file.bytes }
            }
            for file in writer.partialFiles() { files[file.path] = file.bytes }
            for level in 0..<10 {
                for index in 0..<UInt64(size) >> UInt64(level) {
                    let node = MerkleNode(level: level, index: index)
                    let range = node.range
                    let place = try #require(TileNode(node, treeSize: UInt64(size)))
                    let tile = try #require(files[place.path], "\(place.path) of \(size)")
                    let right = MerkleTree.root(of: leaves[Int(range.start)..<Int(range.end)])
                    #expect(place.hash(in: tile) == right)
                    #expect(place.hash(in: tile + [0]) == nil)
                }
                let past = MerkleNode(level: level, index: UInt64(size) >> UInt64(level))
                #expect(TileNode(past, treeSize: UInt64(size)) == nil)
            }
            let (path, count) = try #require(TileWriter.bundle(0, treeSize: UInt64(size)))
            let bundle = try #require(files[path])
            let entries = try #require(TileWriter.entries(of: bundle, count: count))
            #expect(entries.map { SHA256.leaf($0) } == Array(leaves.prefix(256)))
            #expect(TileWriter.entries(of: bundle + [0], count: count) == nil)
            #expect(TileWriter.bundle(UInt64(size) / 256 + 1, treeSize: UInt64(size)) == nil)
        }
    }
}
