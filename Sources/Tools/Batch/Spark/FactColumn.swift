public import Records

/// A column of a file of facts: a field, or a part of one.
///
/// Source: `docs/formats/facts.md`.
public struct FactColumn: Sendable {
    public let name: String
    /// The type of the column, by its name in Spark.
    public let type: String

    /// The columns of a kind: where a fact stands, and its fields in their order.
    public static func columns(of kind: FactKind) -> [FactColumn] {
        let place = [
            FactColumn(name: "leaf", type: "BIGINT"), FactColumn(name: "ordinal", type: "BIGINT"),
            FactColumn(name: "anchored", type: "BIGINT"),
            FactColumn(name: "issuer", type: "STRING"),
        ]
        return place
            + kind.schema.fields.flatMap { field in
                parts(of: field.type).map { suffix, type in
                    FactColumn(name: field.name + suffix, type: type)
                }
            }
    }

    private static func parts(of type: FactType) -> [(suffix: String, type: String)] {
        switch type {
        case .text, .code, .patient, .practitioner, .institution, .claim, .prescription:
            [("", "STRING")]
        case .codes: [("", "ARRAY<STRING>")]
        case .integer, .date: [("", "BIGINT")]
        case .bool: [("", "BOOLEAN")]
        case .decimal: [("", "BIGINT"), ("_scale", "BIGINT")]
        case .money: [("", "BIGINT"), ("_currency", "STRING")]
        case .quantity: [("", "BIGINT"), ("_scale", "BIGINT"), ("_unit", "STRING")]
        case .instant: [("", "BIGINT"), ("_zone", "BIGINT")]
        }
    }
}
