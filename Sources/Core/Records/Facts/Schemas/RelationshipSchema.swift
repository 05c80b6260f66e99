extension FactSchema {
    /// A treatment relationship and its period.
    static let relationship = FactSchema(
        "relationship",
        [
            ("patient", .patient),
            ("practitioner", .practitioner),
            ("institution", .institution),
            ("type", .text),
            ("from", .instant),
            ("to", .instant),
            ("encounter", .text),
        ])
}
