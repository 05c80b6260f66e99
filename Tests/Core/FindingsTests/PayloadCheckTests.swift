import Cryptography
import Findings
import Primitives
import Records
import Testing

@Suite("Payload check")
struct PayloadCheckTests {
    private let ledger = LedgerID(SHA256.hash([7]))
    private let salt = [UInt8](repeating: 5, count: 32)
    private let patient = OpaqueID(prefixOf: SHA256.hash([1]))
    private let stranger = OpaqueID(prefixOf: SHA256.hash([2]))

    private func fact(_ kind: FactKind, of patient: OpaqueID?) throws -> Fact {
        var fact = Fact(kind)
        if let patient { try fact.set("patient", to: .id(patient)) }
        return fact
    }

    private func entry(
        _ kind: EntryKind, _ payload: Payload, _ subjects: [Subject]? = nil
    ) throws -> Entry {
        guard let issuer = InstitutionID("hospital") else { preconditionFailure() }
        return Entry(
            kind: kind, issuer: issuer, stream: StreamID(0), number: 1,
            eventTime: Timestamp(milliseconds: 0), subjects: subjects ?? [.patient(patient)],
            commitment: try PayloadCommitment.commit(
                to: payload.encode(), salt: salt, ledger: ledger))
    }

    private func check(_ kind: EntryKind, _ facts: [Fact]) throws -> Payload {
        let payload = Payload(mediaType: "text/plain", source: [1], facts: facts)
        return try PayloadCheck.check(
            payload.encode(), salt: salt, of: try entry(kind, payload), ledger: ledger)
    }

    @Test("a payload that its entry announces is evidence")
    func accepts() throws {
        let facts = [try fact(.claim, of: patient), try fact(.patient, of: patient)]
        #expect(try check(.claim, facts).facts == facts)
        #expect(try check(.claim, [try fact(.claim, of: nil)]).facts.count == 1)
    }

    @Test("facts about others, and of kinds that the entry does not hold, are none")
    func refuses() throws {
        #expect(throws: PayloadProblem.subject(ordinal: 1, field: "patient")) {
            try check(.claim, [try fact(.claim, of: patient), try fact(.claimLine, of: stranger)])
        }
        #expect(throws: PayloadProblem.kind(ordinal: 0, fact: .claim, entry: .record)) {
            try check(.record, [try fact(.claim, of: patient)])
        }
        #expect(throws: PayloadProblem.kind(ordinal: 0, fact: .patient, entry: .finding)) {
            try check(.finding, [try fact(.patient, of: patient)])
        }
    }

    struct HouseRow: CustomTestStringConvertible {
        let testDescription: String
        let kind: FactKind
        let named: Subject?
        let isEvidence: Bool
    }

    static let doctor = OpaqueID(prefixOf: SHA256.hash([3]))
    static let houseRows = [
        HouseRow(
            testDescription: "a roster with its practitioner", kind: .roster,
            named: .practitioner(doctor), isEvidence: true),
        HouseRow(
            testDescription: "a roster that names nobody", kind: .roster, named: nil,
            isEvidence: false),
        HouseRow(
            testDescription: "a sanction with its practitioner", kind: .sanction,
            named: .practitioner(doctor), isEvidence: true),
        HouseRow(
            testDescription: "a roster in the record of a patient", kind: .roster,
            named: .patient(OpaqueID(prefixOf: SHA256.hash([1]))), isEvidence: false),
        HouseRow(
            testDescription: "stock, which is nobody's", kind: .stockMovement, named: nil,
            isEvidence: true),
        HouseRow(
            testDescription: "a measurement of nobody", kind: .result, named: nil,
            isEvidence: false),
    ]

    @Test(
        "a record without a patient tells of houses, and names whose duty it is",
        arguments: houseRows)
    func houses(row: HouseRow) throws {
        var fact = Fact(row.kind)
        if row.kind != .stockMovement && row.kind != .result {
            try fact.set("practitioner", to: .id(Self.doctor))
        }
        let payload = Payload(mediaType: "text/plain", source: [1], facts: [fact])
        let entry = try entry(.record, payload, row.named.map { [$0] } ?? [])
        let isEvidence = (try? PayloadCheck.checkFacts(of: payload, entry: entry)) != nil
        #expect(isEvidence == row.isEvidence)
        #expect(!row.isEvidence || entry.ownFacts.contains(row.kind))
    }

    @Test("a flip of any byte of payload or salt is another commitment")
    func flips() throws {
        let payload = Payload(
            mediaType: "text/plain", source: [1, 2], facts: [try fact(.claim, of: patient)])
        let entry = try entry(.claim, payload)
        let bytes = payload.encode()
        for index in bytes.indices {
            var bent = bytes
            bent[index] ^= 1
            #expect(throws: PayloadProblem.commitment) {
                try PayloadCheck.check(bent, salt: salt, of: entry, ledger: ledger)
            }
        }
        for index in salt.indices {
            var bent = salt
            bent[index] ^= 1
            #expect(throws: PayloadProblem.commitment) {
                try PayloadCheck.check(bytes, salt: bent, of: entry, ledger: ledger)
            }
        }
        #expect(throws: PayloadProblem.commitment) {
            try PayloadCheck.check(bytes, salt: [1], of: entry, ledger: ledger)
        }
    }

    @Test("what matches its commitment and is no payload says so")
    func format() throws {
        let bytes: [UInt8] = [0x83, 0x02]
        var entry = try entry(.claim, Payload(mediaType: "", source: [], facts: []))
        entry.commitment = try PayloadCommitment.commit(to: bytes, salt: salt, ledger: ledger)
        #expect(throws: PayloadProblem.self) {
            try PayloadCheck.check(bytes, salt: salt, of: entry, ledger: ledger)
        }
    }

    @Test("every kind of fact has an entry that announces it, and one only, but for context")
    func kinds() {
        for kind in FactKind.allCases {
            let homes = EntryKind.allCases.filter { $0.ownFacts.contains(kind) }
            #expect(homes.count == (EntryKind.contextFacts.contains(kind) ? 0 : 1), "\(kind)")
        }
    }
}
