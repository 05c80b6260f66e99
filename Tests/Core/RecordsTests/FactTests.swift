import Primitives
import Records
import Testing

@Suite("Facts")
struct FactTests {
    @Test("every kind comes back from its bytes as it was", arguments: FactKind.allCases)
    func roundTrips(kind: FactKind) throws {
        var fact = Fact(kind)
        for field in kind.schema.fields {
            try fact.set(field.name, to: sample(field.type))
        }
        var writer = CBORWriter()
        fact.encode(into: &writer)
        var reader = CBORReader(writer.bytes)
        #expect(try Fact.decode(from: &reader) == fact)
        try reader.finish()
    }

    @Test("a field that is unknown stays unknown")
    func keepsUnknown() throws {
        var fact = Fact(.dispense)
        try fact.set("days", to: .integer(30))
        var writer = CBORWriter()
        fact.encode(into: &writer)
        var reader = CBORReader(writer.bytes)
        let decoded = try Fact.decode(from: &reader)
        #expect(decoded["drug"] == nil)
        #expect(decoded["days"] == .integer(30))
    }

    @Test("a value of another type is refused with the type that would be right")
    func refusesWrongType() {
        var fact = Fact(.dispense)
        #expect(throws: FactError.wrongType(kind: .dispense, name: "days", expected: .integer)) {
            try fact.set("days", to: .text("thirty"))
        }
    }

    @Test("no prefix of a payload is a payload")
    func refusesTruncation() throws {
        var fact = Fact(.patient)
        try fact.set("sex", to: .text("female"))
        let payload = Payload(mediaType: "application/fhir+json", source: [1, 2, 3], facts: [fact])
        let bytes = payload.encode()
        #expect(try Payload.decode(bytes) == payload)
        for count in bytes.indices {
            #expect(throws: FactError.self) { try Payload.decode(Array(bytes.prefix(count))) }
        }
    }

    @Test("names of kinds and of fields are unique")
    func hasUniqueNames() {
        #expect(Set(FactKind.allCases.map(\.name)).count == FactKind.allCases.count)
        for kind in FactKind.allCases {
            #expect(Set(kind.schema.fields.map(\.name)).count == kind.schema.fields.count)
        }
    }
}

private func sample(_ type: FactType) -> FactValue? {
    switch type {
    case .text: .text("café")
    case .code: .code(Code(system: "icd10", code: "E11.9"))
    case .codes: .codes([Code(system: "icd10", code: "E11.9"), Code(system: "cpt", code: "99213")])
    case .integer: .integer(-3)
    case .decimal: ExactDecimal("0.25").map { .decimal($0) }
    case .money: Currency("USD").map { .money(Amount(minorUnits: 1_250, currency: $0)) }
    case .quantity: ExactDecimal("2.5").map { .quantity($0, unit: "mg") }
    case .date: .date(Day(number: 19_000))
    case .instant: .instant(Timestamp(milliseconds: 1_700_000_000_123), zoneMinutes: -300)
    case .bool: .bool(true)
    case .patient, .practitioner, .claim, .prescription:
        OpaqueID(Array(repeating: 7, count: 16)).map { .id($0) }
    case .institution: InstitutionID("county-hospital").map { .institution($0) }
    }
}
