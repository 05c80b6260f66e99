/// The short names that facts use for systems of codes.
///
/// Source: `docs/formats/payload.md`; URIs as FHIR R4 lists them under "Using Codes".
enum CodeSystems {
    /// The short name of a system, or its URI where it has none.
    static func name(_ uri: String) -> String {
        names[uri] ?? uri
    }

    private static let names: [String: String] = [
        "http://snomed.info/sct": "snomed",
        "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
        "http://loinc.org": "loinc",
        "http://hl7.org/fhir/sid/cvx": "cvx",
        "http://hl7.org/fhir/sid/ndc": "ndc",
        "http://hl7.org/fhir/sid/icd-10": "icd10",
        "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
        "http://hl7.org/fhir/sid/icd-10-us": "icd10",
        "http://www.cms.gov/Medicare/Coding/ICD10": "icd10",
        "http://hl7.org/fhir/sid/icd-9-cm": "icd9",
        "http://hl7.org/fhir/sid/icd-9": "icd9",
        "http://www.ama-assn.org/go/cpt": "cpt",
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "hcpcs",
        "https://bluebutton.cms.gov/resources/codesystem/hcpcs": "hcpcs",
        "http://terminology.hl7.org/CodeSystem/HCPCS": "hcpcs",
        "urn:oid:2.16.840.1.113883.6.285": "hcpcs",
        "http://www.whocc.no/atc": "atc",
        "urn:oid:2.16.840.1.113883.6.73": "atc",
    ]
}
