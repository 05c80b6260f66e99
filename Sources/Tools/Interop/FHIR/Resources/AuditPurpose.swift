internal import Records

/// The purpose of an audited access, and the ground that its codes imply.
///
/// Source: HL7 v3 ActReason, as BALP uses it for `purposeOfUse`.
struct AuditPurpose {
    private(set) var purpose = AccessHeader.Purpose.unstated
    private(set) var basis: AccessHeader.Basis?

    /// Reads the agent's purpose of use and the event's; the first known code decides.
    init(of event: JSONValue, agent: JSONValue?) throws(ElementError) {
        let stated = try agent?.objects("purposeOfUse") ?? []
        for concept in try stated + event.objects("purposeOfEvent") {
            for coding in try concept.objects("coding") {
                guard let code = try coding.text("code") else { continue }
                take(code)
            }
        }
    }

    private mutating func take(_ code: String) {
        switch code {
        case "BTG":
            basis = .breakGlass
            set(.emergency)
        case "HLEGAL":
            basis = basis ?? .legal
            set(.operations)
        case "TREAT", "CAREMGT", "COC": set(.treatment)
        case "ETREAT": set(.emergency)
        case "HPAYMT", "CLMATTCH", "COVAUTH", "COVERAGE", "ELIGDTRM", "ELIGVER", "ENROLLM",
            "REMITADV":
            set(.payment)
        case "HOPERAT", "HSYSADMIN", "HACCRED", "HDM", "HDIRECT", "HOUTCOMS", "HQUALIMP", "HTRAIN",
            "PATADMIN", "PATSFTY", "RECORDMGT":
            set(.operations)
        case "HRESCH", "BIORCH", "CLINTRCH", "CLINTRCHNPC", "CLINTRCHPC", "PRECLINTRCH", "TRANSRCH":
            set(.research)
        case "PUBHLTH", "DISASTER", "THREAT": set(.publicHealth)
        case "PATRQT", "FAMRQT", "PWATRNY", "SUPNWK": set(.patientRequest)
        case "HCOMPL", "HPRGRP": set(.supervision)
        default: return
        }
    }

    private mutating func set(_ purpose: AccessHeader.Purpose) {
        if self.purpose == .unstated { self.purpose = purpose }
    }
}
