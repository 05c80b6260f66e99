public import RuleEngine
internal import RuleLanguage

extension KnowledgeTable {
    /// A table called `blocked`, which lists types of claims.
    public static func blocked(
        _ types: some Sequence<String>, source: String = "", licence: String = ""
    ) throws -> KnowledgeTable {
        try KnowledgeTable(
            schema: TableSchema(
                name: "blocked", keys: [.init(name: "type", type: .text)], values: [],
                hasValidity: false), source: source, licence: licence,
            rows: types.map { Row(keys: [.text($0)], from: nil, to: nil, values: []) })
    }
}
