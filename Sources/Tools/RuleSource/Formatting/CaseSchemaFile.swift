internal import Records
internal import RuleEngine
internal import RuleLanguage

/// The JSON Schema of case files (`ID.tests.yaml`), for editors.
///
/// It tells kinds, fields and changes; whether a value is of its field's type is the reader's.
/// Source: JSON Schema, draft 2020-12.
public enum CaseSchemaFile {
    /// The schema as text, its keys in order.
    public static var text: String {
        var properties: [String: Any] = [
            "rule": RuleSchemaFile.text("The id of the rule that is tested."),
            "now": now,
            "facts": named("Facts that stand in every case, in the order of the ledger."),
            "spare": named("Facts that stand before the others, in cases that name them."),
            "judged": list("Which facts the flagging cases must flag."),
            "cases": ["type": "array", "items": wholeCase],
        ]
        for expectation in RuleTestFile.Expectation.allCases {
            properties[expectation.rawValue] = ["type": "array", "items": change]
        }
        let lists = ["cases"] + RuleTestFile.Expectation.allCases.map(\.rawValue)
        return RuleSchemaFile.text(
            of: "Cases of a rule of Custos", requiring: ["rule"], properties,
            [
                "anyOf": lists.map { ["required": [$0]] },
                "$defs": ["fact": fact, "sealed": sealed, "value": value],
            ])
    }

    /// What stands for one value: an editor takes numbers and yes or no for what they look like.
    private static let scalar: [String] = ["string", "number", "boolean"]

    private static var value: [String: Any] {
        [
            "oneOf": [
                ["type": scalar],
                ["type": "array", "items": ["type": scalar]],
            ]
        ]
    }

    private static func reference(_ name: String) -> [String: Any] { ["$ref": "#/$defs/\(name)"] }

    private static var now: [String: Any] {
        RuleSchemaFile.text("The time of the newest block; left out, every window has closed.")
    }

    private static func list(_ says: String) -> [String: Any] {
        [
            "description": says,
            "oneOf": [["type": "string"], ["type": "array", "items": ["type": scalar]]],
        ]
    }

    private static func named(_ says: String) -> [String: Any] {
        ["type": "object", "description": says, "additionalProperties": reference("fact")]
    }

    /// `KIND: {field: value}`, by the schema of each kind of fact.
    private static var fact: [String: Any] {
        var kinds: [String: Any] = [:]
        for kind in FactKind.allCases {
            let fields = kind.schema.fields.map(\.name) + FactSketch.placeFields
            kinds[kind.name] = [
                "type": "object", "additionalProperties": false,
                "properties": Dictionary(
                    uniqueKeysWithValues: fields.map { ($0, reference("value")) }),
            ]
        }
        return [
            "type": "object", "additionalProperties": false, "minProperties": 1,
            "maxProperties": 1, "properties": kinds,
        ]
    }

    /// An entry that is sealed to others.
    private static var sealed: [String: Any] {
        [
            "type": "object", "additionalProperties": false, "required": ["kind", "at"],
            "properties": [
                "kind": ["enum": FactKind.allCases.map(\.name)],
                "patient": RuleSchemaFile.text("Whom it shows."),
                "practitioner": RuleSchemaFile.text("Whom it shows."),
                "at": RuleSchemaFile.text("When it is from."),
                "issuer": RuleSchemaFile.text("Who sent it."),
            ],
        ]
    }

    private static var entries: [String: Any] {
        [
            "description": "An entry that is sealed to others, or a list of them.",
            "oneOf": [reference("sealed"), ["type": "array", "items": reference("sealed")]],
        ]
    }

    /// A case as changes: what it is about alone, or with what is changed.
    private static var change: [String: Any] {
        let fields = Set(
            FactKind.allCases.flatMap { $0.schema.fields.map(\.name) } + FactSketch.placeFields)
        let changes: [String: Any] = [
            "type": "object", "additionalProperties": false,
            "properties": [
                "with": list("Spare facts that stand in the case."),
                "without": list("Facts that are left out, or FACT.FIELD that is not known."),
                "repeat": [
                    "type": "object",
                    "additionalProperties": [
                        "type": ["string", "integer"], "pattern": "^[0-9]{1,4}$",
                    ],
                    "description": "How many copies there are of a fact.",
                ],
                "now": now, "sealed": entries, "flags": list("Which facts are flagged."),
                "says": RuleSchemaFile.text("A part of the reason."),
                "because": RuleSchemaFile.text("A part of the cause: not evaluated."),
            ],
            "patternProperties": [
                "^[^.]+\\.(\(fields.sorted().joined(separator: "|")))$": reference("value")
            ],
        ]
        return [
            "oneOf": [
                ["type": "string"],
                [
                    "type": "object", "minProperties": 1, "maxProperties": 1,
                    "additionalProperties": changes,
                ],
            ]
        ]
    }

    /// A case that stands for itself.
    private static var wholeCase: [String: Any] {
        [
            "type": "object", "additionalProperties": false,
            "required": ["name", "facts", "expect"],
            "properties": [
                "name": RuleSchemaFile.text("What it is about."), "now": now,
                "facts": ["type": "array", "items": reference("fact")],
                "sealed": ["type": "array", "items": reference("sealed")],
                "expect": ["enum": RuleTestFile.Expectation.allCases.map(\.rawValue)],
                "flags": [
                    "type": "array", "description": "The numbers of facts from 1.",
                    "items": ["type": ["string", "integer"], "pattern": "^[0-9]+$"],
                ],
                "says": RuleSchemaFile.text("A part of the reason."),
                "because": RuleSchemaFile.text("A part of the cause: not evaluated."),
            ],
        ]
    }
}
