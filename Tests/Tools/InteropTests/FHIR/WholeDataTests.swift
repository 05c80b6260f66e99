import Interop
import Primitives
import Records
import Testing

/// Real input as a whole: the shared data where it is there.
@Suite("Whole data sets")
struct WholeDataTests {
    @Test("all of Synthea goes through", .enabled(if: TestData.shared != nil))
    func synthea() throws {
        let folder = try #require(TestData.shared) + "/fhir/synthea-r4-ndjson"
        let outcome = try Outcome.of(files: InputFile.list([folder]), keep: false)
        print("Synthea: \(outcome.report)")
        #expect(outcome.problems.isEmpty)
        #expect(outcome.report.read == 56_910)
        #expect(outcome.report.notMapped == ["AllergyIntolerance": 259])
        for (type, count) in ["Patient": 413, "Encounter": 11_820, "Claim": 15_024] {
            #expect(outcome.report.counts[type]?.mapped == count)
        }
    }

    @Test("HL7's own examples go through or say why not", .enabled(if: TestData.shared != nil))
    func examples() throws {
        let folder = try #require(TestData.shared) + "/fhir/hl7-r4-examples"
        let outcome = try Outcome.of(files: InputFile.list([folder]))
        print("HL7 examples: \(outcome.report)")
        for problem in outcome.problems { print(problem) }
        #expect(outcome.report.unreadableLines == 0)
        #expect(outcome.report.counts["AuditEvent"]?.mapped == 4)
        #expect(outcome.report.counts["AuditEvent"]?.withoutPatient == 5)
        #expect(outcome.report.counts["Claim"]?.mapped == 14)
        // What is refused lacks what an entry cannot do without: a time, a patient or a claim.
        for problem in outcome.problems {
            let element = problem.element.split(separator: ".").last ?? ""
            #expect(
                [
                    "period", "recordedDate", "performedPeriod", "whenHandedOver", "subject",
                    "patient", "request", "effectiveDateTime",
                ].contains(element))
        }
    }
}
