internal import Primitives
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// The three questions that batch engines are asked, as rules.
struct BatchQuestions {
    let rules: [CheckedRule]
    let tables: [KnowledgeTable]

    static let names = ["opioid-prescribers-30d", "duplicate-billing", "overlapping-stays"]

    private static let bodies = [
        """
        each: claim_line as c
        where: c.code in class('opioid')
        with:
          past: claim_line of c.patient within 30d up to c.date where code in class('opioid')
        when: past.distinct(practitioner) > 3
        subject: c.patient
        involved: past
        say: "{past.distinct(practitioner)} prescribers in 30 days"
        """,
        """
        each: claim_line as c
        with:
          twins: claim_line of c.patient and code = c.code and date = c.date earlier
        when: twins.any()
        subject: c.patient
        involved: twins
        say: "{twins.count()} claims before this one have the same code and day"
        """,
        """
        each: claim_line as c
        where: known(c.to)
        with:
          stays: claim_line[from, to] of c.patient overlapping c.from to c.to earlier
            where known(to)
        when: stays.any()
        subject: c.patient
        involved: stays
        say: "{stays.count()} stays overlap this one"
        """,
    ]

    init() throws {
        let manifest = """
            name: classes
            title: Codes by class
            source: make_claims.py
            licence: none
            keys:
              - {column: class, type: text}
              - {column: code, type: code, system: local}
            values: []
            """
        let rows = "class,code\n" + (0..<20).map { "opioid,\($0)\n" }.joined()
        let table = try TableReader.table(
            manifest: manifest, manifestFile: "classes.yaml", rows: rows,
            rowsFile: "classes.csv")
        tables = [table]
        let schema = RuleSchema.facts(tables: [table.schema])
        let reader = RuleReader(schema: schema)
        rules = try zip(Self.names, Self.bodies).map { name, body in
            let text = """
                id: \(name)
                title: \(name)
                status: draft
                level: low
                result: suspicious
                basis:
                  - {law: "none", note: none}
                stage: [after]
                \(body)
                """
            return try reader.rule(text, file: "\(name).yaml", predicates: [])
                .check(against: schema)
        }
    }

    /// What a question's findings answer: patients, or pairs of claims.
    static func answer(_ question: Int, _ judged: [Engine.Judged]) throws -> Int {
        var patients: Set<[UInt8]> = []
        var pairs = 0
        for item in judged {
            guard case .finding(let body) = item.verdict else { continue }
            var reader = CBORReader(body)
            for _ in 0..<(try reader.map(atMost: 14)) {
                switch try reader.unsigned() {
                case 5: patients.insert(Array(try reader.item()))
                case 7:
                    let count = try reader.array(atMost: 1 << 20)
                    for _ in 0..<count { _ = try reader.item() }
                    pairs += count
                default: _ = try reader.item()
                }
            }
        }
        return question == 0 ? patients.count : pairs
    }
}
