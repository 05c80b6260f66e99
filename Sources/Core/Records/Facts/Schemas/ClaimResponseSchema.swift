extension FactSchema {
    /// What the payer decided.
    static let claimResponse = FactSchema(
        "claim_response",
        [
            ("claim", .claim),
            ("patient", .patient),
            ("payer", .text),
            ("decided", .instant),
            ("outcome", .text),
            ("total", .money),
            ("paid", .money),
            ("denied", .money),
            ("institution", .institution),
            ("paid_exact", .decimal),
        ])
}
