extension FactSchema {
    /// A drug as ordered.
    static let prescription = FactSchema(
        "prescription",
        [
            ("prescription", .prescription),
            ("patient", .patient),
            ("prescriber", .practitioner),
            ("institution", .institution),
            ("drug", .code),
            ("written", .instant),
            ("quantity", .quantity),
            ("days", .integer),
            ("refills", .integer),
            ("status", .text),
            ("encounter", .text),
            ("from", .instant),
            ("to", .instant),
            ("reason", .code),
        ])
}
