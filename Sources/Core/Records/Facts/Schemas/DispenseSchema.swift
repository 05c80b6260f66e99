extension FactSchema {
    /// A drug as handed over.
    static let dispense = FactSchema(
        "dispense",
        [
            ("prescription", .prescription),
            ("patient", .patient),
            ("prescriber", .practitioner),
            ("pharmacy", .text),
            ("institution", .institution),
            ("drug", .code),
            ("date", .date),
            ("quantity", .quantity),
            ("days", .integer),
            ("paid", .money),
            ("trace_codes", .text),
            ("strength", .quantity),
            ("derived", .bool),
        ])
}
