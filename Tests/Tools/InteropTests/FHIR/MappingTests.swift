import Interop
import Primitives
import Records
import Testing

@Suite("FHIR to facts")
struct MappingTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let resource: String
        let kind: EntryKind
        let eventTime: String
        let subjects: [String]
        /// Facts as lines `kind field=value …`, fields in the order of their numbers.
        let facts: [String]
        var testDescription: String { "\(kind)" }
    }

    /// Stands for ids in the rows below.
    static let names: [(String, String)] = {
        let source = TestPseudonyms()
        let county = InstitutionID("county-hospital"), city = InstitutionID("city-hospital")
        var names: [(OpaqueID?, String)] = [
            (source.patient("Patient/p1"), "P"),
            (source.practitioner("http://hl7.org/fhir/sid/us-npi|1234567893"), "D"),
        ]
        for hospital in [county, city].compactMap(\.self) {
            names.append((source.claim("k1", issuer: hospital), "K"))
            names.append((source.prescription("m1", issuer: hospital), "M"))
        }
        return names.compactMap { id, name in id.map { ($0.description, name) } }
    }()

    static func named(_ text: String) -> String {
        names.reduce(text) { text, name in
            text.split(separator: " ").map { word in
                word.hasSuffix(name.0) ? word.dropLast(name.0.count) + name.1 : word
            }.joined(separator: " ")
        }
    }

    static let rows: [Row] = [
        Row(
            resource: Resources.patient, kind: .record, eventTime: "2021-07-02T08:00:00.000Z",
            subjects: ["patient P"],
            facts: [
                "patient patient=P sex=female birth_date=1980-02-29 death_date=2021-06-30 "
                    + "deceased=true"
            ]),
        Row(
            resource: Resources.encounter, kind: .relationship,
            eventTime: "2021-06-01T14:00:00.000Z", subjects: ["patient P", "practitioner D"],
            facts: [
                "encounter encounter=e1 patient=P practitioner=D facility=h1 institution=H "
                    + "class=IMP type=snomed|32485007 from=2021-06-01T14:00:00.000Z "
                    + "to=2021-06-03T13:30:00.000Z status=finished transfer=true",
                "relationship patient=P practitioner=D institution=H type=encounter "
                    + "from=2021-06-01T14:00:00.000Z to=2021-06-03T13:30:00.000Z encounter=e1",
            ]),
        Row(
            resource: Resources.condition, kind: .record, eventTime: "2021-06-01T15:00:00.000Z",
            subjects: ["patient P", "practitioner D"],
            facts: [
                "record record=Condition/c1 patient=P type=condition code=icd10|I10 practitioner=D "
                    + "encounter=e1 institution=H status=active"
            ]),
        Row(
            resource: Resources.procedure, kind: .record, eventTime: "2021-06-02T10:40:00.000Z",
            subjects: ["patient P", "practitioner D"],
            facts: [
                "record record=Procedure/x1 patient=P type=procedure code=snomed|73761001 "
                    + "from=2021-06-02T10:00:00.000Z to=2021-06-02T10:40:00.000Z practitioner=D "
                    + "encounter=e1 institution=H status=completed"
            ]),
        Row(
            resource: Resources.observation, kind: .record, eventTime: "2021-06-01T15:30:00.000Z",
            subjects: ["patient P", "practitioner D"],
            facts: [
                "record record=Observation/o1 patient=P type=observation code=loinc|8480-6 "
                    + "from=2021-06-01T15:30:00.000Z to=2021-06-01T15:30:00.000Z practitioner=D "
                    + "encounter=e1 institution=H status=final"
            ]),
        Row(
            resource: Resources.family, kind: .record, eventTime: "2021-06-01T16:00:00.000Z",
            subjects: ["patient P"],
            facts: [
                "record record=FamilyMemberHistory/f1 patient=P type=family-history "
                    + "code=urn:role|FTH institution=H status=completed"
            ]),
        Row(
            resource: Resources.document, kind: .record, eventTime: "2021-06-03T10:00:00.000Z",
            subjects: ["patient P", "practitioner D"],
            facts: [
                "record record=DocumentReference/w1 patient=P type=document code=loinc|34108-1 "
                    + "practitioner=D encounter=e1 institution=H status=current"
            ]),
        Row(
            resource: Resources.order, kind: .prescription, eventTime: "2021-06-02T12:00:00.000Z",
            subjects: ["patient P", "practitioner D", "prescription M"],
            facts: [
                "prescription prescription=M patient=P prescriber=D institution=H "
                    + "drug=rxnorm|312961 written=2021-06-02T12:00:00.000Z quantity=30 {tbl} "
                    + "days=30 refills=2 status=active encounter=e1 reason=icd10|I10",
                "practitioner practitioner=D specialty=urn:q|MD identifier=1234567893 active=true",
            ]),
        Row(
            resource: Resources.dispense, kind: .dispense, eventTime: "2021-06-04T03:30:00.000Z",
            subjects: ["patient P", "prescription M"],
            facts: [
                "dispense prescription=M patient=P prescriber=D pharmacy=h1 institution=H "
                    + "drug=rxnorm|312961 date=2021-06-03 quantity=30 {tbl} days=14"
            ]),
        Row(
            resource: Resources.claim, kind: .claim, eventTime: "2021-06-04T08:00:00.000Z",
            subjects: [
                "patient P", "practitioner D", "institution insurer", "claim K", "prescription M",
            ],
            facts: [
                "claim claim=K patient=P practitioner=D facility=h1 institution=H payer=private "
                    + "type=pharmacy from=2021-06-01T14:00:00.000Z to=2021-06-03T13:30:00.000Z "
                    + "submitted=2021-06-04T08:00:00.000Z total=125 USD "
                    + "diagnoses=icd10|I10 icd10|E11 encounter=e1 status=active prescription=M",
                "claim_line claim=K line=1 patient=P practitioner=D facility=h1 institution=H "
                    + "code=snomed|185345009 modifiers=59 LT units=2.5 price=10.2 USD net=25.5 USD "
                    + "date=2021-06-02 encounter=e1 diagnoses=icd10|E11 "
                    + "submitted=2021-06-04T08:00:00.000Z claim_type=pharmacy prescription=M",
                "claim_line claim=K line=2 patient=P practitioner=D facility=h1 institution=H "
                    + "code=urn:local|A from=2021-06-01T14:00:00.000Z to=2021-06-03T13:30:00.000Z "
                    + "encounter=e1 submitted=2021-06-04T08:00:00.000Z claim_type=pharmacy "
                    + "prescription=M",
                "practitioner practitioner=D specialty=urn:q|MD identifier=1234567893 active=true",
                "institution institution=H identifier=urn:test|H1 type=urn:types|prov facility=h1",
            ]),
        Row(
            resource: Resources.benefit, kind: .claimResponse,
            eventTime: "2021-06-10T00:00:00.000Z",
            subjects: ["patient P", "institution H", "claim K"],
            facts: [
                "claim_response claim=K patient=P payer=private decided=2021-06-10T00:00:00.000Z "
                    + "outcome=complete total=125 USD institution=insurer "
                    + "paid_exact=112.41600000000001"
            ]),
        Row(
            resource: Resources.audit, kind: .access, eventTime: "2021-06-06T02:00:00.250Z",
            subjects: ["patient P", "practitioner D"],
            facts: [
                "access patient=P practitioner=D role=nurse department=ward 3 action=read "
                    + "purpose=emergency basis=break-glass outcome=minor-failure "
                    + "at=2021-06-06T02:00:00.250Z object=Condition/c1 encounter=e1 institution=H "
                    + "break_glass=true derived=false"
            ]),
    ]

    @Test(
        "each type becomes its entry and facts, and nothing that it does not say", arguments: rows)
    func maps(row: Row) throws {
        let draft = try #require(try Resources.drafts(row.resource).first)
        #expect(draft.kind == row.kind)
        #expect(draft.eventTime.description == row.eventTime)
        let hospital = row.kind == .claimResponse ? "insurer" : draft.issuer.name
        #expect(draft.issuer.name == hospital)
        #expect(draft.subjects.map { Self.words($0.description) } == row.subjects)
        #expect(draft.payload.facts.map(Self.line) == row.facts)
        // The document of a record is in its segments, that of all others whole.
        let isRecord = row.kind == .record
        #expect(draft.payload.mediaType == (isRecord ? "" : "application/fhir+json"))
        #expect(draft.payload.source == (isRecord ? [] : Array(row.resource.utf8)))
        #expect(draft.payload.segments.isEmpty != isRecord)
    }

    @Test("every draft's payload comes back from its bytes as it was")
    func payloads() throws {
        for draft in try Resources.outcome(Resources.all).drafts {
            #expect(try Payload.decode(draft.payload.encode()) == draft.payload)
        }
    }

    @Test("a pharmacy's claim for an order also tells of a dispense, and says that it is derived")
    func derivedDispense() throws {
        let draft = try #require(try Resources.drafts(Resources.claim).last)
        #expect(draft.kind == .dispense)
        #expect(draft.payload.source.isEmpty)
        #expect(
            draft.payload.facts.map(Self.line) == [
                "dispense prescription=M patient=P prescriber=D pharmacy=h1 institution=H "
                    + "drug=rxnorm|312961 date=2021-06-04 quantity=30 {tbl} days=30 derived=true"
            ])
    }

    @Test("accesses are derived from visits, orders and claims where they are asked for")
    func derivedAccesses() throws {
        var options = FHIRImport.Options()
        options.accesses = .always
        let accesses = try Resources.outcome(Resources.all, options: options).drafts
            .filter { $0.kind == .access && $0.payload.source.isEmpty }
        let rows = accesses.map { draft in
            let fact = draft.payload.facts.first
            return [
                draft.eventTime.description, fact?["role"]?.description ?? "",
                fact?["action"]?.description ?? "", fact?["purpose"]?.description ?? "",
                fact?["object"]?.description ?? "", fact?["derived"]?.description ?? "",
            ].joined(separator: " ")
        }
        #expect(
            rows == [
                "2021-06-01T14:00:00.000Z attending read treatment Encounter/e1 true",
                "2021-06-03T13:30:00.000Z attending update treatment Encounter/e1 true",
                "2021-06-02T12:00:00.000Z prescriber create treatment MedicationRequest/m1 true",
                "2021-06-04T08:00:00.000Z coder read payment Claim/k1 true",
            ])
    }

    @Test("accesses are not derived where the input has an audit log, unless asked for")
    func noDerivedAccesses() throws {
        func derived(_ lines: [String], _ mode: FHIRImport.AccessDerivationMode) throws -> Int {
            var options = FHIRImport.Options()
            options.accesses = mode
            return try Resources.outcome(lines, options: options).drafts
                .count { $0.kind == .access && $0.payload.source.isEmpty }
        }
        let silent = Resources.all.filter { $0 != Resources.audit }
        #expect(try derived(Resources.all, .unlessAudited) == 0)
        #expect(try derived(silent, .unlessAudited) == 4)
        #expect(try derived(silent, .never) == 0)
    }

    static func line(_ fact: Fact) -> String {
        var parts = [fact.kind.name]
        for field in fact.kind.schema.fields {
            guard let value = fact[field.number] else { continue }
            parts.append("\(field.name)=\(value)")
        }
        return words(parts.joined(separator: " "))
    }

    /// Names instead of ids; H for whichever hospital it is.
    static func words(_ text: String) -> String {
        named(text).replacingOccurrences("county-hospital", "H")
            .replacingOccurrences("city-hospital", "H")
    }
}

extension String {
    fileprivate func replacingOccurrences(_ text: String, _ other: String) -> String {
        split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }
}
