import Cryptography
import Primitives
import Testing

@Suite("Signing with secp256k1")
struct SigningKeyTests {
    private static let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"

    // The vectors that implementations of RFC 6979 on secp256k1 share: SHA-256 of the text, low-S.
    @Test(arguments: [
        (
            "0000000000000000000000000000000000000000000000000000000000000001", "Satoshi Nakamoto",
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
                + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000001",
            "All those moments will be lost in time, like tears in rain. Time to die...",
            "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
                + "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"
        ),
        (
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "Satoshi Nakamoto",
            "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"
                + "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"
        ),
        (
            "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing",
            "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c"
                + "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea"
        ),
    ])
    func signsAsRFC6979Demands(secret: String, message: String, expected: String) throws {
        let key = try SigningKey(secret: #require([UInt8](hex: secret)))
        let digest = SHA256.hash(Array(message.utf8))
        let signature = key.sign(digest)
        #expect(signature.description == expected)
        #expect(signature.isLowS)
        #expect(key.publicKey.isValid(signature, for: digest))
    }

    @Test func signsInTheLowerHalfAndVerifies() throws {
        for seed in 1...UInt8(64) {
            let key = try SigningKey(secret: SHA256.hash([seed]).bytes)
            let digest = SHA256.hash([seed, seed])
            let signature = key.sign(digest)
            #expect(signature.isLowS)
            #expect(key.publicKey.isValid(signature, for: digest))
            #expect(!key.publicKey.isValid(signature, for: SHA256.hash([seed])))
            #expect(key.sign(digest) == signature)
        }
    }

    @Test("the mirror image of a signature is valid only where low s is not required")
    func refusesHighS() throws {
        let key = try SigningKey(secret: SHA256.hash([1]).bytes)
        let digest = SHA256.hash([2])
        let bytes = key.sign(digest).bytes
        let order = try #require([UInt8](hex: Self.order))
        let mirrored = try Signature(bytes[..<32] + difference(order, bytes[32...]))
        #expect(!mirrored.isLowS)
        #expect(!key.publicKey.isValid(mirrored, for: digest))
        #expect(key.publicKey.isValid(mirrored, for: digest, lowSRequired: false))
    }

    @Test func everyBitOfASignatureCounts() throws {
        let key = try SigningKey(secret: SHA256.hash([1]).bytes)
        let digest = SHA256.hash([2])
        let bytes = key.sign(digest).bytes
        for bit in stride(from: 0, to: 512, by: 7) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.isValid(try Signature(changed), for: digest))
        }
    }

    @Test func refusesScalarsOutsideTheGroup() throws {
        for hex in [
            String(repeating: "00", count: 32), Self.order, String(repeating: "ff", count: 32),
        ] {
            let bytes = try #require([UInt8](hex: hex))
            #expect(throws: CryptographyError.secretKey) { try SigningKey(secret: bytes) }
            let key = try SigningKey(secret: SHA256.hash([1]).bytes).publicKey
            for pair in [bytes + SHA256.hash([1]).bytes, SHA256.hash([1]).bytes + bytes] {
                #expect(!key.isValid(try Signature(pair), for: .zero))
                #expect(!key.isValid(try Signature(pair), for: .zero, lowSRequired: false))
            }
        }
    }

    @Test func refusesKeysAndSignaturesOfOtherLengths() {
        #expect(throws: CryptographyError.length(of: "a secret key", bytes: 31, expected: 32)) {
            try SigningKey(secret: [UInt8](repeating: 1, count: 31))
        }
        #expect(throws: CryptographyError.length(of: "a public key", bytes: 65, expected: 33)) {
            try PublicKey(compressed: [UInt8](repeating: 4, count: 65))
        }
        #expect(throws: CryptographyError.length(of: "a signature", bytes: 63, expected: 64)) {
            try Signature([UInt8](repeating: 4, count: 63))
        }
        #expect(throws: CryptographyError.length(of: "a signature", bytes: 0, expected: 64)) {
            try Signature([UInt8]())
        }
    }

    @Test func refusesBytesThatAreNoPoint() throws {
        let good = try SigningKey(secret: SHA256.hash([1]).bytes).publicKey.bytes
        var refused = 0
        for prefix in UInt8(0)...7 where prefix != 2 && prefix != 3 {
            #expect(throws: CryptographyError.self) {
                try PublicKey(compressed: [prefix] + good[1...])
            }
        }
        for x in UInt8(0)..<32 {
            let bytes = [2] + [UInt8](repeating: 0, count: 31) + [x]
            do {
                #expect(try PublicKey(compressed: bytes).bytes == bytes)
            } catch {
                #expect(error == .publicKey(hex: bytes.hex))
                refused += 1
            }
        }
        // x^3 + 7 is a square for about half of all x.
        #expect((8...24).contains(refused))
    }

    @Test func namesAKeyByItsHash() throws {
        let key = try SigningKey(secret: SHA256.hash([1]).bytes)
        #expect(key.keyID.bytes == Array(SHA256.hash(key.publicKey.bytes).bytes[..<16]))
        #expect(key.publicKey.keyID == key.keyID)
        #expect(try PublicKey(compressed: key.publicKey.bytes) == key.publicKey)
        #expect(KeyID(key.keyID.bytes) == key.keyID)
        #expect(KeyID([1, 2]) == nil)
    }

    @Test func keysAndSignaturesPassThroughCBOR() throws {
        let key = try SigningKey(secret: SHA256.hash([1]).bytes)
        var writer = CBORWriter()
        writer.publicKey(key.publicKey)
        writer.signature(key.sign(.zero))
        writer.keyID(key.keyID)
        var reader = CBORReader(writer.bytes)
        #expect(try reader.publicKey() == key.publicKey)
        #expect(try reader.signature() == key.sign(.zero))
        #expect(try reader.keyID() == key.keyID)
        try reader.finish()
        var hostile = CBORWriter()
        hostile.bytes([UInt8](repeating: 5, count: 33))
        #expect(throws: CBORError.self) {
            var reader = CBORReader(hostile.bytes)
            _ = try reader.publicKey()
        }
    }

    private func difference(_ a: [UInt8], _ b: ArraySlice<UInt8>) -> [UInt8] {
        var borrow = 0
        var result: [UInt8] = []
        for (x, y) in zip(a.reversed(), b.reversed()) {
            let value = Int(x) - Int(y) - borrow
            borrow = value < 0 ? 1 : 0
            result.insert(UInt8(value & 255), at: 0)
        }
        return result
    }
}
