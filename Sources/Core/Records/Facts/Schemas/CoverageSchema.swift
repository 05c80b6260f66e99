extension FactSchema {
    /// An insurance policy and its period.
    static let coverage = FactSchema(
        "coverage",
        [
            ("patient", .patient),
            ("payer", .text),
            ("plan", .text),
            ("from", .date),
            ("to", .date),
        ])
}
