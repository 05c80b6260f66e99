extension FactSchema {
    /// A check of who somebody is, at a place and time; never a template.
    static let identityCheck = FactSchema(
        "identity_check",
        [
            ("patient", .patient),
            ("institution", .institution),
            ("method", .text),
            ("assurance", .integer),
            ("verifier", .text),
            ("at", .instant),
            ("place", .text),
        ])
}
