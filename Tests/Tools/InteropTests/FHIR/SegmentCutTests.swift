import Interop
import Records
import Testing

@Suite("Records in segments")
struct SegmentCutTests {
    private static let rows: [(resource: String, segments: [String])] = [
        (
            Resources.patient.replacing(
                #""gender""#,
                with: #""contact":[{"name":{"text":"Al"}}],"photo":[{"url":"x"}],"text":"#
                    + #"{"status":"generated"},"gender""#),
            [
                "demographics: gender birthDate deceasedDateTime", "notes: text",
                "third-party: contact", "images: photo", "other: id managingOrganization meta",
            ]
        ),
        (
            Resources.condition,
            [
                "diagnoses: clinicalStatus code onsetDateTime recordedDate",
                "other: id subject encounter",
            ]
        ),
        (
            Resources.procedure,
            ["procedures: status code performedPeriod", "other: id subject encounter"]
        ),
        (
            Resources.observation,
            [
                "vitals: status category code effectiveDateTime valueQuantity", "notes: note",
                "third-party: performer", "other: id subject encounter",
            ]
        ),
        (
            Resources.observation.replacing("vital-signs", with: "social-history"),
            [
                "lifestyle: status category code effectiveDateTime valueQuantity", "notes: note",
                "third-party: performer", "other: id subject encounter",
            ]
        ),
        (
            Resources.family,
            [
                "family-history: status date relationship condition", "third-party: name",
                "other: id patient",
            ]
        ),
        (
            Resources.document,
            ["notes: status type date content", "other: id subject author context"]
        ),
        (
            Resources.document.replacing("text/plain", with: "image/png"),
            ["notes: status type date", "images: content", "other: id subject author context"]
        ),
    ]

    @Test("each member stands in one segment, as it was written, under the type of its resource")
    func cuts() throws {
        for (resource, segments) in Self.rows {
            let lines = Resources.all.filter { !$0.hasPrefix(resource.prefix(24)) } + [resource]
            let whole = try JSONDocument(Array(resource.utf8)).root
            let type = try #require(whole.member("resourceType")?.string)
            let draft = try #require(
                try Resources.outcome(lines).drafts.last {
                    $0.origin.name.hasPrefix(type) && $0.kind == .record
                })
            let found = try draft.payload.segments.map { segment in
                let keys = try JSONDocument(segment.content).root.members.map(\.key)
                return "\(segment.kind): " + keys.dropFirst().joined(separator: " ")
            }
            #expect(found == segments)
            var seen: Set<String> = []
            for segment in draft.payload.segments {
                #expect(segment.mediaType == "application/fhir+json" && segment.salt.isEmpty)
                for (key, value) in try JSONDocument(segment.content).root.members {
                    #expect(whole.member(key).map { Array($0.bytes) } == Array(value.bytes))
                    #expect(seen.insert(key).inserted || key == "resourceType", "\(key) twice")
                }
            }
            #expect(seen == Set(whole.members.map(\.key)))
        }
    }
}
