import Cryptography
import Primitives
import Testing

@Suite("Keys of those who sign statements")
struct StatementKeyTests {
    private func bytes(_ hex: String) throws -> [UInt8] { try #require([UInt8](hex: hex)) }

    @Test("ES256 verifies the signature of RFC 7515, appendix A.3, and no bent one")
    func es256() throws {
        let key = try StatementKey(
            .es256,
            try bytes("037fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445"))
        let signature = try bytes(
            "0ed1215379636c483c2f7f155807d402a3b228033af97c7e17819ac3169ea665"
                + "c50a07d38c3c70e5d8f12daf084a5480a66590c5f293509a8f3f7f8a83a354d5")
        let message = Array(
            ("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9"
                + "leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ").utf8)
        #expect(key.isValid(signature, for: message))
        #expect(!key.isValid(signature, for: message + [0]))
        for place in [0, 31, 32, 63] {
            var bent = signature
            bent[place] ^= 1
            #expect(!key.isValid(bent, for: message))
        }
        for wrong in [[], Array(signature.dropLast()), signature + [0]] {
            #expect(!key.isValid(wrong, for: message))
        }
        // Halves of which leading zeros are cut, and zero itself, are numbers like any other.
        #expect(!key.isValid([UInt8](repeating: 0, count: 64), for: message))
        #expect(!key.isValid([UInt8](repeating: 0xff, count: 64), for: message))
    }

    @Test("ES256K takes both forms of a signature, EdDSA its own, and none takes another's")
    func others() throws {
        let signing = try SigningKey(secret: [UInt8](repeating: 7, count: 32))
        let edwards = try Ed25519Key(secret: [UInt8](repeating: 8, count: 32))
        let message: [UInt8] = [1, 2, 3]
        let first = signing.sign(SHA256.hash(message)).bytes
        let second = edwards.sign(message)
        let k = try StatementKey(.es256k, signing.publicKey.bytes)
        let e = try StatementKey(.edDSA, edwards.publicKey)
        #expect(k.isValid(first, for: message) && !k.isValid(second, for: message))
        #expect(e.isValid(second, for: message) && !e.isValid(first, for: message))
        #expect(signing.publicKey.uncompressed.count == 65)
        #expect(Array(signing.publicKey.uncompressed[1..<33]) == Array(k.bytes.dropFirst()))
    }

    @Test("keys of the wrong length or off the curve are refused, and keys read back")
    func codec() throws {
        #expect(throws: CryptographyError.self) { _ = try StatementKey(.es256, [1, 2]) }
        #expect(throws: CryptographyError.self) {
            _ = try StatementKey(.es256k, [UInt8](repeating: 0xff, count: 33))
        }
        let key = try StatementKey(.edDSA, [UInt8](repeating: 9, count: 32))
        var writer = CBORWriter(reservingCapacity: 64)
        key.encode(into: &writer)
        var reader = CBORReader(writer.bytes)
        #expect(try StatementKey(from: &reader) == key)
        var other = CBORReader([0x82, 0x01, 0x41, 0x00])
        #expect(throws: CBORError.self) { _ = try StatementKey(from: &other) }
    }
}
