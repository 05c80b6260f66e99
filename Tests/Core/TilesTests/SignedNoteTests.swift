import Cryptography
import Primitives
import Testing

@testable import Tiles

@Suite("Checkpoints and signed notes")
struct SignedNoteTests {
    private static let text =
        "If you think cryptography is the answer to your problem,\n"
        + "then you don't know what your problem is.\n"
    private static let line =
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
        + "qdngotpRZb6KE6RyyBwJnAM=\n"

    private func bytes(_ hex: String) throws -> [UInt8] { try #require([UInt8](hex: hex)) }

    @Test("Ed25519 signs as RFC 8032, section 7.1, test 1, says")
    func ed25519() throws {
        let key = try Ed25519Key(
            secret: try bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
        #expect(
            key.publicKey.hex
                == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        let signature = key.sign([])
        #expect(
            signature.hex
                == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
        #expect(Ed25519Key.isValid(signature, for: [], publicKey: key.publicKey))
        #expect(!Ed25519Key.isValid(signature, for: [0], publicKey: key.publicKey))
        #expect(throws: CryptographyError.self) { _ = try Ed25519Key(secret: [1, 2]) }
    }

    @Test("the example of Go's package note verifies, and is signed to the same bytes")
    func published() throws {
        let key = try Ed25519Key(
            secret: try bytes("810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173"))
        let note = try #require(SignedNote(Self.text + "\n" + Self.line))
        #expect(note.text == Self.text)
        #expect(note.isSigned(by: "PeterNeumann", publicKey: key.publicKey, as: .log))
        #expect(!note.isSigned(by: "EnochRoot", publicKey: key.publicKey, as: .log))
        #expect(!note.isSigned(by: "PeterNeumann", publicKey: key.publicKey, as: .witness))
        var own = SignedNote(text: Self.text)
        own.sign(as: "PeterNeumann", by: key)
        #expect(own.note == Self.text + "\n" + Self.line)
    }

    @Test("a checkpoint comes back from its note, with its witness")
    func checkpoint() throws {
        let log = try Ed25519Key(secret: [UInt8](repeating: 1, count: 32))
        let witness = try Ed25519Key(secret: [UInt8](repeating: 2, count: 32))
        let checkpoint = Checkpoint(
            origin: "county.example/custos", size: 20_852_163, root: SHA256.hash([7]))
        var note = SignedNote(text: checkpoint.text)
        note.sign(as: checkpoint.origin, by: log)
        note.cosign(as: "witness.example/w1", by: witness, seconds: 1_790_000_000)
        let read = try #require(SignedNote(note.note))
        #expect(read == note)
        #expect(Checkpoint(read) == checkpoint)
        #expect(read.isSigned(by: checkpoint.origin, publicKey: log.publicKey, as: .log))
        #expect(
            read.isSigned(by: "witness.example/w1", publicKey: witness.publicKey, as: .witness))
        #expect(!read.isSigned(by: "witness.example/w1", publicKey: log.publicKey, as: .witness))
        let bent = try #require(SignedNote(note.note.replacing("20852163", with: "20852164")))
        #expect(!bent.isSigned(by: checkpoint.origin, publicKey: log.publicKey, as: .log))
        #expect(
            !bent.isSigned(by: "witness.example/w1", publicKey: witness.publicKey, as: .witness))
    }

    @Test("two roots of one size contradict each other, and nothing else does")
    func equivocation() {
        let first = Checkpoint(origin: "a", size: 5, root: SHA256.hash([1]))
        #expect(first.contradicts(Checkpoint(origin: "a", size: 5, root: SHA256.hash([2]))))
        #expect(!first.contradicts(first))
        #expect(!first.contradicts(Checkpoint(origin: "a", size: 6, root: SHA256.hash([2]))))
        #expect(!first.contradicts(Checkpoint(origin: "b", size: 5, root: SHA256.hash([2]))))
    }

    @Test(
        "what is no note or no checkpoint is none",
        arguments: [
            "", "a\n", "a\n\n", "a\n\n\u{2014} b\n", "a\n\n\u{2014} b !!!!\n",
            "a\n\n\u{2014} b AAAA\n", "a\n\n\u{2014} b AAAAAAAA",
        ])
    func noNotes(text: String) {
        #expect(SignedNote(text) == nil)
    }

    @Test("numbers and roots have one form")
    func noCheckpoints() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
        for text in [
            "a\n05\n\(root)\n", "a\n-5\n\(root)\n", "\n5\n\(root)\n", "a\n5\nAAAA\n", "a\n5\n",
        ] {
            #expect(Checkpoint(SignedNote(text: text)) == nil, "\(text)")
        }
        #expect(Checkpoint(SignedNote(text: "a\n5\n\(root)\n"))?.size == 5)
    }
}
