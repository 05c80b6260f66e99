extension FactSchema {
    /// A person whose record is kept, by the pseudonym of the entry that carries the fact.
    static let patient = FactSchema(
        "patient",
        [
            ("patient", .patient),
            ("sex", .text),
            ("birth_date", .date),
            ("death_date", .date),
            ("deceased", .bool),
            ("household", .text),
            // Or a code that stands for it; only ever compared.
            ("surname", .text),
        ])
}
