import Cryptography
import Primitives
import TestSupport
import Testing

/// Messages and receipts that a program of somebody else has checked; see `Tests/Vectors/cose`.
@Suite("COSE messages that others accept")
struct COSEInteropTests {
    private let file: File

    init() throws {
        file = try Vectors.load("cose/messages.json")
    }

    @Test func signsTheFrozenBytes() throws {
        let key = try key()
        #expect(key.publicKey.bytes.hex == file.publicKey)
        let message = COSESign1(
            payload: Array(file.payload.utf8),
            header: COSEHeader(keyID: key.keyID, purpose: .batch), signedBy: key)
        #expect(message.encoded.hex == file.message)
        #expect(try COSEInteropTests.receipt(file, key).encoded.hex == file.receipt)
    }

    @Test func readsTheFrozenBytes() throws {
        let key = try key().publicKey
        let message = try UnverifiedSign1(decoding: try #require([UInt8](hex: file.message)))
            .verified(by: key, as: .batch)
        #expect(Array(message.payload) == Array(file.payload.utf8))
        let receipt = try COSEReceipt(decoding: try #require([UInt8](hex: file.receipt)))
        let leaf = SHA256.leaf(Array(file.leaves[file.leafIndex].utf8))
        #expect(try receipt.verify(leafHash: leaf, by: key).description == file.treeRoot)
    }

    @Test(
        "the packages cwt and pycose accept them, and refuse them bent",
        .enabled(
            if: Python.has("cwt", "pycose", "ecdsa", "cbor2", "cryptography"),
            "python3 lacks packages of Tests/requirements.txt"))
    func others() throws {
        let ending = try Python.run([Python.path("Tests/Vectors/cose/check.py")])
        #expect(ending.isGood, "\(ending.complaint)")
        #expect(ending.output.contains("receipt: accepted by both"))
    }

    private func key() throws -> SigningKey {
        try SigningKey(secret: try #require([UInt8](hex: file.secretKey)))
    }

    private static func receipt(_ file: File, _ key: SigningKey) throws -> COSEReceipt {
        let leaves = file.leaves.map { SHA256.leaf(Array($0.utf8)) }
        let header = COSEHeader(
            receiptBy: key.keyID,
            claims: COSEHeader.Claims(issuer: file.issuer, subject: file.subject),
            blockHash: try #require(Digest(hex: file.blockHash)))
        let precommit = COSESign1(
            detachedPayload: MerkleTree.root(of: leaves).bytes, header: header, signedBy: key)
        return COSEReceipt(
            header: header,
            proof: try MerkleTree.inclusionProof(of: file.leafIndex, in: leaves),
            signature: precommit.signature)
    }

    struct File: Decodable {
        let secretKey: String
        let publicKey: String
        let payload: String
        let message: String
        let issuer: String
        let subject: String
        let blockHash: String
        let leaves: [String]
        let leafIndex: Int
        let treeRoot: String
        let receipt: String
    }
}
