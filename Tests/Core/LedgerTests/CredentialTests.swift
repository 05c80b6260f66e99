import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Staff credentials")
struct CredentialTests {
    private let network: TestNetwork
    private var state: LedgerState
    private let nurse = TestNetwork.opaque("credential nurse")

    init() throws {
        network = try TestNetwork()
        state = LedgerState(genesis: network.genesis)
        try commit([try TestNetwork.credential("insurer", 1, "nurse")])
    }

    private mutating func commit(_ entries: [Entry]) throws {
        let batch = try network.verified(entries, in: state)
        _ = state.apply(try TestNetwork.execute([batch], on: state))
    }

    private func refusal(_ entries: [Entry]) throws -> BatchRefusal? {
        do throws(BatchRefusal) {
            let bytes = try? network.batch(entries)
            let batch = try UnverifiedBatch(decoding: bytes ?? []).verify(against: state)
            try state.check(batch)
            return nil
        } catch {
            return error
        }
    }

    @Test("who is registered signs, and the signature is checked")
    func signs() throws {
        let entry = TestNetwork.access("insurer", 2)
        #expect(try refusal([network.signed(entry, by: "nurse")]) == nil)
        let forged = try network.signed(entry, by: "nurse", key: "thief")
        guard case .entry(0, .authorSignature(nurse, _)) = try refusal([forged]) else {
            Issue.record("a stranger's key signed for the nurse")
            return
        }
        var moved = try network.signed(entry, by: "nurse")
        moved.subjects = [.patient(TestNetwork.opaque("another"))]
        guard case .entry(0, .authorSignature(nurse, .signature)) = try refusal([moved]) else {
            Issue.record("a signature over other subjects was taken")
            return
        }
        moved = try network.signed(entry, by: "nurse")
        moved.commitment = TestNetwork.digest("another")
        guard case .entry(0, .authorSignature(nurse, .signature)) = try refusal([moved]) else {
            Issue.record("a signature over another commitment was taken")
            return
        }
    }

    @Test("nobody signs with a credential that is not there, foreign, or out of its days")
    func unfit() throws {
        let stranger = try network.signed(TestNetwork.access("insurer", 2), by: "stranger")
        #expect(
            try refusal([stranger])
                == .entry(
                    index: 0, .unknownCredential(TestNetwork.opaque("credential stranger"))))
        let foreign = try network.signed(TestNetwork.access("regulator", 1), by: "nurse")
        #expect(
            try refusal([foreign])
                == .entry(
                    index: 0,
                    .foreignCredential(nurse, registeredBy: TestNetwork.id("insurer"))))
        for day in [19_999, 22_001] as [Int32] {
            let entry = TestNetwork.access("insurer", 2, at: Day(number: day).start)
            #expect(
                try refusal([network.signed(entry, by: "nurse")])
                    == .entry(
                        index: 0,
                        .credentialNotValid(
                            nurse, day: Day(number: day), from: Day(number: 20_000),
                            to: Day(number: 22_000))))
        }
        for day in [20_000, 22_000] as [Int32] {
            let entry = TestNetwork.access("insurer", 2, at: Day(number: day).start)
            #expect(try refusal([network.signed(entry, by: "nurse")]) == nil)
        }
    }

    @Test("a revoked credential signs nothing any more, and stays revoked")
    mutating func revoked() throws {
        let before = try network.verified(
            [network.signed(TestNetwork.access("insurer", 3), by: "nurse")], in: state)
        try commit([try TestNetwork.credential("insurer", 2, "nurse", isRevoked: true)])
        #expect(throws: BatchRefusal.entry(index: 0, .credentialRevoked(nurse))) {
            try state.check(before)
        }
        #expect(
            try refusal([try TestNetwork.credential("insurer", 3, "nurse")])
                == .entry(index: 0, .credentialRevoked(nurse)))
    }

    @Test("a credential keeps its institution and its key")
    func registration() throws {
        #expect(
            try refusal([try TestNetwork.credential("regulator", 1, "nurse")])
                == .entry(
                    index: 0,
                    .foreignCredential(nurse, registeredBy: TestNetwork.id("insurer"))))
        #expect(
            try refusal([try TestNetwork.credential("insurer", 2, "nurse", key: "new")])
                == .entry(index: 0, .credentialKeyChanged(nurse)))
        #expect(
            try refusal([try TestNetwork.credential("insurer", 2, "nurse", to: 23_000)]) == nil)
        var entry = try TestNetwork.credential("insurer", 2, "other")
        guard case .credential(let body) = entry.body else { return }
        entry.body = .credential(
            CredentialBody(
                credential: body.credential, publicKey: [4] + body.publicKey.dropFirst(),
                role: body.role, department: "", from: body.from, to: body.to, isRevoked: false))
        guard case .entry(0, .credentialKey) = try refusal([entry]) else {
            Issue.record("33 bytes that are no key were registered")
            return
        }
    }

    @Test("a credential counts from the next entry of its own batch on")
    func sameBatch() throws {
        let entries = [
            try TestNetwork.credential("insurer", 2, "doctor"),
            try network.signed(TestNetwork.access("insurer", 3), by: "doctor"),
        ]
        #expect(try refusal(entries) == nil)
        let early = [
            try network.signed(TestNetwork.access("insurer", 2), by: "doctor"),
            try TestNetwork.credential("insurer", 3, "doctor"),
        ]
        #expect(
            try refusal(early)
                == .entry(
                    index: 0, .unknownCredential(TestNetwork.opaque("credential doctor"))))
    }

    @Test("a batch that is refused leaves no credential behind")
    func atomic() throws {
        let bad = try network.verified(
            [
                try TestNetwork.credential("insurer", 2, "doctor"),
                try network.signed(TestNetwork.access("insurer", 3), by: "stranger"),
            ], in: state)
        let later = try network.verified(
            [try network.signed(TestNetwork.access("insurer", 2), by: "doctor")], in: state)
        let proposal = try state.propose(
            [bad, later], time: TestNetwork.nextTime(state),
            proposer: TestNetwork.id("insurer"), commitProof: [0x80])
        #expect(proposal.refused.map(\.batch) == [bad.digest, later.digest])
        #expect(proposal.executed.batches.isEmpty)
    }
}
