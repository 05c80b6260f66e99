internal import Foundation
internal import RuleLanguage

/// The JSON Schema of rule files, for editors that complete and check YAML by one.
///
/// It tells the fields and their words; names and types in expressions are the checker's.
/// Source: JSON Schema, draft 2020-12.
public enum RuleSchemaFile {
    /// The schema as text, its keys in order.
    public static var text: String {
        text(
            of: "A supervision rule of Custos",
            requiring: [
                "id", "title", "status", "level", "result", "each", "when", "subject", "say",
            ], properties)
    }

    /// The schema of reasoning rules as text.
    public static var reasoningText: String {
        let expressions = [
            "derives": "The kind of fact that windows ask for by it.",
            "rule": "What tells it from other rules that derive the same kind.",
            "description": "What its facts are, in a sentence.",
            "each": "KIND as NAME: the rows that it looks at.",
            "where": "Which rows it looks at at all.",
            "when": "What must hold beside.",
        ]
        var properties = expressions.mapValues { text($0) as Any }
        properties["with"] = bindings
        properties["gives"] = [
            "type": "object", "additionalProperties": ["type": "string"],
            "description": "Values that each fact has beside the fields of the row.",
        ]
        return text(
            of: "A reasoning rule of Custos", requiring: ["derives", "each"], properties)
    }

    /// The schema of predicates as text.
    public static var predicateText: String {
        let types = RuleType.named.map(\.name)
        return text(
            of: "A predicate of Custos", requiring: ["predicate", "takes", "holds"],
            [
                "predicate": text("The name by which rules ask it."),
                "description": text("What it says, in a sentence."),
                "takes": [
                    "type": "object", "additionalProperties": words(types),
                    "description": "What it is asked about: names and their types.",
                ],
                "with": bindings,
                "holds": text("The condition."),
            ])
    }

    /// A schema as text: an object with these properties, and what else holds of it.
    static func text(
        of title: String, requiring required: [String], _ properties: [String: Any],
        _ more: [String: Any] = [:]
    ) -> String {
        var schema: [String: Any] = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title,
            "description": "docs/rules.md says what the fields mean.", "type": "object",
            "additionalProperties": false, "required": required, "properties": properties,
        ]
        for (name, value) in more { schema[name] = value }
        let data = try? JSONSerialization.data(
            withJSONObject: schema, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
    }

    private static var properties: [String: Any] {
        var properties: [String: Any] = [
            "id": ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,32}$"],
            "status": words(RuleStatus.allCases.map(\.name)),
            "level": words(RuleLevel.allCases.map(\.name)),
            "result": words(RuleResult.allCases.map(\.name)),
            "basis": [
                "type": "array",
                "items": [
                    "type": "object", "additionalProperties": false, "required": ["law"],
                    "properties": ["law": text("By article."), "note": text("What it says.")],
                ],
            ],
            "with": bindings,
            "except": list("Conditions that excuse the row."),
        ]
        let expressions = [
            "title": "What the rule finds, in a few words.",
            "each": "KIND as NAME: the rows that are judged.",
            "where": "A condition on the row alone: which rows are judged.",
            "when": "The condition under which the row is wrong.",
            "subject": "Whom the finding is about.",
            "amount": "Money at stake.",
            "say": "The reason in words; {expression} is put into words.",
        ]
        for (name, says) in expressions { properties[name] = text(says) }
        let evidence = "The judged row or windows whose entries are the evidence."
        let cases = "The files of the cases, where they are not named after the rule."
        for (name, says) in [("violating", evidence), ("involved", evidence), ("tests", cases)] {
            properties[name] = [
                "description": says,
                "oneOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]],
            ]
        }
        for attribute in RuleAttribute.allCases {
            properties[attribute.name] = [
                "oneOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]
            ]
        }
        let moment = "(\(StageBudget.moments.joined(separator: "|")))"
        properties[RuleAttribute.stage.name] = [
            "oneOf": [
                ["type": "string", "pattern": "^\(moment)( *, *\(moment))*$"],
                ["type": "array", "items": words(StageBudget.moments)],
            ]
        ]
        return properties
    }

    private static var bindings: [String: Any] {
        [
            "type": "object",
            "additionalProperties": ["oneOf": [["type": "string"], decision]],
            "description": "Names for windows and values, in order.",
        ]
    }

    private static var decision: [String: Any] {
        [
            "type": "array",
            "items": [
                "type": "object", "additionalProperties": false, "required": ["is"],
                "properties": [
                    "when": text("The first row that holds gives the value."),
                    "is": text("The value."),
                ],
            ],
        ]
    }

    static func text(_ says: String) -> [String: Any] {
        ["type": "string", "description": says]
    }

    private static func words(_ words: [String]) -> [String: Any] {
        ["enum": words]
    }

    private static func list(_ says: String) -> [String: Any] {
        ["type": "array", "items": ["type": "string"], "description": says]
    }
}
