import Cryptography
import Primitives
import Testing

@Suite("Payload commitment")
struct PayloadCommitmentTests {
    private let ledger = LedgerID(SHA256.hash([1]))
    private let salt = [UInt8](repeating: 7, count: 32)

    @Test func hashesTheBytesOfTheFormat() throws {
        let payload: [UInt8] = [1, 2, 3]
        let bytes =
            Array("custos payload".utf8) + ledger.digest.bytes + salt + SHA256.hash(payload).bytes
        #expect(
            try PayloadCommitment.commit(to: payload, salt: salt, ledger: ledger)
                == SHA256.hash(bytes))
    }

    @Test func changesWithEachOfItsParts() throws {
        let commitment = try PayloadCommitment.commit(to: [1], salt: salt, ledger: ledger)
        let others = [
            try PayloadCommitment.commit(to: [2], salt: salt, ledger: ledger),
            try PayloadCommitment.commit(to: [1], salt: salt, ledger: .zero),
            try PayloadCommitment.commit(
                to: [1], salt: [UInt8](repeating: 8, count: 32), ledger: ledger),
        ]
        #expect(!others.contains(commitment))
    }

    @Test func refusesSaltsOfAnotherLength() {
        #expect(throws: CryptographyError.length(of: "a salt", bytes: 31, expected: 32)) {
            try PayloadCommitment.commit(to: [1], salt: Array(salt.dropLast()), ledger: ledger)
        }
    }
}

extension LedgerID {
    fileprivate static let zero = LedgerID(.zero)
}
