import Cryptography
import Primitives
import Testing

@Suite("ECDSA vectors")
struct ECDSAVectorTests {
    /// Which rule on the size of s a file of vectors has.
    static let files = [
        ("wycheproof/ecdsa_secp256k1_sha256_test.json", false, 476),
        ("wycheproof/ecdsa_secp256k1_sha256_bitcoin_test.json", true, 463),
    ]

    @Test(arguments: files)
    func answersAsWycheproof(file: String, lowSRequired: Bool, count: Int) throws {
        let vectors: Wycheproof<Group> = try Vectors.load(file)
        var checked = 0
        for group in vectors.testGroups {
            let key = try group.key()
            for test in group.tests {
                let digest = SHA256.hash(try #require([UInt8](hex: test.msg)))
                let der = try #require([UInt8](hex: test.sig))
                let isValid =
                    signature(der: der).map {
                        key.isValid($0, for: digest, lowSRequired: lowSRequired)
                    } ?? false
                #expect(isValid == (test.result == "valid"), "\(test.tcId): \(test.comment)")
                checked += 1
            }
        }
        #expect(checked == count)
    }

    struct Group: Decodable {
        let publicKey: Point
        let tests: [Row]

        /// The group's key; the vectors write it uncompressed, 0x04 ‖ x ‖ y.
        func key() throws -> PublicKey {
            let bytes = try #require([UInt8](hex: publicKey.uncompressed))
            try #require(bytes.count == 65 && bytes[0] == 4)
            return try PublicKey(compressed: [2 | bytes[64] & 1] + bytes[1...32])
        }
    }

    struct Point: Decodable {
        let uncompressed: String
    }

    struct Row: Decodable {
        let tcId: Int
        let comment: String
        let msg: String
        let sig: String
        let result: String
    }
}
