extension FactSchema {
    /// Goods that came in or went out.
    static let stockMovement = FactSchema(
        "stock_movement",
        [
            ("institution", .institution),
            ("item", .code),
            ("date", .date),
            ("quantity", .quantity),
            ("direction", .text),
            ("trace_codes", .text),
        ])
}
