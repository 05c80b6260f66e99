public import Primitives

/// A FHIR R4 resource that came by itself: a claim to be screened, or a bundle that holds one.
///
/// What the claim refers to is looked for in the bundle; a reference that leads nowhere else is
/// taken for a logical id, as an import does.
public struct FHIRMessage {
    private let root: JSONValue
    private let resources: [JSONValue]

    /// Reads a message.
    ///
    /// - Throws: ``Problem`` where it is no resource with a claim in it.
    init(_ root: JSONValue) throws(Problem) {
        self.root = root
        guard root.isObject else {
            throw FHIRMessage.problem(
                "", .wrongType(expected: "a resource, an object", found: root.kindName))
        }
        switch root.member("resourceType")?.string {
        case "Bundle":
            resources =
                root.member("entry")?.elements.compactMap { $0.member("resource") } ?? []
        case "Claim": resources = [root]
        case let type?:
            throw FHIRMessage.problem(
                "resourceType", .notA(expected: "Claim, or Bundle with one", found: type))
        case nil:
            throw FHIRMessage.problem("resourceType", .missing(expected: "Claim or Bundle"))
        }
    }

    /// The drafts of the message's claims; nothing else of it becomes one.
    ///
    /// - Throws: ``Problem`` for an element that is wrong, or where there is no claim.
    public func claims(
        assignment: Assignment, pseudonyms: any PseudonymSource, time: Timestamp
    ) throws(Problem) -> [Draft] {
        var catalog = Catalog()
        for resource in resources {
            guard let type = resource.member("resourceType")?.string else { continue }
            catalog.add(
                resource, type: type, id: resource.member("id")?.string ?? "",
                assignment: assignment)
        }
        var mapper = FHIRMapper(
            catalog: catalog, assignment: assignment, pseudonyms: pseudonyms, importTime: time,
            derivesAccesses: false)
        var drafts: [Draft] = []
        for resource in resources where resource.member("resourceType")?.string == "Claim" {
            let claim = Resource(
                resource, type: "Claim", id: resource.member("id")?.string ?? "screened",
                file: ClaimMessage.source, line: 1)
            do throws(ElementError) {
                drafts += try mapper.drafts(of: claim)
            } catch {
                let element = error.element.isEmpty ? "Claim" : "Claim.\(error.element)"
                throw FHIRMessage.problem(element, error.error)
            }
        }
        guard !drafts.isEmpty else {
            throw FHIRMessage.problem("entry", .missing(expected: "a Claim of a patient"))
        }
        return drafts
    }

    private static func problem(_ element: String, _ error: InteropError) -> Problem {
        Problem(file: ClaimMessage.source, line: 1, element: element, error: error)
    }
}
