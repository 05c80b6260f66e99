extension FactSchema {
    /// An exclusion of a practitioner or institution, and its period.
    static let sanction = FactSchema(
        "sanction",
        [
            ("practitioner", .practitioner),
            ("institution", .institution),
            ("ground", .text),
            ("from", .date),
            ("to", .date),
        ])
}
