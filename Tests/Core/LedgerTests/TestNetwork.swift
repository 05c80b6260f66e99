import Cryptography
import Ledger
import Primitives
import Records

/// A small network whose keys follow from names, and what its members sign.
struct TestNetwork {
    let genesis: Genesis

    static let names = ["city-hospital", "county-hospital", "insurer", "regulator"]
    static let start = Timestamp(milliseconds: 1_790_000_000_000)

    /// Every member votes with power 1 and has streams 0 and 1.
    init(_ bend: (inout Parameters) -> Void = { _ in }) throws {
        var parameters = Parameters.standard
        bend(&parameters)
        genesis = try Genesis(
            name: "test region", start: TestNetwork.start,
            institutions: try TestNetwork.names.map(TestNetwork.institution),
            parameters: parameters,
            rules: [
                RuleVersion(
                    id: "PR-03", hash: SHA256.hash(Array("rule".utf8)),
                    runners: [TestNetwork.id("insurer"), TestNetwork.id("regulator")])
            ])
    }

    init(_ genesis: Genesis) {
        self.genesis = genesis
    }

    var ledger: LedgerID { genesis.ledger }

    static func institution(_ name: String) throws -> Institution {
        Institution(
            id: id(name), name: name.uppercased(),
            kind: name.hasSuffix("hospital") ? .hospital : .insurer, tier: .county, power: 1,
            submitKeys: try [0, 1].map {
                Institution.SubmitKey(
                    stream: StreamID($0), key: try key("\(name) submit \($0)").publicKey)
            },
            consensusKey: try key("\(name) consensus").publicKey,
            governKeys: [try key("\(name) govern").publicKey],
            sealKey: SHA256.hash(Array("\(name) seal".utf8)).bytes)
    }

    static func id(_ name: String) -> InstitutionID {
        guard let id = InstitutionID(name) else { preconditionFailure("\(name) is no id") }
        return id
    }

    static func key(_ label: String) throws -> SigningKey {
        try SigningKey(secret: SHA256.hash(Array(label.utf8)).bytes)
    }

    static func opaque(_ label: String) -> OpaqueID {
        OpaqueID(prefixOf: SHA256.hash(Array(label.utf8)))
    }

    static func digest(_ label: String) -> Digest { SHA256.hash(Array(label.utf8)) }

    /// An access of a practitioner to a patient's record, numbers left to the caller.
    static func access(
        _ issuer: String, _ number: UInt64, stream: UInt16 = 0, patient: String = "patient",
        practitioner: String = "nurse", action: AccessHeader.Action = .read,
        at time: Timestamp = start
    ) -> Entry {
        Entry(
            kind: .access, issuer: id(issuer), stream: StreamID(stream), number: number,
            eventTime: time,
            subjects: [.patient(opaque(patient)), .practitioner(opaque(practitioner))],
            commitment: digest("\(issuer) \(number) commitment"),
            sealedPayload: digest("\(issuer) \(number) sealed"),
            recipients: [id("insurer"), id("regulator")],
            access: AccessHeader(
                action: action, purpose: .treatment, basis: .relationship, outcome: .success))
    }

    static func record(
        _ issuer: String, _ number: UInt64, stream: UInt16 = 0, kind: EntryKind = .record,
        subjects: [Subject]
    ) -> Entry {
        Entry(
            kind: kind, issuer: id(issuer), stream: StreamID(stream), number: number,
            eventTime: start, subjects: subjects,
            commitment: digest("\(issuer) \(number) commitment"),
            sealedPayload: digest("\(issuer) \(number) sealed"), recipients: [id("insurer")])
    }

    static func finding(
        _ issuer: String, _ number: UInt64, _ finding: String, isWithdrawn: Bool = false
    ) -> Entry {
        var entry = record(issuer, number, kind: .finding, subjects: [])
        entry.body = .finding(
            FindingMark(
                finding: digest(finding), blindedCase: opaque("case \(finding)"),
                isWithdrawn: isWithdrawn))
        return entry
    }

    static func credential(
        _ issuer: String, _ number: UInt64, _ name: String, from: Int32 = 20_000,
        to: Int32 = 22_000, isRevoked: Bool = false, key label: String? = nil
    ) throws -> Entry {
        Entry(
            kind: .credential, issuer: id(issuer), stream: StreamID(0), number: number,
            eventTime: start, subjects: [.practitioner(opaque(name))],
            body: .credential(
                CredentialBody(
                    credential: opaque("credential \(name)"),
                    publicKey: try key(label ?? name).publicKey.bytes, role: "nurse",
                    department: "ward 3", from: Day(number: from), to: Day(number: to),
                    isRevoked: isRevoked)))
    }

    /// The entry, signed by the practitioner of this name.
    func signed(_ entry: Entry, by name: String, key label: String? = nil) throws -> Entry {
        let key = try TestNetwork.key(label ?? name)
        let signature = COSESign1(
            detachedPayload: entry.authorClaim(ledger: ledger),
            header: COSEHeader(keyID: key.keyID, purpose: .author), signedBy: key)
        var entry = entry
        entry.author = Author(
            credential: TestNetwork.opaque("credential \(name)"), signature: signature.encoded)
        return entry
    }

    /// The bytes of a batch over these entries, signed by the first entry's stream.
    func batch(_ entries: [Entry], expiry: UInt64 = 100) throws -> [UInt8] {
        guard let first = entries.first else { preconditionFailure("a batch needs an entry") }
        return BatchWriter.batch(
            of: entries.map { $0.encode() }, ledger: ledger, issuer: first.issuer,
            stream: first.stream, firstNumber: first.number, expiry: Height(expiry),
            signedBy: try TestNetwork.key("\(first.issuer) submit \(first.stream)"))
    }

    func verified(
        _ entries: [Entry], in state: LedgerState, expiry: UInt64 = 100
    ) throws -> VerifiedBatch {
        try UnverifiedBatch(decoding: try batch(entries, expiry: expiry)).verify(against: state)
    }

    /// The next block of these batches, with a stand-in for the commit proof.
    static func execute(
        _ batches: [VerifiedBatch], on state: LedgerState
    ) throws -> ExecutedBlock {
        try state.execute(
            batches, at: state.head.height.next, time: nextTime(state),
            proposer: id("regulator"), commitProof: commitProof(state))
    }

    static func nextTime(_ state: LedgerState) -> Timestamp {
        Timestamp(milliseconds: state.head.time.milliseconds + 20)
    }

    static func commitProof(_ state: LedgerState) -> [UInt8]? {
        state.head.height == .genesis ? nil : [0x81, 0x01]
    }
}
