import RuleLanguage

@testable import RuleSource

extension Rule {
    /// A rule of a test: what follows its header, read with these reasoning rules.
    static func read(
        _ body: String, with reasoning: [String], _ schema: RuleSchema
    ) throws -> Rule {
        let reader = RuleReader(
            schema: schema, reasoning: reasoning.compactMap(RuleReader.reasoningName))
        return try reader.rule(
            "id: XX-01\ntitle: t\nstatus: draft\nlevel: low\nresult: suspicious\n\(body)",
            file: "XX-01.yaml", predicates: [],
            reasoning: try reasoning.map { try reader.derivation($0, file: "r.yaml") })
    }
}
