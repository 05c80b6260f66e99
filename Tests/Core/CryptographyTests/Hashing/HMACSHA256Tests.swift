import Cryptography
import Primitives
import Testing

@Suite("HMAC and HKDF with SHA-256")
struct HMACSHA256Tests {
    @Test func answersAsWycheproof() throws {
        let vectors: Wycheproof<MACGroup> = try Vectors.load("wycheproof/hmac_sha256_test.json")
        var checked = 0
        for group in vectors.testGroups {
            for test in group.tests {
                let code = HMACSHA256.authenticate(
                    try #require([UInt8](hex: test.msg)), key: try #require([UInt8](hex: test.key)))
                // Half of the vectors cut the code to 128 bits.
                let expected = try #require([UInt8](hex: test.tag))
                let isEqual = ConstantTime.areEqual(
                    Array(code.bytes.prefix(group.tagSize / 8)), expected)
                #expect(isEqual == (test.result == "valid"), "\(test.tcId): \(test.comment)")
                checked += 1
            }
        }
        #expect(checked == vectors.numberOfTests)
    }

    @Test func keyDerivationAnswersAsWycheproof() throws {
        let vectors: Wycheproof<KDFGroup> = try Vectors.load("wycheproof/hkdf_sha256_test.json")
        var checked = 0
        for test in vectors.testGroups.flatMap(\.tests) {
            let key = HKDF.extract(
                salt: try #require([UInt8](hex: test.salt)),
                secret: try #require([UInt8](hex: test.ikm)))
            let info = try #require([UInt8](hex: test.info))
            checked += 1
            guard test.result == "valid" else {
                #expect(throws: CryptographyError.self, "\(test.tcId): \(test.comment)") {
                    try HKDF.expand(key, info: info, byteCount: test.size)
                }
                continue
            }
            let output = try HKDF.expand(key, info: info, byteCount: test.size)
            #expect(output.hex == test.okm, "\(test.tcId): \(test.comment)")
        }
        #expect(checked == vectors.numberOfTests)
    }

    @Test("the low-level SHA-256 builds the code that OpenSSL builds by EVP")
    func agreesWithEVP() {
        for count in 0..<300 {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 + count) }
            let key = Array(
                SHA256.hash([UInt8(truncatingIfNeeded: count)]).bytes.prefix(count % 33))
            let block = key + [UInt8](repeating: 0, count: 64 - key.count)
            let inner = SHA256.hash(block.map { $0 ^ 0x36 } + message)
            let outer = SHA256.hash(block.map { $0 ^ 0x5c } + inner.bytes)
            #expect(HMACSHA256.authenticate(message, key: key) == outer)
        }
    }

    @Test func comparesCodes() {
        let code = HMACSHA256.authenticate([1, 2], key: [3])
        #expect(HMACSHA256.isValid(code, for: [1, 2], key: [3]))
        #expect(!HMACSHA256.isValid(code, for: [1, 2], key: [4]))
        #expect(!ConstantTime.areEqual([1, 2], [1, 2, 3]))
        #expect(ConstantTime.areEqual([], []))
    }

    @Test func wipesBytes() {
        var secret: [UInt8] = [1, 2, 3]
        secret.wipe()
        #expect(secret == [0, 0, 0])
    }

    struct MACGroup: Decodable {
        let tagSize: Int
        let tests: [MACRow]
    }

    struct MACRow: Decodable {
        let tcId: Int
        let comment: String
        let key: String
        let msg: String
        let tag: String
        let result: String
    }

    struct KDFGroup: Decodable {
        let tests: [KDFRow]
    }

    struct KDFRow: Decodable {
        let tcId: Int
        let comment: String
        let ikm: String
        let salt: String
        let info: String
        let size: Int
        let okm: String
        let result: String
    }
}
