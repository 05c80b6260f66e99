import Primitives
import Records
import Testing

@testable import Interop

@Suite("Messages 3101 and 3102 of NHSA")
struct NHSAMessageTests {
    private static let order = """
        {"rx_id": "o1", "rxno": "R-7", "hilist_code": "XA02BCA113A001010100483", "cnt": 2,
         "pric": "12.50", "sumamt": 25.00, "drord_begn_date": "2026-03-02 09:30:00",
         "drord_dr_codg": "D9", "curr_drord_flag": "1", "hilist_memo": ""}
        """
    private static let past = """
        {"rx_id": "o0", "hilist_code": "OLD", "cnt": 1, "pric": 1, "sumamt": 1,
         "drord_begn_date": "2026-01-02", "curr_drord_flag": "0"}
        """

    private static func message(
        service: String = "3102", current: String = "M2", orders: String = "[\(past), \(order)]",
        patient: String = "", encounter: String = "", isBare: Bool = false
    ) -> [UInt8] {
        let visit = """
            {"mdtrt_id": "M2", "medins_id": "H430700", "medins_name": "第二人民医院",
             "adm_date": "2026-03-02 08:00:00", "dscg_date": null, "dr_codg": "D1",
             "dscg_main_dise_codg": "M10.900", "med_mdtrt_type": "1", "medfee_sumamt": "25",
             "fsi_diagnose_dtos": [{"dise_codg": "M10.900", "maindise_flag": "1"},
                                   {"dise_codg": "I10.x00"}],
             \(encounter) "fsi_order_dtos": \(orders), "fsi_operation_dtos": [{"any": 1}]}
            """
        let visits = isBare ? visit : "[{\"mdtrt_id\": \"M1\", \"medins_id\": \"X\"}, \(visit)]"
        let person = """
            {"patn_id": "P1", "patn_name": "李", "gend": "1", "brdy": "1951-08-27", \(patient)
             "curr_mdtrt_id": "\(current)", "fsi_encounter_dtos": \(visits)}
            """
        return Array(
            """
            {"infno": "\(service)", "inf_time": "2026-03-02 10:00:00", "fixmedins_code": "H430700",
             "input": {"data": {"syscode": "HIS", "trig_scen": "4", "rule_ids": [],
               "patient_dtos": \(isBare ? person : "[\(person)]")}}}
            """.utf8)
    }

    private static let assignment: Assignment = {
        guard let hospital = InstitutionID("county-hospital") else { preconditionFailure() }
        return Assignment(spreading: [hospital], insurer: hospital)
    }()

    private static let names = TestPseudonyms()

    private static func yuan(_ fen: Int64) -> FactValue? {
        Currency("CNY").map { .money(Amount(minorUnits: fen, currency: $0)) }
    }

    private static func drafts(_ bytes: [UInt8]) throws(Problem) -> [Draft] {
        try ClaimMessage(bytes).claims(
            assignment: assignment, pseudonyms: names,
            time: Timestamp(milliseconds: 1_772_416_800_000))
    }

    @Test(
        "the current encounter becomes a claim, its current orders the lines",
        arguments: [false, true])
    func claim(isBare: Bool) throws {
        let drafts = try Self.drafts(Self.message(isBare: isBare))
        let draft = try #require(drafts.first)
        #expect(drafts.count == 1 && draft.kind == .claim)
        #expect(draft.payload.facts.map(\.kind) == [.claim, .claimLine, .patient])
        let (claim, line, person) = (
            draft.payload.facts[0], draft.payload.facts[1], draft.payload.facts[2]
        )
        #expect(claim["total"] == Self.yuan(2_500))
        #expect(claim["type"] == .text("institutional") && claim["to"] == nil)
        #expect(claim["diagnoses"]?.description == "icd10|M10.900 icd10|I10.x00")
        // Eight in the morning in China is midnight in UTC.
        let admitted = Timestamp(milliseconds: 1_772_409_600_000)
        #expect(claim["from"] == .instant(admitted, zoneMinutes: 480))
        #expect(line["code"] == .code(Code(system: "nhsa", code: "XA02BCA113A001010100483")))
        #expect(line["units"]?.description == "2" && line["price"] == Self.yuan(1_250))
        #expect(line["net"] == Self.yuan(2_500))
        #expect(line["date"]?.description == "2026-03-02")
        #expect(line["practitioner"] == Self.names.practitioner("D9").map(FactValue.id))
        #expect(claim["practitioner"] == Self.names.practitioner("D1").map(FactValue.id))
        #expect(
            line["prescription"]
                == Self.names.prescription("R-7", issuer: draft.issuer).map(FactValue.id))
        #expect(person["sex"] == .text("male"))
        #expect(person["birth_date"]?.description == "1951-08-27")
    }

    @Test(
        "what is wrong is refused with the field",
        arguments: [
            (message(service: "2201"), "infno", "3101 or 3102"),
            (message(current: "M9"), "curr_mdtrt_id", "fsi_encounter_dtos"),
            (message(patient: "\"hobby\": 1,"), "hobby", "field of patient_dtos"),
            (message(encounter: "\"bed\": 1,"), "bed", "field of fsi_encounter_dtos"),
            (message(orders: "[{\"rx_id\": \"o1\"}]"), "hilist_code", "missing"),
            (
                message(orders: "[{\"hilist_code\": \"A\", \"cnt\": \"two\"}]"), "cnt",
                "decimal number"
            ),
            (
                message(orders: "[{\"hilist_code\": \"A\", \"sumamt\": \"1.005\"}]"), "sumamt",
                "yuan"
            ),
            (
                message(orders: "[{\"hilist_code\": \"A\", \"drord_begn_date\": \"today\"}]"),
                "drord_begn_date", "2026-01-31"
            ),
            (message(orders: "[{\"hilist_code\": [1]}]"), "hilist_code", "text or a number"),
            (Array("{\"infno\": \"3101\"}".utf8), "input", "missing"),
            (Array("{\"resourceType\": \"Patient\"}".utf8), "resourceType", "Claim"),
            (Array("{".utf8), "", "byte"),
        ] as [([UInt8], String, String)])
    func refused(_ bytes: [UInt8], _ element: String, _ words: String) {
        do throws(Problem) {
            _ = try Self.drafts(bytes)
            Issue.record("nothing was wrong")
        } catch {
            #expect(error.element.hasSuffix(element), "\(error)")
            #expect("\(error.error)".contains(words), "\(error)")
        }
    }

    @Test("a field of every node is known by its name, and none stands twice")
    func names() {
        for node in [NHSAFields.Node.data, .patient, .encounter, .diagnosis, .order] {
            let names = NHSAFields.names(node)
            #expect(Set(names).count == names.count && !names.isEmpty)
        }
    }
}
