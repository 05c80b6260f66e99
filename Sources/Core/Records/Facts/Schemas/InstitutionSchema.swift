extension FactSchema {
    /// A hospital, pharmacy or insurer, as its own systems describe it.
    static let institution = FactSchema(
        "institution",
        [
            ("institution", .institution),
            ("identifier", .text),
            ("type", .code),
            ("facility", .text),
        ])
}
