import Cryptography
import Primitives
import Testing

@Suite("COSE_Sign1")
struct COSESign1Tests {
    private let key: SigningKey
    private let other: SigningKey
    private let payload = Array("This is the content.".utf8)

    init() throws {
        key = try SigningKey(secret: SHA256.hash([1]).bytes)
        other = try SigningKey(secret: SHA256.hash([2]).bytes)
    }

    // ToBeSigned of sign-pass-02 and sign-pass-03 in the examples of the COSE working group.
    @Test(arguments: [
        (
            "11aa22bb33cc44dd55006699",
            "846a5369676e61747572653143a101264c11aa22bb33cc44dd55006699"
                + "54546869732069732074686520636f6e74656e742e"
        ),
        (
            "",
            "846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742e"
        ),
    ])
    func signsTheStructureOfTheStandard(external: String, expected: String) throws {
        let structure = COSESign1.signatureStructure(
            protected: [0xa1, 0x01, 0x26], payload: payload[...],
            externalAAD: try #require([UInt8](hex: external)))
        #expect(structure.hex == expected)
    }

    @Test func verifiesWhatItSigned() throws {
        let message = COSESign1(payload: payload, header: header(.batch), signedBy: key)
        let read = try UnverifiedSign1(decoding: message.encoded)
        let verified = try read.verified(by: key.publicKey, as: .batch)
        #expect(Array(verified.payload) == payload)
        #expect(verified.header == header(.batch))
        #expect(verified.key == key.publicKey)
    }

    @Test func verifiesADetachedPayloadAndExternalData() throws {
        let message = COSESign1(
            detachedPayload: payload, header: header(.vote), signedBy: key, externalAAD: [7])
        #expect(message.payload == nil)
        let read = try UnverifiedSign1(decoding: message.encoded)
        let verified = try read.verified(
            by: key.publicKey, as: .vote, externalAAD: [7], detachedPayload: payload)
        #expect(Array(verified.payload) == payload)
        let parts = UnverifiedSign1(
            header: header(.vote), payload: payload, signature: message.signature)
        _ = try parts.verified(by: key.publicKey, as: .vote, externalAAD: [7])
        #expect(throws: CryptographyError.signature(key: key.keyID)) {
            try read.verified(by: key.publicKey, as: .vote, detachedPayload: payload)
        }
        #expect(throws: CryptographyError.payload(detached: true)) {
            try read.verified(by: key.publicKey, as: .vote, externalAAD: [7])
        }
        #expect(throws: CryptographyError.payload(detached: false)) {
            try parts.verified(by: key.publicKey, as: .vote, detachedPayload: payload)
        }
    }

    @Test func refusesAnotherKeyAndAnotherPurpose() throws {
        let message = COSESign1(payload: payload, header: header(.batch), signedBy: key)
        let read = try UnverifiedSign1(decoding: message.encoded)
        #expect(
            throws: CryptographyError.keyMismatch(named: key.keyID, expected: other.keyID)
        ) { try read.verified(by: other.publicKey, as: .batch) }
        #expect(
            throws: CryptographyError.purpose(
                found: "application/x.custos-batch", expected: "application/x.custos-vote")
        ) { try read.verified(by: key.publicKey, as: .vote) }
        let forged = COSESign1(payload: payload, header: header(.batch), signedBy: other)
        #expect(throws: CryptographyError.signature(key: key.keyID)) {
            try UnverifiedSign1(decoding: forged.encoded).verified(by: key.publicKey, as: .batch)
        }
    }

    @Test func everyBitOfTheMessageCounts() throws {
        let message = COSESign1(payload: payload, header: header(.batch), signedBy: key).encoded
        for bit in 0..<(message.count * 8) {
            var changed = message
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptographyError.self, "bit \(bit)") {
                try UnverifiedSign1(decoding: changed).verified(by: key.publicKey, as: .batch)
            }
        }
    }

    @Test func refusesCutAndPaddedMessages() throws {
        let message = COSESign1(payload: payload, header: header(.batch), signedBy: key).encoded
        for count in 0..<message.count {
            #expect(throws: CryptographyError.self) {
                try UnverifiedSign1(decoding: message[..<count])
            }
        }
        #expect(
            throws: CryptographyError.encoding(.trailingBytes(offset: message.count, count: 1))
        ) {
            try UnverifiedSign1(decoding: message + [0])
        }
        #expect(throws: CryptographyError.self) {
            try UnverifiedSign1(decoding: Array(message.dropFirst()))
        }
    }

    @Test("an unprotected header cannot say anything", arguments: ["a10404", "a1182000"])
    func refusesUnprotectedFields(hex: String) throws {
        let message = COSESign1(payload: payload, header: header(.batch), signedBy: key)
        var writer = CBORWriter()
        writer.tag(18)
        writer.array(4)
        writer.bytes(message.protected)
        writer.encoded(try #require([UInt8](hex: hex)))
        writer.bytes(payload)
        writer.signature(message.signature)
        #expect(throws: CryptographyError.self) { try UnverifiedSign1(decoding: writer.bytes) }
    }

    private func header(_ purpose: COSEPurpose) -> COSEHeader {
        COSEHeader(keyID: key.keyID, purpose: purpose)
    }
}
