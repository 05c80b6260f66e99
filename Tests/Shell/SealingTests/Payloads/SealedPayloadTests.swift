import Cryptography
import Primitives
import Sealing
import Testing

@Suite("Sealed payloads")
struct SealedPayloadTests {
    private let ledger = LedgerID(SHA256.hash([1]))
    private let payload = Array("a FHIR resource and its facts".utf8)

    @Test func opensUnderItsKey() throws {
        let sealed = try SealedPayload(sealing: payload, ledger: ledger, random: .seeded(1))
        let opened = try SealedPayload.open(
            sealed.bytes[...], key: sealed.key, ledger: ledger, commitment: sealed.commitment)
        #expect(opened == payload)
        #expect(sealed.digest == SHA256.hash(sealed.bytes))
        #expect(
            try PayloadCommitment.commit(to: payload, salt: sealed.key.salt, ledger: ledger)
                == sealed.commitment)
    }

    @Test("the same payload twice gives nothing in common")
    func hidesEqualPayloads() throws {
        let random = RandomBytes.seeded(1)
        let first = try SealedPayload(sealing: payload, ledger: ledger, random: random)
        let second = try SealedPayload(sealing: payload, ledger: ledger, random: random)
        #expect(first.commitment != second.commitment)
        #expect(first.bytes != second.bytes)
    }

    @Test func everyBitCounts() throws {
        let sealed = try SealedPayload(sealing: payload, ledger: ledger, random: .seeded(1))
        for bit in 0..<(sealed.bytes.count * 8) {
            var changed = sealed.bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SealingError.self) {
                try SealedPayload.open(
                    changed[...], key: sealed.key, ledger: ledger, commitment: sealed.commitment)
            }
        }
        for count in 0..<sealed.bytes.count {
            #expect(throws: SealingError.self) {
                try SealedPayload.open(
                    sealed.bytes[..<count], key: sealed.key, ledger: ledger,
                    commitment: sealed.commitment)
            }
        }
    }

    @Test func refusesAnotherLedgerKeyOrCommitment() throws {
        let random = RandomBytes.seeded(1)
        let sealed = try SealedPayload(sealing: payload, ledger: ledger, random: random)
        let other = try SealedPayload(sealing: [1], ledger: ledger, random: random)
        #expect(throws: SealingError.sealedPayload(commitment: sealed.commitment)) {
            try SealedPayload.open(
                sealed.bytes[...], key: sealed.key, ledger: LedgerID(.zero),
                commitment: sealed.commitment)
        }
        #expect(throws: SealingError.sealedPayload(commitment: sealed.commitment)) {
            try SealedPayload.open(
                sealed.bytes[...], key: other.key, ledger: ledger, commitment: sealed.commitment)
        }
        #expect(throws: SealingError.sealedPayload(commitment: other.commitment)) {
            try SealedPayload.open(
                sealed.bytes[...], key: sealed.key, ledger: ledger, commitment: other.commitment)
        }
    }

    @Test("an issuer that seals something else than it committed to is found out")
    func findsALyingIssuer() throws {
        // The key is what the issuer chose; the commitment is one that it made for other bytes.
        let key = PayloadKey(random: .seeded(1))
        let bytes = RandomBytes.seeded(1).bytes(64)
        let promised = try PayloadCommitment.commit(
            to: Array("what was promised".utf8), salt: key.salt, ledger: ledger)
        let ciphertext = try AESGCM.seal(
            payload, key: Array(bytes[..<32]), nonce: [UInt8](repeating: 0, count: 12),
            associatedData: PayloadCommitment.domain + ledger.digest.bytes + promised.bytes)
        var writer = CBORWriter()
        writer.array(2)
        writer.unsigned(1)
        writer.bytes(ciphertext)
        let computed = try PayloadCommitment.commit(to: payload, salt: key.salt, ledger: ledger)
        #expect(throws: SealingError.commitment(computed: computed, expected: promised)) {
            try SealedPayload.open(
                writer.bytes[...], key: key, ledger: ledger, commitment: promised)
        }
    }

    @Test func refusesOversizePayloads() {
        let limit = SealedPayload.payloadBytesMax
        #expect(throws: SealingError.tooLong(payloadBytes: limit + 1, limit: limit)) {
            try SealedPayload(
                sealing: [UInt8](repeating: 0, count: limit + 1), ledger: ledger,
                random: .seeded(1))
        }
    }

    @Test func drawsFreshBytesFromTheSystem() {
        let drawn = (0..<4).map { _ in RandomBytes.system.bytes(33) }
        #expect(Set(drawn).count == 4)
        #expect(drawn.allSatisfy { $0.count == 33 })
        #expect(RandomBytes.system.bytes(0).isEmpty)
    }
}
