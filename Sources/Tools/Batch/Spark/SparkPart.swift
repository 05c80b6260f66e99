public import Primitives
internal import Records
public import RuleEngine
public import RuleLanguage

/// A part of a Spark sweep: for some rules, rows to judge and rows that these look at.
///
/// A line has four parts with tabs between: the rule, `j` for a row to judge or `w` for another,
/// the kind, and the line of the fact.
public struct SparkPart {
    private var facts: [String: [AnchoredFact]] = [:]
    private var judged: [String: Set<LedgerPosition>] = [:]
    private var lineCount = 0

    public init() {}

    public var isEmpty: Bool { facts.isEmpty }

    /// Takes a line.
    ///
    /// - Throws: ``BatchError/line(file:line:problem:)``.
    public mutating func add(_ line: String) throws(BatchError) {
        lineCount += 1
        let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let kind = FactKind(name: String(parts[2])) else {
            throw problem("a line is a rule, j or w, a kind and a fact, with tabs between")
        }
        let fact: AnchoredFact
        do throws(FactLine.Problem) {
            fact = try FactLine.read(Array(parts[3].utf8), kind: kind)
        } catch {
            throw problem(error.description)
        }
        let rule = String(parts[0])
        facts[rule, default: []].append(fact)
        if parts[1] == "j" { judged[rule, default: []].insert(fact.position) }
    }

    private func problem(_ text: String) -> BatchError {
        .line(file: "standard input", line: lineCount, problem: text)
    }

    /// The verdicts of the rows to judge of a rule.
    ///
    /// - Throws: ``RuleEngine/KnowledgeError`` where a table lacks a key that the rule names.
    public func judge(
        _ rule: CheckedRule, tables: [KnowledgeTable], present: Timestamp
    ) throws(KnowledgeError) -> [Engine.Judged] {
        let id = rule.rule.header.id
        guard let facts = facts[id], let judged = judged[id] else { return [] }
        let ordered = facts.sorted { $0.position < $1.position }
        let sweep = try Sweep(
            rules: [rule], tables: tables, facts: FactColumns(ordered), present: present)
        return sweep.judge(rule: 0, findingsOnly: true, by: SerialWorkers())
            .filter { judged.contains($0.position) }
    }
}
