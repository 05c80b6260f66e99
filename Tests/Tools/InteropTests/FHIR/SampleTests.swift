import Interop
import Primitives
import Records
import Testing

/// The sample and the planted frauds that ship with the project.
@Suite("Shipped samples")
struct SampleTests {
    static let folder = "\(TestData.project)/samples"

    static func outcome(_ folders: [String]) throws -> Outcome {
        var options = FHIRImport.Options()
        options.accesses = .always
        return try Outcome.of(
            files: InputFile.list(folders.map { "\(folder)/\($0)" }),
            assignment: Assignment(path: "\(folder)/institutions.json"), options: options)
    }

    @Test("the whole sample goes through, with as many entries as it should give")
    func sample() throws {
        let outcome = try Self.outcome(["synthea-small"])
        print(outcome.report)
        #expect(outcome.problems.isEmpty)
        let mapped = outcome.report.counts.mapValues(\.mapped).filter { $0.value > 0 }
        #expect(
            mapped == [
                "Patient": 23, "Encounter": 255, "Condition": 104, "Procedure": 80,
                "MedicationRequest": 72, "Claim": 327, "ExplanationOfBenefit": 255,
            ])
        // Every claim for an order tells of a dispense; all but two visits have a practitioner.
        let kinds = Dictionary(grouping: outcome.drafts, by: \.kind).mapValues(\.count)
        #expect(kinds[.dispense] == 72)
        #expect(kinds[.relationship] == 255)
        #expect(kinds[.access] == 2 * 253 + 72 + 327)
    }

    @Test("every draft becomes an entry of the right shape, and its payload comes back")
    func shapes() throws {
        let outcome = try Self.outcome(["synthea-small", "planted"])
        #expect(outcome.problems.isEmpty)
        let insurer = try #require(Region.insurer)
        for draft in outcome.drafts {
            var entry = Entry(
                kind: draft.kind, issuer: draft.issuer, stream: StreamID(0), number: 1,
                eventTime: draft.eventTime, subjects: draft.subjects)
            entry.access = draft.access
            entry.commitment = .zero
            entry.sealedPayload = .zero
            entry.recipients = [insurer]
            try entry.checkShape()
            #expect(try Entry.decode(entry.encode()) == entry)
            let bytes = draft.payload.encode()
            #expect(try Payload.decode(bytes) == draft.payload)
        }
    }

    /// As `docs/formats/payload.md` announces them.
    static let announced: [EntryKind: Set<FactKind>] = [
        .access: [.access], .record: [.record, .patient],
        .relationship: [.relationship, .encounter],
        .claim: [.claim, .claimLine, .practitioner, .institution],
        .claimResponse: [.claimResponse], .prescription: [.prescription, .practitioner],
        .dispense: [.dispense],
    ]

    @Test("facts are of the kinds that their entry announces, and name its patient only")
    func announcedFacts() throws {
        for draft in try Self.outcome(["synthea-small", "planted"]).drafts {
            let kinds = Set(draft.payload.facts.map(\.kind))
            #expect(kinds.isSubset(of: Self.announced[draft.kind] ?? []))
            for fact in draft.payload.facts {
                guard case .id(let patient) = fact["patient"] else { continue }
                #expect(draft.subjects.contains(.patient(patient)))
            }
        }
    }

    @Test("the same input gives the same drafts")
    func deterministic() throws {
        let folders = ["planted", "synthea-small"]
        #expect(try Self.outcome(folders).drafts == Self.outcome(folders).drafts)
    }

    @Test("each planted fraud is there as its README says, and joins the sample")
    func planted() throws {
        let outcome = try Self.outcome(["synthea-small", "planted"])
        func facts(_ id: String, _ kind: FactKind) -> [Fact] {
            outcome.drafts.filter { $0.origin.name.hasSuffix("/" + id) }
                .flatMap(\.payload.facts).filter { $0.kind == kind }
        }
        let lines = (1...2).flatMap { facts("planted-pr03-claim-\($0)", .claimLine) }
        #expect(lines.count == 2)
        for field in ["patient", "practitioner", "date", "code", "units", "net"] {
            #expect(lines.first?[field] != nil)
            #expect(lines.first?[field] == lines.last?[field])
        }
        let stays = (1...2).flatMap { facts("planted-id04-stay-\($0)", .encounter) }
        #expect(Set(stays.compactMap { $0["facility"]?.description }).count == 2)
        #expect(stays.first?["patient"] == stays.last?["patient"])
        let late = facts("planted-id06-claim", .claim).first
        let patients = outcome.drafts.flatMap(\.payload.facts).filter { $0.kind == .patient }
        let dead = patients.first { $0["patient"] == late?["patient"] }
        #expect(dead?["death_date"]?.description == "2008-12-14")
        #expect(
            facts("planted-pr01-claim", .practitioner).first?["identifier"] == .text("9990000017"))
        #expect(facts("planted-ce01-claim", .claim).first?["encounter"] == nil)
        let snooper = facts("planted-ac11-access-01", .access).first?["practitioner"]
        let opened = outcome.drafts.filter { $0.kind == .access }.flatMap(\.payload.facts)
            .filter { $0["practitioner"] == snooper }.compactMap { $0["patient"] }
        #expect(Set(opened).count == 60)
        let fills = (1...2).flatMap { facts("planted-rx05-fill-\($0)", .dispense) }
        #expect(fills.map { $0["days"] } == [.integer(30), .integer(30)])
        #expect(fills.map { $0["date"]?.description } == ["2021-05-03", "2021-05-15"])
    }
}
