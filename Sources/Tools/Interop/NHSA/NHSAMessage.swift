public import Primitives
internal import Records

/// A message of China's medical insurance platform that asks for an audit of details before or
/// while care is given: service 3101 or 3102.
///
/// The current encounter of each patient, `curr_mdtrt_id`, becomes a claim to be judged, each of
/// its current orders a line. Encounters before and orders that are not current are what the sender
/// repeats of the past, which the ledger tells better; they are passed over.
public struct NHSAMessage {
    /// `input.data`.
    private let data: JSONValue
    /// When the message was made, where it says so.
    private let sent: FHIRTime?

    /// China has one zone: minutes east of UTC.
    private static let zone = "+08:00"

    /// Reads a message.
    ///
    /// - Throws: ``Problem`` where it is another service, or has fields that 3101 and 3102 do not
    ///   have.
    init(_ root: JSONValue) throws(Problem) {
        do throws(ElementError) {
            let service = try root.requiredField("infno", "3101 or 3102")
            guard ["3101", "3102"].contains(service) else {
                throw ElementError(
                    element: "infno", error: .notA(expected: "3101 or 3102", found: service))
            }
            data = try root.requiredObject("input", "the message, an object")
                .requiredObject("data", "what is to be audited, an object")
            try data.check(.data)
            sent = try NHSAMessage.time("inf_time", of: root)
        } catch {
            throw NHSAMessage.problem(error)
        }
    }

    /// The claim of each patient's current encounter.
    ///
    /// - Throws: ``Problem`` for a field that is wrong or missing.
    public func claims(
        assignment: Assignment, pseudonyms: any PseudonymSource, time: Timestamp
    ) throws(Problem) -> [Draft] {
        do throws(ElementError) {
            let patients = try data.nodes(.patient)
            guard !patients.isEmpty else {
                throw data.missing("patient_dtos", "a patient with an encounter")
            }
            var drafts: [Draft] = []
            for patient in patients {
                drafts.append(
                    try draft(
                        patient,
                        NHSAClaim(
                            patient, assignment: assignment, pseudonyms: pseudonyms,
                            submitted: sent), time))
            }
            return drafts
        } catch {
            throw NHSAMessage.problem(error)
        }
    }

    private func draft(
        _ patient: JSONValue, _ claim: NHSAClaim, _ time: Timestamp
    ) throws(ElementError) -> Draft {
        var subjects: [Subject] = [.patient(claim.patient), .claim(claim.id)]
        if let practitioner = claim.practitioner { subjects.append(.practitioner(practitioner)) }
        return Draft(
            issuer: claim.issuer, kind: .claim, eventTime: time, subjects: subjects,
            payload: Payload(
                mediaType: "application/json", source: data.document.bytes, facts: try claim.facts()
            ),
            origin: Draft.Origin(
                file: ClaimMessage.source, line: 1, name: "mdtrt_id \(claim.encounterID)"))
    }

    /// `yyyy-MM-dd` or `yyyy-MM-dd HH:mm:ss`, in China's time.
    static func time(_ key: String, of object: JSONValue) throws(ElementError) -> FHIRTime? {
        guard let text = try object.field(key) else { return nil }
        var utf8 = Array(text.utf8)
        if utf8.count > 10, utf8[10] == UInt8(ascii: " ") {
            utf8[10] = UInt8(ascii: "T")
            utf8 += zone.utf8
        }
        guard let time = FHIRTime(utf8[...]), time != .coarser else {
            throw ElementError(
                element: object.path(of: key),
                error: .notA(
                    expected: "a day 2026-01-31 or a time 2026-01-31 08:00:00", found: text))
        }
        return time
    }

    private static func problem(_ error: ElementError) -> Problem {
        Problem(file: ClaimMessage.source, line: 1, element: error.element, error: error.error)
    }
}
