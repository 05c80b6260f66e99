import Cryptography
import Primitives
import Testing

@Suite("AES-256-GCM")
struct AESGCMTests {
    @Test("Wycheproof: 256-bit keys and 96-bit nonces; all else is refused by its length")
    func answersAsWycheproof() throws {
        let vectors: Wycheproof<Group> = try Vectors.load("wycheproof/aes_gcm_test.json")
        var applied = 0
        var refused = 0
        for group in vectors.testGroups {
            for test in group.tests {
                let key = try #require([UInt8](hex: test.key))
                let nonce = try #require([UInt8](hex: test.iv))
                let data = try #require([UInt8](hex: test.aad))
                let text = try #require([UInt8](hex: test.msg))
                let sealed = try #require([UInt8](hex: test.ct + test.tag))
                let opened = Result { () throws(CryptographyError) in
                    try AESGCM.open(sealed, key: key, nonce: nonce, associatedData: data)
                }
                guard group.keySize == 256, group.ivSize == 96 else {
                    refused += 1
                    guard case .failure(.length) = opened else {
                        Issue.record("\(test.tcId): a key or nonce of another length is accepted")
                        continue
                    }
                    continue
                }
                applied += 1
                guard test.result == "valid" else {
                    #expect(opened == .failure(.notAuthentic(bytes: sealed.count)), "\(test.tcId)")
                    continue
                }
                #expect(opened == .success(text), "\(test.tcId): \(test.comment)")
                let again = try AESGCM.seal(text, key: key, nonce: nonce, associatedData: data)
                #expect(again == sealed, "\(test.tcId): \(test.comment)")
            }
        }
        #expect(applied == 66)
        #expect(applied + refused == vectors.numberOfTests)
    }

    @Test func everyBitCounts() throws {
        let key = SHA256.hash([1]).bytes
        let nonce = [UInt8](repeating: 0, count: 12)
        let sealed = try AESGCM.seal([1, 2, 3], key: key, nonce: nonce, associatedData: [4])
        #expect(sealed.count == 3 + AESGCM.tagByteCount)
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptographyError.notAuthentic(bytes: sealed.count)) {
                try AESGCM.open(changed, key: key, nonce: nonce, associatedData: [4])
            }
        }
        #expect(throws: CryptographyError.notAuthentic(bytes: sealed.count)) {
            try AESGCM.open(sealed, key: key, nonce: nonce, associatedData: [])
        }
        for count in 0..<sealed.count {
            #expect(throws: CryptographyError.self) {
                try AESGCM.open(sealed[..<count], key: key, nonce: nonce, associatedData: [4])
            }
        }
    }

    @Test func sealsNothingAndMuch() throws {
        let key = SHA256.hash([1]).bytes
        let nonce = [UInt8](repeating: 9, count: 12)
        for count in [0, 1, 15, 16, 17, 100_000] {
            let text = [UInt8](repeating: 7, count: count)
            let sealed = try AESGCM.seal(text, key: key, nonce: nonce, associatedData: [])
            let opened = try AESGCM.open(sealed, key: key, nonce: nonce, associatedData: [])
            #expect(opened == text)
        }
    }

    struct Group: Decodable {
        let keySize: Int
        let ivSize: Int
        let tests: [Row]
    }

    struct Row: Decodable {
        let tcId: Int
        let comment: String
        let key: String
        let iv: String
        let aad: String
        let msg: String
        let ct: String
        let tag: String
        let result: String
    }
}
