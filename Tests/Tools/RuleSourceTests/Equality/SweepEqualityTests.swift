import Foundation
import Primitives
import Records
import RuleLanguage
import TestSupport
import Testing

@testable import RuleEngine
@testable import RuleSource

private let shipped = RuleFolder(path: Repository.path("rules"))

@Suite("The sweep and the stream")
struct SweepEqualityTests {
    /// Does the last part first, in more parts than there are cores.
    private struct BackwardWorkers: SweepWorkers {
        let count = 3

        func map<Part: Sendable, Answer: Sendable>(
            _ parts: [Part], _ body: @Sendable (Part) -> Answer
        ) -> [Answer] {
            parts.reversed().map(body).reversed()
        }
    }

    private static let others: [CheckedRule] = {
        let schema = RuleSchema.facts(tables: shipped.tables.map(\.schema))
        let reader = RuleReader(schema: schema, reasoning: OddRules.reasoning.map(\.name.name))
        return OddRules.all.enumerated().compactMap { number, body in
            let text = OddRules.text(number, body)
            return try? reader.rule(
                text, file: "odd-\(number).yaml", predicates: [],
                reasoning: OddRules.reasoning
            )
            .check(against: schema)
        }
    }()

    private static let sets: [(name: String, rules: [CheckedRule])] =
        [("odd", others)]
        + Dictionary(grouping: shipped.rules, by: { $0.rule.kind.name }).sorted { $0.key < $1.key }
        .map { ($0.key, $0.value.map(\.checked)) }

    private func lines(_ judged: [Engine.Judged]) -> [String] {
        judged.flatMap { EngineModel.line($0.rule, $0.position, $0.verdict) }
    }

    /// Compares what both say of the same facts.
    ///
    /// - Returns: how many findings there are.
    private func compare(
        _ rules: [CheckedRule], _ facts: [AnchoredFact], _ sealed: [SealedEntry],
        _ present: Timestamp, _ name: String, bounds: EngineBounds = EngineBounds()
    ) throws -> Int {
        let facts = facts.sorted { $0.position < $1.position }
        var engine = try Engine(rules: rules, tables: shipped.tables, bounds: bounds)
        engine.take(facts, sealed: sealed, present: present)
        let wanted = lines(engine.judged)
        var sweep = try Sweep(
            rules: rules, tables: shipped.tables, facts: FactColumns(facts), sealed: sealed,
            present: present, bounds: bounds)
        #expect(lines(sweep.judged(by: SerialWorkers())) == wanted, "\(name)")
        sweep.rowsOfJoin = 4
        let found = sweep.judged(by: BackwardWorkers())
        #expect(lines(found) == wanted, "\(name), in parts")
        let findings = wanted.filter { $0.contains(" finding ") }
        #expect(lines(sweep.judged(findingsOnly: true, by: SerialWorkers())) == findings)
        return findings.count
    }

    @Test("no odd rule is left out")
    func odd() { #expect(Self.others.count == OddRules.all.count) }

    @Test("over any facts both say the same, byte for byte", arguments: 0..<6)
    func anyFacts(seed: UInt64) throws {
        var findings = 0
        for (name, rules) in Self.sets {
            var any = AnyFacts(seed: seed, rules: rules, tables: shipped.tables)
            let facts = try (0..<120).map { try any.fact(leaf: UInt64($0 * 2)) }
            let sealed =
                seed % 2 == 0 ? [] : [any.sealedEntry(leaf: 31), any.sealedEntry(leaf: 77)]
            let present = any.time(weeksAfter: seed % 3 == 0 ? 0 : 8)
            findings += try compare(rules, facts, sealed, present, "seed \(seed), \(name)")
        }
        #expect(findings > 10, "seed \(seed): what finds nothing shows nothing")
    }

    @Test("at a bound both say the same", arguments: 0..<3)
    func bounds(seed: UInt64) throws {
        for (keys, windows, visits) in [(5, 99, 999), (99, 2, 999), (99, 99, 12)] {
            var bounds = EngineBounds()
            bounds.rowsOfKeyMax = keys
            bounds.rowsOfWindowMax = windows
            bounds.visitsOfJudgementMax = visits
            var any = AnyFacts(seed: seed, rules: Self.others, tables: shipped.tables)
            let facts = try (0..<80).map { try any.fact(leaf: UInt64($0 * 2)) }
            _ = try compare(
                Self.others, facts, [], any.time(weeksAfter: 8),
                "seed \(seed), \(keys) of a key, \(windows) of a window", bounds: bounds)
        }
    }

    @Test(
        "each shipped rule finds in a sweep what it finds in a stream",
        arguments: shipped.rules.map(\.file))
    func cases(file: String) throws {
        let entry = try #require(shipped.rules.first { $0.file == file })
        let tests = try #require(try RuleTestReader.beside(file))
        var findings = 0
        for testCase in tests.cases {
            findings += try compare(
                [entry.checked], testCase.facts, testCase.sealed,
                testCase.now ?? Timestamp(milliseconds: 221_845_392_000_000),
                "\(file): \(testCase.name)")
        }
        #expect(findings >= 10, "\(file)")
    }
}

/// Where this repository lies.
private enum Repository {
    static func path(_ name: String) -> String {
        var folder = URL(filePath: #filePath)
        for _ in 0..<5 { folder.deleteLastPathComponent() }
        return folder.appending(path: name).path
    }
}
