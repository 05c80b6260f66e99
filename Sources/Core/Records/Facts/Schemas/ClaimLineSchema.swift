extension FactSchema {
    /// One line of a claim: a service or a product, its units and what is asked for it.
    static let claimLine = FactSchema(
        "claim_line",
        [
            ("claim", .claim),
            ("line", .integer),
            ("patient", .patient),
            ("practitioner", .practitioner),
            ("facility", .text),
            ("institution", .institution),
            ("code", .code),
            ("modifiers", .text),
            ("units", .decimal),
            ("price", .money),
            ("net", .money),
            ("date", .date),
            ("from", .instant),
            ("to", .instant),
            ("encounter", .text),
            ("diagnoses", .codes),
            ("submitted", .instant),
            ("claim_type", .text),
            ("prescription", .prescription),
            ("level", .integer),
        ])
}
