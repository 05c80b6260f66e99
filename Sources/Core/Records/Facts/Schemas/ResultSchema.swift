extension FactSchema {
    /// A measurement.
    static let result = FactSchema(
        "result",
        [
            ("patient", .patient),
            ("practitioner", .practitioner),
            ("institution", .institution),
            ("code", .code),
            ("at", .instant),
            ("value", .quantity),
            ("encounter", .text),
        ])
}
