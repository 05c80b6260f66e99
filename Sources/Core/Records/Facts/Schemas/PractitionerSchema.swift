extension FactSchema {
    /// Somebody who treats, orders or documents.
    static let practitioner = FactSchema(
        "practitioner",
        [
            ("practitioner", .practitioner),
            ("specialty", .code),
            ("role", .text),
            ("identifier", .text),
            ("active", .bool),
            // As a patient's, so that namesakes are known.
            ("surname", .text),
        ])
}
