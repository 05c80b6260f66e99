extension FactSchema {
    /// What a patient permits or prohibits.
    static let consent = FactSchema(
        "consent",
        [
            ("patient", .patient),
            ("permits", .bool),
            ("segments", .text),
            ("recipient", .text),
            ("purpose", .text),
            ("from", .date),
            ("to", .date),
        ])
}
