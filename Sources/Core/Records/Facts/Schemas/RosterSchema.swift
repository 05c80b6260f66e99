extension FactSchema {
    /// A shift of a practitioner.
    static let roster = FactSchema(
        "roster",
        [
            ("practitioner", .practitioner),
            ("institution", .institution),
            ("department", .text),
            ("from", .instant),
            ("to", .instant),
        ])
}
