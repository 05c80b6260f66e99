extension FactSchema {
    /// An insurance claim as submitted.
    static let claim = FactSchema(
        "claim",
        [
            ("claim", .claim),
            ("patient", .patient),
            ("practitioner", .practitioner),
            ("facility", .text),
            ("institution", .institution),
            ("payer", .text),
            ("type", .text),
            ("from", .instant),
            ("to", .instant),
            ("submitted", .instant),
            ("total", .money),
            ("diagnoses", .codes),
            ("encounter", .text),
            ("status", .text),
            ("prescription", .prescription),
        ])
}
