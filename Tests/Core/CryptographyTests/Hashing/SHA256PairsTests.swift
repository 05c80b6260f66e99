import Primitives
import TestSupport
import Testing

@testable import Cryptography

/// Two hashes at once, by each engine that there is here; the last of them is everywhere.
@Suite("SHA-256 of two at once")
struct SHA256PairsTests {
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private func hashes(
        _ first: [UInt8], _ second: [UInt8], areLeaves: Bool = false, by engine: HashEngine
    ) -> [Digest] {
        let both = unsafe SHA256.hashes(
            first.span.bytes, second.span.bytes, areLeaves: areLeaves, by: engine)
        return [both.0, both.1]
    }

    // FIPS 180-2, appendix B, the empty message, and the longer ones of NIST's examples.
    private static let vectors = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test("each published vector in both places", arguments: HashEngine.supported)
    func agreesWithTheStandard(engine: HashEngine) {
        for (first, firstHex) in Self.vectors {
            for (second, secondHex) in Self.vectors {
                let found = hashes(Array(first.utf8), Array(second.utf8), by: engine)
                #expect(found.map(\.description) == [firstHex, secondHex])
            }
        }
    }

    @Test("messages of every two lengths up to 200, and leaves", arguments: HashEngine.supported)
    func agreesWithOneAtATime(engine: HashEngine) {
        let messages = (0...200).map { Self.bytes($0, seed: UInt64($0)) }
        let hashed = messages.map { SHA256.hash($0) }
        let leaves = messages.map { SHA256.leaf($0) }
        for first in messages.indices {
            for second in messages.indices {
                let (one, two) = (messages[first], messages[second])
                if hashes(one, two, by: engine) != [hashed[first], hashed[second]] {
                    Issue.record("messages of \(first) and \(second) bytes")
                }
                if hashes(one, two, areLeaves: true, by: engine) != [leaves[first], leaves[second]]
                {
                    Issue.record("leaves of \(first) and \(second) bytes")
                }
            }
        }
    }

    @Test("longer messages that begin anywhere in memory", arguments: HashEngine.supported)
    func agreesOnLongMessages(engine: HashEngine) {
        var random = SplitMix(seed: 7)
        let store = Self.bytes(20_000, seed: 8)
        for _ in 0..<300 {
            let starts = (random.below(10_000), random.below(10_000))
            let one = store[starts.0..<(starts.0 + random.below(10_000))]
            let two = store[starts.1..<(starts.1 + random.below(10_000))]
            let found = unsafe SHA256.hashes(
                one.span.bytes, two.span.bytes, areLeaves: false, by: engine)
            #expect(found == (SHA256.hash(one), SHA256.hash(two)))
            let leaves = unsafe SHA256.hashes(
                one.span.bytes, two.span.bytes, areLeaves: true, by: engine)
            #expect(leaves == (SHA256.leaf(one), SHA256.leaf(two)))
        }
    }
}
