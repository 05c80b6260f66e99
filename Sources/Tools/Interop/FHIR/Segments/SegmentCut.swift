internal import Primitives
internal import Records

/// Cuts a resource that becomes a record into the parts that can be shown one by one.
///
/// Each member stands in exactly one part, with the bytes as they were written, so the parts
/// together are the document. What says where a part belongs, the type of the resource, stands in
/// each.
struct SegmentCut {
    /// The part of every member that the tables do not name.
    private let main: Segment.Kind
    /// Members of this type that belong elsewhere.
    private let exceptions: [String: Segment.Kind]

    private init(_ main: Segment.Kind, _ exceptions: [String: Segment.Kind] = [:]) {
        self.main = main
        self.exceptions = exceptions
    }

    /// The parts of a resource, by kind; empty for a type that is no record.
    static func segments(of resource: Resource) throws(ElementError) -> [Segment] {
        guard let cut = try cut(of: resource) else { return [] }
        var parts: [Segment.Kind: [ArraySlice<UInt8>]] = [:]
        for member in resource.value.writtenMembers where member.key != "resourceType" {
            parts[cut.kind(of: member.key, member.value), default: []].append(member.bytes)
        }
        return Segment.Kind.allCases.compactMap { kind in
            guard let members = parts[kind] else { return nil }
            var content = Array("{\"resourceType\":\"\(resource.type)\"".utf8)
            for bytes in members {
                content.append(UInt8(ascii: ","))
                content += bytes
            }
            content.append(UInt8(ascii: "}"))
            return Segment(kind: kind, mediaType: Resource.mediaType, content: content)
        }
    }

    private func kind(of key: String, _ value: JSONValue) -> Segment.Kind {
        // `_birthDate` says more of `birthDate`.
        let name = key.hasPrefix("_") ? String(key.dropFirst()) : key
        if let kind = exceptions[name] { return kind }
        // The narrative repeats everything, so it is a part of its own.
        if name == "note" || name == "text" { return .notes }
        guard Self.administrative.contains(name) else { return main }
        return Self.isOfThirdParty(value) ? .thirdParty : .other
    }

    /// What ties a resource to others, and says who wrote it.
    private static let administrative: Set<String> = [
        "asserter", "authenticator", "author", "basedOn", "contained", "context", "custodian",
        "derivedFrom", "device", "encounter", "focus", "generalPractitioner", "id", "identifier",
        "implicitRules", "informationSource", "language", "link", "managingOrganization",
        "masterIdentifier", "meta", "partOf", "patient", "performer", "recorder", "relatesTo",
        "subject",
    ]

    /// Whether a reference, or one of several, leads to somebody who is related to the patient.
    private static func isOfThirdParty(_ value: JSONValue) -> Bool {
        let references = value.isArray ? Array(value.elements) : [value]
        return references.contains { reference in
            reference.member("type")?.string == "RelatedPerson"
                || reference.member("reference")?.string?.contains("RelatedPerson/") == true
        }
    }

    private static func cut(of resource: Resource) throws(ElementError) -> SegmentCut? {
        switch resource.type {
        case "Patient":
            SegmentCut(
                .demographics,
                ["contact": .thirdParty, "photo": .images, "identifier": .demographics])
        case "Condition": SegmentCut(.diagnoses)
        case "Procedure": SegmentCut(.procedures)
        case "FamilyMemberHistory": SegmentCut(.familyHistory, ["name": .thirdParty])
        case "Observation": SegmentCut(try observation(resource.value))
        case "DocumentReference":
            SegmentCut(.notes, try areImages(resource.value) ? ["content": .images] : [:])
        default: nil
        }
    }

    /// By the first category that says it (FHIR R4, observation-category).
    private static func observation(_ value: JSONValue) throws(ElementError) -> Segment.Kind {
        for category in try value.objects("category") {
            for coding in try category.objects("coding") {
                switch try coding.text("code") {
                case "vital-signs": return .vitals
                case "social-history", "activity": return .lifestyle
                case "laboratory", "imaging", "procedure", "survey", "exam", "therapy":
                    return .results
                default: continue
                }
            }
        }
        return .results
    }

    /// Whether all that a document refers to are images.
    private static func areImages(_ value: JSONValue) throws(ElementError) -> Bool {
        let contents = try value.objects("content")
        for content in contents {
            let type = try content.object("attachment")?.text("contentType") ?? ""
            guard type.hasPrefix("image/") || type.hasPrefix("application/dicom") else {
                return false
            }
        }
        return !contents.isEmpty
    }
}
