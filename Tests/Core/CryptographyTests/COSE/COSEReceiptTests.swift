import Cryptography
import Primitives
import Testing

@Suite("COSE receipts")
struct COSEReceiptTests {
    private let key: SigningKey
    private let leaves = (0..<13).map { SHA256.leaf([UInt8($0)]) }
    private let header: COSEHeader

    init() throws {
        key = try SigningKey(secret: SHA256.hash([1]).bytes)
        header = COSEHeader(
            receiptBy: key.keyID,
            claims: COSEHeader.Claims(issuer: "custos:00", subject: "7/0"),
            blockHash: SHA256.hash([2]))
    }

    @Test func provesEveryLeaf() throws {
        for size in [1, 2, 13] {
            let tree = Array(leaves[..<size])
            let root = MerkleTree.root(of: tree)
            for index in 0..<size {
                let receipt = try COSEReceipt(decoding: receipt(index, tree).encoded)
                #expect(receipt.header == header)
                #expect(try receipt.verify(leafHash: leaves[index], by: key.publicKey) == root)
            }
        }
    }

    @Test func refusesAnotherLeafAndAnotherKey() throws {
        let receipt = try receipt(3, leaves)
        #expect(throws: CryptographyError.signature(key: key.keyID)) {
            try receipt.verify(leafHash: leaves[4], by: key.publicKey)
        }
        let other = try SigningKey(secret: SHA256.hash([2]).bytes)
        #expect(
            throws: CryptographyError.keyMismatch(named: key.keyID, expected: other.keyID)
        ) { try receipt.verify(leafHash: leaves[3], by: other.publicKey) }
    }

    @Test func refusesASignatureForAnotherPurpose() throws {
        let root = MerkleTree.root(of: leaves)
        let message = COSESign1(
            detachedPayload: root.bytes,
            header: COSEHeader(keyID: key.keyID, purpose: .vote), signedBy: key)
        let receipt = COSEReceipt(
            header: COSEHeader(keyID: key.keyID, purpose: .vote),
            proof: try MerkleTree.inclusionProof(of: 3, in: leaves), signature: message.signature)
        #expect(
            throws: CryptographyError.purpose(
                found: "application/x.custos-vote", expected: "a receipt")
        ) { try receipt.verify(leafHash: leaves[3], by: key.publicKey) }
    }

    @Test("every bit of a receipt counts, but those of the tree size, which nobody signs")
    func everyBitCounts() throws {
        let root = MerkleTree.root(of: leaves)
        let bytes = try receipt(3, leaves).encoded
        // The proof begins with an array of three items, the size and the index.
        let sizeByte =
            try #require(
                bytes.indices.first { bytes[$0...].starts(with: [0x83, 13, 3]) }) + 1
        for bit in 0..<(bytes.count * 8) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            if bit / 8 == sizeByte {
                let verified = try? COSEReceipt(decoding: changed)
                    .verify(leafHash: leaves[3], by: key.publicKey)
                #expect(verified == nil || verified == root)
                continue
            }
            #expect(throws: CryptographyError.self, "bit \(bit)") {
                try COSEReceipt(decoding: changed).verify(leafHash: leaves[3], by: key.publicKey)
            }
        }
    }

    @Test func refusesCutReceipts() throws {
        let bytes = try receipt(3, leaves).encoded
        for count in 0..<bytes.count {
            #expect(throws: CryptographyError.self) {
                try COSEReceipt(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: CryptographyError.self) { try COSEReceipt(decoding: bytes + [0xf6]) }
    }

    @Test("a plain message is no receipt, and a receipt no plain message")
    func keepsReceiptsAndMessagesApart() throws {
        let message = COSESign1(
            detachedPayload: MerkleTree.root(of: leaves).bytes, header: header, signedBy: key)
        #expect(throws: CryptographyError.self) { try COSEReceipt(decoding: message.encoded) }
        let bytes = try receipt(3, leaves).encoded
        #expect(throws: CryptographyError.self) { try UnverifiedSign1(decoding: bytes) }
    }

    private func receipt(_ index: Int, _ tree: [Digest]) throws -> COSEReceipt {
        let precommit = COSESign1(
            detachedPayload: MerkleTree.root(of: tree).bytes, header: header, signedBy: key)
        return COSEReceipt(
            header: header, proof: try MerkleTree.inclusionProof(of: index, in: tree),
            signature: precommit.signature)
    }
}
