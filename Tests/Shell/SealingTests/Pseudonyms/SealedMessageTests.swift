import Cryptography
import Primitives
import Sealing
import Testing

@Suite("Sealed messages")
struct SealedMessageTests {
    private let ledger = LedgerID(SHA256.hash([1]))

    private func message(
        use: String = "patient keys", ledger: LedgerID? = nil, from sender: String = "regulator",
        to recipient: String = "insurer"
    ) throws -> SealedMessage {
        SealedMessage(
            use: use, ledger: ledger ?? self.ledger,
            sender: try #require(InstitutionID(sender)),
            recipient: try #require(InstitutionID(recipient)))
    }

    @Test("only the recipient opens it, for that use, from that sender, on that ledger")
    func opens() throws {
        let key = try SealSecretKey(random: .system)
        let other = try SealSecretKey(random: .system)
        let secret = Array("k_P".utf8)
        let sealed = try message().seal(secret, to: try key.publicKey)
        #expect(try message().open(sealed, with: key) == secret)
        #expect(sealed.count == secret.count + 32 + 16)
        let wrong: [(SealedMessage, SealSecretKey)] = [
            (try message(), other), (try message(use: "other"), key),
            (try message(ledger: LedgerID(.zero)), key), (try message(from: "hospital"), key),
            (try message(to: "regulator"), key),
        ]
        for (message, key) in wrong {
            #expect(throws: SealingError.self) { try message.open(sealed, with: key) }
        }
    }

    @Test("no flipped byte and no cut of it opens")
    func bent() throws {
        let key = try SealSecretKey(random: .system)
        let sealed = try message().seal([1, 2, 3], to: try key.publicKey)
        for index in sealed.indices {
            var bent = sealed
            // The highest bit of an X25519 point is no part of it.
            bent[index] ^= 1
            #expect(throws: SealingError.self) { try message().open(bent, with: key) }
            #expect(throws: SealingError.self) {
                try message().open(Array(sealed[..<index]), with: key)
            }
        }
    }

    @Test("patient keys that were forgotten are gone after a restart, the others are there")
    func store() throws {
        let scratch = try Scratch()
        let names = (1...3).map { SHA256.hash([$0]) }
        let keys = names.map { _ in PatientKey(random: .system) }
        do {
            let store = try PersonKeyStore(
                folder: scratch.store, keyFolder: scratch.keys)
            try store.put(zip(names, keys).map { (person: $0, key: $1) })
            try store.forget([names[1]])
            #expect(store.count == 2)
        }
        let store = try PersonKeyStore(
            folder: scratch.store, keyFolder: scratch.keys)
        #expect(try store.key(of: names[0]) == keys[0])
        #expect(try store.key(of: names[1]) == nil)
        #expect(try store.key(of: names[2]) == keys[2])
        // A person who comes again has another key, under the same name.
        let again = PatientKey(random: .system)
        try store.put([(person: names[1], key: again)])
        #expect(try store.key(of: names[1]) == again)
    }
}
