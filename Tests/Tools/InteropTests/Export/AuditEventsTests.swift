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
            AuditEvents.item(
                entry, leaf: UInt64(index), leafHash: Digest(words: (0, 0, 0, UInt64(index))),
                height: Height(9), isUnfit: isUnfit)
        }
        let text =
            AuditEvents.opening + items.joined(separator: AuditEvents.separator)
            + AuditEvents.closing
        return try JSONDocument(Array(text.utf8)).root
    }

    @Test("a bundle of none, one and many is strict JSON of the right type")
    func isJSON() throws {
        for count in [0, 1, 3] {
            let entries = try (0..<count).map { _ in try entry(.claim, nil) }
            let bundle = try bundle(entries)
            #expect(bundle["resourceType"]?.string == "Bundle")
            #expect(bundle["entry"]?.array?.count == count)
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
