internal import Primitives
public import RuleEngine
public import RuleLanguage

/// A rule with its tables, in which one threshold is a fifth smaller or larger.
public struct RuleMutant: Sendable {
    /// What was changed, in words.
    public let change: String
    public let rule: CheckedRule
    public let tables: [KnowledgeTable]
}

/// Moves the thresholds of rules, to see whether their cases notice.
public enum RuleMutation {
    /// The changes of a rule's thresholds that none of its cases notices.
    ///
    /// - Throws: ``KnowledgeError`` where a table lacks a key that the rule names.
    public static func unnoticed(
        _ file: RuleTestFile, rule: Rule, tables: [KnowledgeTable]
    ) throws(KnowledgeError) -> (mutants: Int, unnoticed: [String]) {
        var unnoticed: [String] = []
        let mutants = mutants(of: rule, tables: tables)
        for mutant in mutants
        where try RuleTestRunner.holds(file, rule: mutant.rule, tables: mutant.tables) {
            unnoticed.append(mutant.change)
        }
        return (mutants.count, unnoticed)
    }

    /// Every threshold of a rule, once smaller and once larger.
    public static func mutants(of rule: Rule, tables: [KnowledgeTable]) -> [RuleMutant] {
        let schema = RuleSchema.facts(tables: tables.map(\.schema))
        var list = ThresholdPass()
        _ = list.rule(rule)
        var mutants: [RuleMutant] = []
        for direction in ThresholdPass.Direction.allCases {
            for target in list.constants.indices {
                var pass = ThresholdPass(target: target, direction: direction)
                let changed = pass.rule(rule)
                // A change that makes the rule wrong is noticed by whoever makes it.
                guard let checked = try? changed.check(against: schema) else { continue }
                let (from, to) = pass.constants[target]
                mutants.append(
                    RuleMutant(change: "\(from) → \(to)", rule: checked, tables: tables))
            }
            guard let checked = try? rule.check(against: schema) else { continue }
            for limit in list.limits {
                mutants += mutant(checked, tables, table: "limits", column: "value", direction) {
                    row in row.keys.first.map(\.description) == limit
                }.map { mutant in mutant.named("limit('\(limit)')", direction) }
            }
            for path in list.columns {
                let parts = path.split(separator: ".").map(String.init)
                guard parts.count == 2 else { continue }
                mutants += mutant(
                    checked, tables, table: parts[0], column: parts[1], direction
                ) { _ in true }.map { mutant in mutant.named("the column \(path)", direction) }
            }
        }
        return mutants
    }

    /// The rule with a table some of whose rows have another number in a column, or nothing where
    /// there are no numbers.
    private static func mutant(
        _ rule: CheckedRule, _ tables: [KnowledgeTable], table name: String, column: String,
        _ direction: ThresholdPass.Direction, rows: (KnowledgeTable.Row) -> Bool
    ) -> [RuleMutant] {
        guard let place = tables.firstIndex(where: { $0.schema.name == name }),
            let number = tables[place].schema.values.firstIndex(where: { $0.name == column })
        else { return [] }
        let table = tables[place]
        var isChanged = false
        let changed = table.rows.map { row in
            guard rows(row), let moved = move(row.values[number], direction) else { return row }
            isChanged = true
            var values = row.values
            values[number] = moved
            return KnowledgeTable.Row(keys: row.keys, from: row.from, to: row.to, values: values)
        }
        guard isChanged,
            let other = try? KnowledgeTable(
                schema: table.schema, source: table.source, licence: table.licence, rows: changed)
        else { return [] }
        var all = tables
        all[place] = other
        return [RuleMutant(change: "", rule: rule, tables: all)]
    }

    private static func move(
        _ value: Value?, _ direction: ThresholdPass.Direction
    ) -> Value? {
        switch value {
        case .integer(let number): .integer(ThresholdPass.move(number, direction))
        case .decimal(let number): .decimal(ThresholdPass.move(number, direction))
        case .quantity(let number, let unit):
            .quantity(ThresholdPass.move(number, direction), unit: unit)
        case .money(let amount):
            .money(
                Amount(
                    minorUnits: ThresholdPass.move(amount.minorUnits, direction),
                    currency: amount.currency))
        default: nil
        }
    }
}

extension RuleMutant {
    fileprivate func named(_ what: String, _ direction: ThresholdPass.Direction) -> RuleMutant {
        RuleMutant(
            change: "\(what) a fifth \(direction == .up ? "larger" : "smaller")", rule: rule,
            tables: tables)
    }
}
