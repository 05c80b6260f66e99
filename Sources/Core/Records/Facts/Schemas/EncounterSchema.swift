extension FactSchema {
    /// A visit or a stay, from admission to discharge.
    static let encounter = FactSchema(
        "encounter",
        [
            ("encounter", .text),
            ("patient", .patient),
            ("practitioner", .practitioner),
            ("facility", .text),
            ("institution", .institution),
            ("class", .text),
            ("type", .code),
            ("from", .instant),
            ("to", .instant),
            ("reason", .code),
            ("status", .text),
            ("transfer", .bool),
        ])
}
