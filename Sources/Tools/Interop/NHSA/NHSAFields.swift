/// The fields that the messages 3101 and 3102 have, by the node in which they stand.
///
/// Source: field names of the interface specification between the national platform of medical
/// insurance and designated institutions (NHSA, V1.0, services 3101 and 3102), as programs that
/// speak it publish them.
enum NHSAFields {
    /// Nodes whose members are named here; others are passed over as a whole.
    enum Node: String {
        case data
        case patient = "patient_dtos"
        case encounter = "fsi_encounter_dtos"
        case diagnosis = "fsi_diagnose_dtos"
        case order = "fsi_order_dtos"
    }

    static func names(_ node: Node) -> [String] {
        switch node {
        case .data: ["syscode", "patient_dtos", "rule_ids", "trig_scen"]
        case .patient:
            [
                "patn_id", "patn_name", "gend", "brdy", "poolarea", "curr_mdtrt_id",
                "fsi_encounter_dtos", "fsi_his_data_dto",
            ]
        case .encounter:
            [
                "mdtrt_id", "medins_id", "medins_name", "medins_admdvs", "medins_type",
                "medins_lv", "wardarea_codg", "wardno", "bedno", "adm_date", "dscg_date",
                "dscg_main_dise_codg", "dscg_main_dise_name", "fsi_diagnose_dtos", "dr_codg",
                "adm_dept_codg", "adm_dept_name", "dscg_dept_codg", "dscg_dept_name",
                "med_mdtrt_type", "med_type", "fsi_order_dtos", "matn_stas", "medfee_sumamt",
                "ownpay_amt", "selfpay_amt", "acct_payamt", "ma_amt", "hifp_payamt",
                "setl_totlnum", "insutype", "reim_flag", "out_setl_flag", "fsi_operation_dtos",
            ]
        case .diagnosis:
            [
                "dise_id", "inout_dise_type", "maindise_flag", "dias_srt_no", "dise_codg",
                "dise_name", "dise_date",
            ]
        case .order:
            [
                "rx_id", "rxno", "grpno", "long_drord_flag", "hilist_type", "chrg_type",
                "drord_bhvr", "hilist_code", "hilist_name", "hilist_dosform", "hilist_lv",
                "hilist_pric", "lv1_hosp_item_pric", "lv2_hosp_item_pric", "lv3_hosp_item_pric",
                "hilist_memo", "hosplist_code", "hosplist_name", "hosplist_dosform", "cnt",
                "pric", "sumamt", "ownpay_amt", "selfpay_amt", "spec", "spec_unt",
                "drord_begn_date", "drord_stop_date", "drord_dept_codg", "drord_dept_name",
                "drord_dr_codg", "drord_dr_name", "drord_dr_profttl", "curr_drord_flag",
            ]
        }
    }
}

extension JSONValue {
    /// The objects of a node: an array, or one object, as both are sent.
    ///
    /// - Throws: ``ElementError`` for a member that the specification does not have.
    func nodes(_ node: NHSAFields.Node) throws(ElementError) -> [JSONValue] {
        guard let value = member(node.rawValue), !value.isNull else { return [] }
        let found = try value.isObject ? [value] : objects(node.rawValue)
        for object in found { try object.check(node) }
        return found
    }

    /// Throws for a member that the specification does not have.
    func check(_ node: NHSAFields.Node) throws(ElementError) {
        let names = NHSAFields.names(node)
        for (key, value) in members where !names.contains(key) {
            throw value.failure(
                .notA(expected: "a field of \(node.rawValue) in 3101 and 3102", found: key))
        }
    }

    /// The text of a field, which is sent as text or as a number; nil where it is empty.
    func field(_ key: String) throws(ElementError) -> String? {
        guard let value = member(key), !value.isNull else { return nil }
        guard let text = value.string ?? value.number else {
            throw value.failure(.wrongType(expected: "a text or a number", found: value.kindName))
        }
        return text.isEmpty ? nil : text
    }

    func requiredField(_ key: String, _ expected: String) throws(ElementError) -> String {
        guard let text = try field(key) else { throw missing(key, expected) }
        return text
    }
}
