public import Primitives
public import Records

/// Entries as FHIR R4 AuditEvent resources, for systems that know audit trails in no other form.
///
/// Who and whom are named as the ledger names them: by institution and by pseudonym. Source:
/// FHIR R4, AuditEvent; purposes as in HL7 v3 ActReason.
public enum AuditEvents {
    /// What stands before the first resource of a Bundle, and between two.
    public static let opening = #"{"resourceType":"Bundle","type":"collection""#
    public static func separator(isFirst: Bool) -> String { isFirst ? #","entry":["# : "," }

    /// What stands after the last resource, or without one, with what says where all came from.
    ///
    /// An array is never empty in FHIR's JSON, so a Bundle of nothing has none.
    public static func closing(isEmpty: Bool, note: String) -> String {
        (isEmpty ? "" : "]")
            + #","meta":{"extension":[{"url":"\#(noteURL)","valueString":\#(text(note))}]}}"#
    }

    /// The extension of a Bundle's meta that says which query it answers.
    public static let noteURL = "urn:custos:export"

    /// An entry as one item of a Bundle: JSON on one line.
    ///
    /// `isUnfit` says whether it stands on the ledger without effect; nil where that is not known.
    public static func item(
        _ entry: Entry, leaf: UInt64, leafHash: Digest, height: Height, isUnfit: Bool?
    ) -> String {
        let fields = [
            #""resourceType":"AuditEvent""#, #""id":"\#(leafHash)""#, type(of: entry),
            #""subtype":[{"system":"urn:custos:entry-kind","code":"\#(entry.kind)"}]"#,
            entry.access.map { #""action":"\#(code($0.action))""# },
            recorded(entry),
            entry.access.map { #""outcome":"\#($0.outcome.rawValue)""# },
            isUnfit == true ? #""outcomeDesc":"stands on the ledger without effect""# : nil,
            entry.access.flatMap { code($0.purpose) }.map(purpose), agents(of: entry),
            #""source":{"observer":\#(observer(of: entry))}"#,
            entities(of: entry, leaf: leaf, height: height, isUnfit: isUnfit),
        ]
        let resource = fields.compactMap(\.self).joined(separator: ",")
        return #"{"fullUrl":"urn:custos:leaf:\#(leafHash)","resource":{\#(resource)}}"#
    }

    /// When it happened; what must be there and is not known says so, as FHIR wants it.
    private static func recorded(_ entry: Entry) -> String {
        guard !entry.isTimed else { return #""recorded":"\#(entry.eventTime)""# }
        return #""_recorded":{"extension":[{"url":"#
            + #""http://hl7.org/fhir/StructureDefinition/data-absent-reason","#
            + #""valueCode":"unknown"}]}"#
    }

    /// Who noted it: the ledger, where it is a statement, whose bytes do not say who brought it.
    private static func observer(of entry: Entry) -> String {
        entry.isCarried
            ? reference("institution", entry.issuer.name) : #"{"display":"the ledger"}"#
    }

    private static func type(of entry: Entry) -> String {
        let isOfPatient = entry.subjects.contains { $0.typeNumber == 1 }
        let (code, display) =
            isOfPatient ? ("110110", "Patient Record") : ("110100", "Application Activity")
        return #""type":{"system":"http://dicom.nema.org/resources/ontology/DCM","#
            + #""code":"\#(code)","display":"\#(display)"}"#
    }

    private static func code(_ action: AccessHeader.Action) -> String {
        switch action {
        case .create: "C"
        case .read: "R"
        case .update: "U"
        case .delete: "D"
        case .execute: "E"
        }
    }

    private static func code(_ purpose: AccessHeader.Purpose) -> String? {
        switch purpose {
        case .treatment: "TREAT"
        case .payment: "HPAYMT"
        case .operations: "HOPERAT"
        case .emergency: "ETREAT"
        case .research: "HRESCH"
        case .publicHealth: "PUBHLTH"
        case .patientRequest: "PATRQT"
        case .supervision: "HCOMPL"
        case .unstated: nil
        }
    }

    private static func purpose(_ code: String) -> String {
        #""purposeOfEvent":[{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"\#(code)"}]}]"#
    }

    private static func agents(of entry: Entry) -> String {
        var agents: [String] = []
        for case .practitioner(let id) in entry.subjects {
            let who = reference("practitioner", id.description)
            agents.append(#"{"who":\#(who),"requestor":true}"#)
        }
        if case .statement(let body) = entry.body {
            let who = identifier("statement-issuer", body.header.issuer)
            agents.append(#"{"who":\#(who),"requestor":true}"#)
        }
        if entry.isCarried {
            let who = reference("institution", entry.issuer.name)
            agents.append(#"{"who":\#(who),"requestor":\#(agents.isEmpty)}"#)
        }
        return #""agent":[\#(agents.joined(separator: ","))]"#
    }

    private static func entities(
        of entry: Entry, leaf: UInt64, height: Height, isUnfit: Bool?
    ) -> String {
        var entities: [String] = []
        for subject in entry.subjects {
            switch subject {
            case .patient(let id):
                entities.append(entity("patient", id.description, type: 1, role: 1))
            case .claim(let id):
                entities.append(entity("claim", id.description, type: 2, role: 4))
            case .prescription(let id):
                entities.append(entity("prescription", id.description, type: 2, role: 4))
            case .institution(let id):
                entities.append(entity("institution", id.name, type: 3, role: 3))
            case .practitioner: break
            }
        }
        if case .statement(let body) = entry.body {
            entities.append(
                #"{"what":\#(identifier("statement-subject", body.header.subject))}"#)
        }
        var details = [detail("leaf", "\(leaf)"), detail("block", "\(height)")]
        if let isUnfit { details.append(detail("effect", isUnfit ? "none" : "full")) }
        if let access = entry.access { details.append(detail("basis", "\(access.basis)")) }
        let what =
            entry.isCarried
            ? reference("number", "\(entry.issuer)/\(entry.stream)/\(entry.number)")
            : reference("leaf", "\(leaf)")
        entities.append(
            #"{"what":\#(what),"detail":[\#(details.joined(separator: ","))]}"#)
        return #""entity":[\#(entities.joined(separator: ","))]"#
    }

    private static func entity(_ kind: String, _ id: String, type: Int, role: Int) -> String {
        let types = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
        let roles = "http://terminology.hl7.org/CodeSystem/object-role"
        return #"{"what":\#(reference(kind, id)),"type":{"system":"\#(types)","code":"\#(type)"},"#
            + #""role":{"system":"\#(roles)","code":"\#(role)"}}"#
    }

    private static func detail(_ type: String, _ value: String) -> String {
        #"{"type":"\#(type)","valueString":"\#(value)"}"#
    }

    /// Ids on the ledger are hexadecimal, or made of a-z, 0-9 and hyphens: nothing to escape.
    private static func reference(_ kind: String, _ id: String) -> String {
        #"{"identifier":{"system":"urn:custos:\#(kind)","value":"\#(id)"}}"#
    }

    /// The same of a name that somebody chose.
    private static func identifier(_ kind: String, _ name: String) -> String {
        #"{"identifier":{"system":"urn:custos:\#(kind)","value":\#(text(name))}}"#
    }

    /// A string of JSON.
    private static func text(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
