import Interop
import Records

/// Small literal resources, one line each, to be bent by tests.
enum Resources {
    static let organization = """
        {"resourceType":"Organization","id":"h1","identifier":[{"system":"urn:test","value":"H1"}],\
        "type":[{"coding":[{"system":"urn:types","code":"prov"}]}],"name":"First Hospital"}
        """
    static let practitioner = """
        {"resourceType":"Practitioner","id":"d1","active":true,"identifier":[{"system":\
        "http://hl7.org/fhir/sid/us-npi","value":"1234567893"}],"qualification":[{"code":{"coding":\
        [{"system":"urn:q","code":"MD"}]}}]}
        """
    static let patient = """
        {"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1980-02-29",\
        "deceasedDateTime":"2021-06-30T23:30:00-05:00","managingOrganization":{"reference":\
        "Organization/h1"},"meta":{"lastUpdated":"2021-07-02T08:00:00Z"}}
        """
    static let encounter = """
        {"resourceType":"Encounter","id":"e1","status":"finished","class":{"system":"x","code":\
        "IMP"},\
        "type":[{"coding":[{"system":"http://snomed.info/sct","code":"32485007"}]}],"subject":\
        {"reference":"Patient/p1"},"participant":[{"individual":{"reference":"Practitioner/d1"}}],\
        "period":{"start":"2021-06-01T10:00:00-04:00","end":"2021-06-03T09:30:00-04:00"},\
        "serviceProvider":{"reference":"Organization/h1"},"hospitalization":\
        {"dischargeDisposition":{"coding":[{"code":"02"}]}}}
        """
    static let condition = """
        {"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"code":"active"}]},\
        "code":\
        {"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"I10"}]},"subject":\
        {"reference":"urn:uuid:p1"},"encounter":{"reference":"Encounter/e1"},\
        "onsetDateTime":"2021-06-01","recordedDate":"2021-06-01T11:00:00-04:00"}
        """
    static let procedure = """
        {"resourceType":"Procedure","id":"x1","status":"completed","code":{"coding":[{"system":\
        "http://snomed.info/sct","code":"73761001"}]},"subject":{"reference":"Patient/p1"},\
        "encounter":{"reference":"Encounter/e1"},"performedPeriod":{"start":\
        "2021-06-02T10:00:00Z","end":"2021-06-02T10:40:00Z"}}
        """
    static let observation = """
        {"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"code":\
        "vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},\
        "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},\
        "effectiveDateTime":"2021-06-01T15:30:00Z","performer":[{"reference":"RelatedPerson/r1"},\
        {"reference":"Practitioner/d1"}],"valueQuantity":{"value":142.0,"unit":"mmHg"},\
        "note":[{"text":"sitting, \\"restless\\""}]}
        """
    static let family = """
        {"resourceType":"FamilyMemberHistory","id":"f1","status":"completed","patient":{\
        "reference":"Patient/p1"},"date":"2021-06-01T16:00:00Z","name":"Jo","relationship":{\
        "coding":[{"system":"urn:role","code":"FTH"}]},"condition":[{"code":{"text":"stroke"}}]}
        """
    static let document = """
        {"resourceType":"DocumentReference","id":"w1","status":"current","type":{"coding":[{\
        "system":"http://loinc.org","code":"34108-1"}]},"subject":{"reference":"Patient/p1"},\
        "date":"2021-06-03T10:00:00Z","author":[{"reference":"Practitioner/d1"}],"content":[{\
        "attachment":{"contentType":"text/plain","data":"c2VlbiB0b2RheQ=="}}],"context":{\
        "encounter":[{"reference":"Encounter/e1"}]}}
        """
    static let order = """
        {"resourceType":"MedicationRequest","id":"m1","status":"active","intent":"order",\
        "medicationCodeableConcept":{"coding":[{"system":"http:\
        //www.nlm.nih.gov/research/umls/rxnorm",\
        "code":"312961"}]},"subject":{"reference":"Patient/p1"},"encounter":{"reference":\
        "Encounter/e1"},"authoredOn":"2021-06-02T12:00:00Z","requester":{"reference":\
        "Practitioner/d1"},"reasonReference":[{"reference":"Condition/c1"}],"dispenseRequest":\
        {"numberOfRepeatsAllowed":2,"quantity":{"value":30.0,"unit":"tablet","code":"{tbl}"},\
        "expectedSupplyDuration":{"value":30,"code":"d"}}}
        """
    static let dispense = """
        {"resourceType":"MedicationDispense","id":"n1","status":"completed","subject":{"reference":\
        "Patient/p1"},"performer":[{"actor":{"reference":"Organization/h1"}}],\
        "authorizingPrescription":[{"reference":"MedicationRequest/m1"}],"quantity":{"value":30,\
        "code":"{tbl}"},"daysSupply":{"value":2,"unit":"weeks"},"whenHandedOver":"2021-06-03T23:\
        30:00-04:00"}
        """
    static let claim = """
        {"resourceType":"Claim","id":"k1","status":"active","type":{"coding":[{"code":\
        "pharmacy"}]},\
        "patient":{"reference":"Patient/p1"},"billablePeriod":{"start":"2021-06-01T10:00:00-04:00",\
        "end":"2021-06-03T09:30:00-04:00"},"created":"2021-06-04T08:00:00Z","provider":{\
        "reference":\
        "Organization/h1"},"prescription":{"reference":"MedicationRequest/m1"},"diagnosis":\
        [{"sequence":1,"diagnosisReference":{"reference":"Condition/c1"}},{"sequence":2,\
        "diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":\
        "E11"}]}}],\
        "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"private"}}],"item":\
        [{"sequence":1,"diagnosisSequence":[2],"productOrService":{"coding":[{"system":\
        "http://snomed.info/sct","code":"185345009"}]},"modifier":[{"coding":[{"code":"59"}]},{\
        "coding":\
        [{"code":"LT"}]}],"servicedDate":"2021-06-02","quantity":{"value":2.50},"unitPrice":{\
        "value":\
        10.2,"currency":"USD"},"net":{"value":25.50,"currency":"USD"},"encounter":[{"reference":\
        "Encounter/e1"}]},{"sequence":2,"productOrService":{"coding":[{"system":"urn:local","code":\
        "A"}]}}],"total":{"value":125,"currency":"USD"}}
        """
    static let benefit = """
        {"resourceType":"ExplanationOfBenefit","id":"b1","status":"active","patient":{"reference":\
        "Patient/p1"},"created":"2021-06-10T00:00:00Z","insurer":{"display":"private"},"claim":\
        {"reference":"urn:uuid:k1"},"outcome":"complete","total":[{"category":{"coding":[{"code":\
        "submitted"}]},"amount":{"value":125,"currency":"USD"}}],"payment":{"amount":{"value":\
        112.41600000000001,"currency":"USD"}}}
        """
    static let audit = """
        {"resourceType":"AuditEvent","id":"a1","type":{"code":"rest"},"action":"R","recorded":\
        "2021-06-05T22:00:00.250-04:00","outcome":"4","agent":[{"who":{"reference":"Device/x"},\
        "requestor":false},{"role":[{"text":"nurse"}],"who":{"reference":"Practitioner/d1"},\
        "requestor":true,"purposeOfUse":[{"coding":[{"code":"ETREAT"}]},{"coding":[{"code":\
        "BTG"}]}]}],\
        "source":{"site":"ward 3","observer":{"reference":"Organization/h1"}},"entity":[{"what":\
        {"reference":"Patient/p1"},"role":{"code":"1"}},{"what":{"reference":"Condition/c1"}},{\
        "what":\
        {"reference":"Encounter/e1"}}]}
        """

    static let all = [
        organization, practitioner, patient, encounter, condition, procedure, observation, family,
        document, order, dispense, claim, benefit, audit,
    ]

    /// What becomes of these lines.
    static func outcome(
        _ lines: [String], options: FHIRImport.Options = .init(),
        pseudonyms: TestPseudonyms = .init()
    ) throws -> Outcome {
        let file = try TemporaryFile(lines, name: "lines.ndjson")
        return try Outcome.of(
            files: [file.input], pseudonyms: pseudonyms, options: options)
    }

    /// The drafts of one resource, with all others there to refer to.
    static func drafts(
        _ resource: String, options: FHIRImport.Options = .init()
    ) throws -> [Draft] {
        let name = try outcome([resource]).report.counts.keys.first ?? ""
        return try outcome(all, options: options).drafts
            .filter { $0.origin.name.hasPrefix(name + "/") }
    }
}
