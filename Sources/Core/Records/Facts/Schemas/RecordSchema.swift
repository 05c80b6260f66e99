extension FactSchema {
    /// A version of a piece of a medical record.
    static let record = FactSchema(
        "record",
        [
            ("record", .text),
            ("patient", .patient),
            ("type", .text),
            ("code", .code),
            ("from", .instant),
            ("to", .instant),
            ("practitioner", .practitioner),
            ("encounter", .text),
            ("institution", .institution),
            ("version", .integer),
            ("status", .text),
        ])
}
