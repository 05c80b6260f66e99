import Cryptography
import Primitives
import Sealing
import Testing

@Suite("Key store and identity directory")
struct KeyStoreTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test("a forgotten payload cannot be opened again, and its commitment still stands")
    func erasesAPayload() throws {
        let ledger = LedgerID(SHA256.hash([1]))
        let random = RandomBytes.seeded(1)
        let payloads = try (UInt8(0)..<4).map {
            try SealedPayload(sealing: [$0], ledger: ledger, random: random)
        }
        let store = try KeyStore(folder: scratch.store, keyFolder: scratch.keys, random: random)
        try store.put(payloads.map { ($0.commitment, $0.key) })
        #expect(store.count == 4)
        let key = try #require(try store.key(for: payloads[2].commitment))
        #expect(
            try SealedPayload.open(
                payloads[2].bytes[...], key: key, ledger: ledger,
                commitment: payloads[2].commitment) == [2])
        let gone = try store.forget([payloads[2].commitment, SHA256.hash([9])])
        #expect(gone == [payloads[2].commitment])
        #expect(try store.key(for: payloads[2].commitment) == nil)
        #expect(try store.key(for: payloads[3].commitment) == payloads[3].key)
        try store.renewNodeKey()
        #expect(store.count == 3)
        #expect(try store.key(for: payloads[3].commitment) == payloads[3].key)
    }

    @Test func findsAPersonAgain() throws {
        let people = (0..<20).map { "id \($0)" }
        let keys: [PatientKey]
        let region: RegionKey
        do {
            let directory = try directory(seed: 1)
            keys = try directory.enrol(people)
            region = directory.regionKey
            #expect(Set(keys).count == 20)
            #expect(directory.count == 20)
            #expect(try directory.enrol(["id 3", "new", "new"])[0] == keys[3])
        }
        let directory = try directory(seed: 2)
        #expect(directory.regionKey == region)
        #expect(directory.count == 21)
        #expect(try directory.patientKey(for: "id 7") == keys[7])
        #expect(try directory.patientKey(for: "nobody") == nil)
        #expect(try directory.enrol(people) == keys)
    }

    @Test func unlinksAPerson() throws {
        let directory = try directory(seed: 1)
        let keys = try directory.enrol(["a", "b"])
        #expect(try directory.forget(["a", "nobody"]) == 1)
        #expect(try directory.patientKey(for: "a") == nil)
        #expect(try directory.patientKey(for: "b") == keys[1])
        #expect(try directory.enrol(["a"]) != [keys[0]])
    }

    @Test("no identifier stands in the directory's files")
    func keepsNoIdentifiers() throws {
        let directory = try directory(seed: 1)
        _ = try directory.enrol(["a very long identifier of one person"])
        let bytes = try scratch.read(scratch.store + "/secrets-1.bin")
        let part = Array("identifier".utf8)
        #expect(!bytes.indices.contains { bytes[$0...].starts(with: part) })
    }

    private func directory(seed: UInt8) throws -> IdentityDirectory {
        try IdentityDirectory(
            folder: scratch.store, keyFolder: scratch.keys, random: .seeded(seed))
    }
}
