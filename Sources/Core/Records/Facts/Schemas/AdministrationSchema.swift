extension FactSchema {
    /// A drug as given.
    static let administration = FactSchema(
        "administration",
        [
            ("patient", .patient),
            ("practitioner", .practitioner),
            ("institution", .institution),
            ("drug", .code),
            ("at", .instant),
            ("dose", .quantity),
            ("status", .text),
            ("encounter", .text),
            ("order", .text),
        ])
}
