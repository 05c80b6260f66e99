public import Primitives

/// A claim that came by itself to be screened, in whichever form: FHIR or NHSA.
public enum ClaimMessage {
    case fhir(FHIRMessage)
    case nhsa(NHSAMessage)

    /// Reads a message; one with `infno` is NHSA's.
    ///
    /// - Throws: ``Problem`` where it is no JSON, or neither.
    public init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(Problem) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(bytes, limits: limits).root
        } catch {
            throw Problem(
                file: ClaimMessage.source, line: 1, element: "", error: .malformedJSON(error))
        }
        self =
            root.member("infno") == nil
            ? .fhir(try FHIRMessage(root)) : .nhsa(try NHSAMessage(root))
    }

    /// The drafts of the message's claims; nothing else of it becomes one.
    ///
    /// - Throws: ``Problem`` for an element that is wrong, or where there is no claim.
    public func claims(
        assignment: Assignment, pseudonyms: any PseudonymSource, time: Timestamp
    ) throws(Problem) -> [Draft] {
        switch self {
        case .fhir(let message):
            try message.claims(assignment: assignment, pseudonyms: pseudonyms, time: time)
        case .nhsa(let message):
            try message.claims(assignment: assignment, pseudonyms: pseudonyms, time: time)
        }
    }

    /// What problems name as the file.
    static let source = "request"
}
