import Cryptography
import Primitives
import Sealing
import Testing

@Suite("Pseudonyms")
struct PseudonymTests {
    private let bytes = [UInt8](repeating: 3, count: 32)

    @Test func followsTheFormat() throws {
        let key = try #require(PatientKey(bytes))
        let code = HMACSHA256.authenticate(
            Array("custos patient".utf8) + [0x01, 0x02, 0x03, 0x04], key: bytes)
        #expect(key.pseudonym(epoch: 0x0102_0304) == OpaqueID(prefixOf: code))
        let region = try #require(RegionKey(bytes))
        #expect(
            region.practitioner("P-1")
                == OpaqueID(
                    prefixOf: HMACSHA256.authenticate(
                        Array("custos practitionerP-1".utf8), key: bytes)))
        let issuer = try #require(IssuerKey(bytes))
        #expect(
            issuer.claim("C-1")
                == OpaqueID(
                    prefixOf: HMACSHA256.authenticate(Array("custos claimC-1".utf8), key: bytes)))
        #expect(issuer.claim("C-1") != issuer.prescription("C-1"))
    }

    @Test("frozen: a changed byte loses every patient's trail")
    func isFrozen() throws {
        let key = try #require(PatientKey(bytes))
        #expect(key.pseudonym(epoch: 0).description == "1f495594fc2e32edd2adf35636429b1f")
        #expect(key.pseudonym(epoch: 1).description == "a56add4850088baf3202a8a4700b7d08")
    }

    @Test func differsByPatientAndEpoch() throws {
        let random = RandomBytes.seeded(1)
        let keys = (0..<20).map { _ in PatientKey(random: random) }
        let names = keys.flatMap { key in (UInt32(0)..<20).map { key.pseudonym(epoch: $0) } }
        #expect(Set(names).count == 400)
    }

    @Test func refusesKeysOfAnotherLength() {
        #expect(PatientKey([1]) == nil)
        #expect(RegionKey([1]) == nil)
        #expect(IssuerKey([1]) == nil)
    }
}
