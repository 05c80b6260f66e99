import Foundation
import Testing

@testable import Synthesis

@Suite("A region as FHIR")
struct FHIRFolderTests {
    @Test("is one resource a line, each type in its file, the same for the same seed")
    func lines() throws {
        let first = try TestRegion.files(patients: 60, seed: 7, format: .fhir)
        let again = try TestRegion.files(patients: 60, seed: 7, format: .fhir)
        #expect(first == again)
        for type in [
            "Organization", "Practitioner", "Patient", "Encounter", "Condition",
            "MedicationRequest", "MedicationDispense", "Claim", "ClaimResponse", "AuditEvent",
        ] {
            let lines = (first[type] ?? "").split(separator: "\n")
            #expect(!lines.isEmpty, "\(type)")
            var ids: Set<String> = []
            for line in lines {
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                #expect(object["resourceType"] as? String == type)
                ids.insert(try #require(object["id"] as? String))
            }
            // A patient is written again at death.
            #expect(ids.count == lines.count || type == "Patient", "\(type)")
        }
    }

    @Test("tells of the same claims as the tables")
    func sameClaims() throws {
        let tables = try TestRegion.files(patients: 60, seed: 7)
        let resources = try TestRegion.files(patients: 60, seed: 7, format: .fhir)
        let claims = (resources["Claim"] ?? "").split(separator: "\n").count
        #expect(claims == TestRegion.rows(tables["claims"] ?? "").count)
        #expect(tables["truth"] == resources["truth"])
    }
}
