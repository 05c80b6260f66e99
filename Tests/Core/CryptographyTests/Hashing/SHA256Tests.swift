import Cryptography
import Primitives
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    // FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func agreesWithTheStandard(message: String, hex: String) {
        #expect(SHA256.hash(Array(message.utf8)).description == hex)
        #expect(SHA256.hash(Array(message.utf8)[...]).description == hex)
    }

    @Test func agreesWithTheStandardOnAMillionBytes() {
        var hasher = SHA256.Hasher()
        for _ in 0..<1000 { hasher.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
        #expect(
            hasher.finish().description
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("node is the hash of 0x01, left, right; leaf that of 0x00 and the bytes")
    func prefixesLeavesAndNodes() {
        var left = SHA256.hash([1])
        var right = SHA256.hash([2])
        for round in 0..<200 {
            let whole = SHA256.hash([1] + left.bytes + right.bytes)
            #expect(SHA256.node(left, right) == whole)
            let data = [UInt8](repeating: UInt8(round), count: round)
            #expect(SHA256.leaf(data) == SHA256.hash([0] + data))
            #expect(SHA256.leaf(data[...]) == SHA256.hash([0] + data))
            (left, right) = (right, whole)
        }
    }

    @Test func doesNotDependOnHowTheBytesAreCut() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let whole = SHA256.hash(message)
        for cut in 0...message.count {
            var hasher = SHA256.Hasher()
            hasher.update(message[..<cut])
            let prefix = hasher
            hasher.update(message[cut...])
            #expect(hasher.finish() == whole)
            #expect(prefix.finish() == SHA256.hash(message[..<cut]))
        }
        var hasher = SHA256.Hasher()
        for byte in message { hasher.update(byte: byte) }
        #expect(hasher.finish() == whole)
    }

    @Test func hashesTextAndDigestsAsTheirBytes() {
        let digest = SHA256.hash([9])
        var hasher = SHA256.Hasher()
        hasher.update("é…")
        hasher.update(digest)
        #expect(hasher.finish() == SHA256.hash(Array("é…".utf8) + digest.bytes))
    }
}
