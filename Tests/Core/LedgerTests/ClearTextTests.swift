import Cryptography
import Ledger
import Primitives
import Records
import Testing

/// What a node that is no recipient of anything can read: the table of `docs/formats/entry.md`.
@Suite("What stands in clear")
struct ClearTextTests {
    /// Stands wherever something is sealed.
    private static let marker = Array("SEALED-MARKER".utf8)
    private static let text = "SEALED-MARKER"

    private func payload(_ what: String) -> [UInt8] {
        Payload(
            mediaType: "application/fhir+json",
            source: Array("{\"\(what)\":\"\(Self.text)\"}".utf8),
            facts: []
        ).encode()
    }

    /// The entries of a day, as an issuer makes them: payloads are committed to, not carried.
    private func entries(_ ledger: LedgerID) throws -> [(entry: Entry, payload: [UInt8]?)] {
        var number: UInt64 = 0
        func sealed(_ kind: EntryKind, _ subjects: [Subject]) -> (Entry, [UInt8]?) {
            number += 1
            let payload = payload("\(kind)")
            var entry = TestNetwork.record(
                "city-hospital", number, kind: kind, subjects: subjects)
            // As docs/formats/payload.md has it: a salted hash, and the hash of a cipher text.
            entry.commitment = SHA256.hash(
                Array("custos payload".utf8) + ledger.digest.bytes
                    + TestNetwork.digest("salt \(number)").bytes + SHA256.hash(payload).bytes)
            entry.sealedPayload = SHA256.hash(payload + [1])
            if kind == .access { entry.access = TestNetwork.access("insurer", 1).access }
            return (entry, payload)
        }
        let patient = Subject.patient(TestNetwork.opaque("pseudonym"))
        let doctor = Subject.practitioner(TestNetwork.opaque("doctor"))
        let claim = Subject.claim(TestNetwork.opaque("claim"))
        let prescription = Subject.prescription(TestNetwork.opaque("prescription"))
        var day = [
            sealed(.access, [patient, doctor]), sealed(.record, [patient]),
            sealed(.consent, [patient]), sealed(.relationship, [patient]),
            sealed(.identity, [patient]), sealed(.claim, [patient, claim]),
            sealed(.claimResponse, [patient, claim]),
            sealed(.prescription, [patient, doctor, prescription]),
            sealed(.dispense, [patient, prescription]),
        ]
        var finding = sealed(.finding, [])
        finding.0.body = TestNetwork.finding("city-hospital", 1, "finding").body
        day.append(finding)
        return day
    }

    @Test("nothing that is sealed stands in entry, batch, block, rows or state")
    func nothingSealed() throws {
        let network = try TestNetwork()
        var state = LedgerState(genesis: network.genesis)
        let day = try entries(network.ledger)
        for (_, payload) in day { #expect(payload?.containsRun(Self.marker) == true) }
        let batch = try network.verified(day.map(\.entry), in: state)
        let executed = try TestNetwork.execute([batch], on: state)
        var seen = [batch.bytes, executed.block.encode()]
        seen += day.map { $0.entry.encode() }
        seen += state.apply(executed).map(\.bytes)
        for bytes in seen { #expect(!bytes.containsRun(Self.marker)) }
    }

    @Test("what is read from the bytes is the table and no more")
    func table() throws {
        let network = try TestNetwork()
        for (entry, _) in try entries(network.ledger) {
            let read = try Entry.decode(entry.encode())
            // Every field of the type is a row of the table; a new field must be put there first.
            let fields = Mirror(reflecting: read).children.compactMap(\.label)
            #expect(
                fields == [
                    "kind", "issuer", "stream", "number", "eventTime", "subjects", "commitment",
                    "sealedPayload", "recipients", "access", "author", "body",
                ])
            let texts = entry.encode().texts
            let institutions = [read.issuer.name] + read.recipients.map(\.name)
            #expect(texts.allSatisfy(institutions.contains), "\(read.kind): \(texts)")
            if read.kind == .finding { #expect(read.subjects.isEmpty) }
        }
    }

    @Test("the list of a finding's terms names no patient, practitioner or rule")
    func findingTerms() {
        let terms = TestNetwork.finding("insurer", 1, "finding").terms
        for term in terms {
            switch term {
            case .institution, .stream, .kind, .institutionDay: break
            default: Issue.record("a finding is listed under \(term)")
            }
        }
    }
}

extension [UInt8] {
    fileprivate func containsRun(_ run: [UInt8]) -> Bool {
        guard count >= run.count else { return false }
        return (0...(count - run.count)).contains { self[$0..<($0 + run.count)].elementsEqual(run) }
    }

    /// All text strings of one CBOR item, in order.
    fileprivate var texts: [String] {
        var reader = CBORReader(self)
        var texts: [String] = []
        func walk() throws {
            switch try reader.nextMajorType() {
            case 3: texts.append(try reader.text())
            case 4: for _ in 0..<(try reader.array(atMost: .max)) { try walk() }
            case 5: for _ in 0..<(2 * (try reader.map(atMost: .max))) { try walk() }
            default: _ = try reader.item()
            }
        }
        try? walk()
        return texts
    }
}
