import Interop
import Primitives
import Records
import Testing

@Suite("Entries as FHIR AuditEvents")
struct AuditEventsTests {
    private let patient = OpaqueID(prefixOf: Digest(words: (1, 2, 3, 4)))
    private let practitioner = OpaqueID(prefixOf: Digest(words: (5, 6, 7, 8)))

    private func entry(_ kind: EntryKind, _ access: AccessHeader?) throws -> Entry {
        Entry(
            kind: kind, issuer: try #require(InstitutionID("city-hospital")),
            stream: StreamID(2), number: 41, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
            subjects: [.patient(patient), .practitioner(practitioner)], access: access)
    }

    private func header(
        _ action: AccessHeader.Action, _ purpose: AccessHeader.Purpose,
        _ outcome: AccessHeader.Outcome
    ) -> AccessHeader {
        AccessHeader(action: action, purpose: purpose, basis: .breakGlass, outcome: outcome)
    }

    private func bundle(_ entries: [Entry], isUnfit: Bool? = false) throws -> JSONValue {
        let items = entries.enumerated().map { index, entry in
            AuditEvents.separator(isFirst: index == 0)
                + AuditEvents.item(
                    entry, leaf: UInt64(index), leafHash: Digest(words: (0, 0, 0, UInt64(index))),
                    height: Height(9), isUnfit: isUnfit)
        }
        let text =
            AuditEvents.opening + items.joined()
            + AuditEvents.closing(isEmpty: items.isEmpty, note: #"{"query":"a \ b"}"#)
        return try JSONDocument(Array(text.utf8)).root
    }

    @Test("a bundle of none, one and many is strict JSON of the right type")
    func isJSON() throws {
        for count in [0, 1, 3] {
            let entries = try (0..<count).map { _ in try entry(.claim, nil) }
            let bundle = try bundle(entries)
            #expect(bundle["resourceType"]?.string == "Bundle")
            // FHIR has no empty arrays.
            #expect(bundle["entry"]?.array?.count == (count == 0 ? nil : count))
            let note = bundle["meta"]?["extension"]?.array?.first
            #expect(note?["url"]?.string == AuditEvents.noteURL)
            #expect(note?["valueString"]?.string == #"{"query":"a \ b"}"#)
        }
    }

    /// A statement as COSE_Sign1; who reads it for its rows checks no signature.
    private func statement(by issuer: String, _ issuedAt: Int64?) -> [UInt8] {
        var header = CBORWriter(reservingCapacity: 64)
        header.map(2)
        header.integer(1)
        header.integer(-7)
        header.integer(15)
        header.map(issuedAt == nil ? 2 : 3)
        header.integer(1)
        header.text(issuer)
        header.integer(2)
        header.text("assay 17")
        if let issuedAt {
            header.integer(6)
            header.integer(issuedAt)
        }
        var writer = CBORWriter(reservingCapacity: 256)
        writer.tag(18)
        writer.array(4)
        writer.bytes(header.bytes)
        writer.map(0)
        writer.bytes([1])
        writer.bytes([UInt8](repeating: 7, count: 64))
        return writer.bytes
    }

    @Test("a statement has whom FHIR wants, and says where its time is not known")
    func statements() throws {
        for (issuedAt, issuer) in [(nil, #"a "lab" \ of ours"#), (1_700_000_000, "lab.example")]
            as [(Int64?, String)]
        {
            let bytes = statement(by: issuer, issuedAt)
            let bundle = try bundle([Entry(try StatementBody(emptying: bytes))])
            let event = try #require(bundle["entry"]?.array?.first?["resource"])
            let isTimed = issuedAt != nil
            #expect(event["recorded"]?.string == (isTimed ? "2023-11-14T22:13:20.000Z" : nil))
            let absent = event["_recorded"]?["extension"]?.array?.first
            #expect(absent?["valueCode"]?.string == (isTimed ? nil : "unknown"))
            let agents = event["agent"]?.array ?? []
            #expect(agents.map { $0["who"]?["identifier"]?["value"]?.string } == [issuer])
            #expect(event["source"]?["observer"]?["display"]?.string == "the ledger")
            let names = event["entity"]?.array?.compactMap {
                $0["what"]?["identifier"]?["system"]?.string
            }
            #expect(names == ["urn:custos:statement-subject", "urn:custos:leaf"])
        }
    }

    @Test("an entry without effect says so, and one of which that is not known says nothing")
    func effect() throws {
        for (isUnfit, words, effect) in [
            (true, "stands on the ledger without effect", "none"), (false, nil, "full"),
            (nil, nil, nil),
        ] as [(Bool?, String?, String?)] {
            let bundle = try bundle([try entry(.record, nil)], isUnfit: isUnfit)
            let event = try #require(bundle["entry"]?.array?.first?["resource"])
            #expect(event["outcomeDesc"]?.string == words)
            let details = event["entity"]?.array?.last?["detail"]?.array ?? []
            let found = details.first { $0["type"]?.string == "effect" }
            #expect(found?["valueString"]?.string == effect)
        }
    }

    @Test("action, purpose, outcome, who and whom stand where FHIR R4 has them")
    func fields() throws {
        let rows: [(AccessHeader, String, String, String?)] = [
            (header(.create, .treatment, .success), "C", "0", "TREAT"),
            (header(.execute, .emergency, .seriousFailure), "E", "8", "ETREAT"),
            (header(.delete, .unstated, .majorFailure), "D", "12", nil),
        ]
        for (header, action, outcome, purpose) in rows {
            let bundle = try bundle([try entry(.access, header)])
            let event = try #require(bundle["entry"]?.array?.first?["resource"])
            #expect(event["resourceType"]?.string == "AuditEvent")
            #expect(event["action"]?.string == action)
            #expect(event["outcome"]?.string == outcome)
            #expect(event["recorded"]?.string == "2023-11-14T22:13:20.000Z")
            let coding = event["purposeOfEvent"]?.array?.first?["coding"]?.array?.first
            #expect(coding?["code"]?.string == purpose)
            let agents = event["agent"]?.array ?? []
            let names = agents.map { $0["who"]?["identifier"]?["value"]?.string }
            #expect(names == [practitioner.description, "city-hospital"])
            let entity = event["entity"]?.array?.first
            #expect(entity?["what"]?["identifier"]?["value"]?.string == patient.description)
        }
    }
}

extension JSONValue {
    fileprivate subscript(key: String) -> JSONValue? { member(key) }
    fileprivate var array: [JSONValue]? { isArray ? Array(elements) : nil }
}
