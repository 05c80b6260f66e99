extension FactSchema {
    /// An access to a medical record, attempted or done.
    static let access = FactSchema(
        "access",
        [
            ("patient", .patient),
            ("practitioner", .practitioner),
            ("role", .text),
            ("department", .text),
            ("action", .text),
            ("purpose", .text),
            ("basis", .text),
            ("outcome", .text),
            ("at", .instant),
            ("object", .text),
            ("encounter", .text),
            ("institution", .institution),
            ("break_glass", .bool),
            ("derived", .bool),
        ])
}
