import Foundation
import Primitives
import Records
import RuleLanguage
import TestSupport
import Testing

@testable import RuleEngine
@testable import RuleSource

private let shipped = RuleFolder(path: Repository.path("rules"))

@Suite("The engine and its model")
struct EngineEqualityTests {
    /// Rules that use what the shipped ones do not.
    private static let others: [CheckedRule] = {
        let schema = RuleSchema.facts(tables: shipped.tables.map(\.schema))
        let reader = RuleReader(schema: schema, reasoning: OddRules.reasoning.map(\.name.name))
        return OddRules.all.enumerated().compactMap { number, body in
            do {
                let text = OddRules.text(number, body)
                return try reader.rule(
                    text, file: "odd-\(number).yaml", predicates: [],
                    reasoning: OddRules.reasoning
                )
                .check(against: schema)
            } catch {
                Issue.record("odd rule \(number): \(error)")
                return nil
            }
        }
    }()

    private static let sets: [(name: String, rules: [CheckedRule])] =
        [("odd", others)]
        + Dictionary(grouping: shipped.rules, by: { $0.rule.kind.name }).sorted { $0.key < $1.key }
        .map { ($0.key, $0.value.map(\.checked)) }

    private func lines(_ engine: Engine) -> [String] {
        engine.judged.flatMap { EngineModel.line($0.rule, $0.position, $0.verdict) }.sorted()
    }

    @Test("after every step the open findings are the model's, byte for byte", arguments: 0..<3)
    func steps(seed: UInt64) throws {
        var findings = 0
        for (name, rules) in Self.sets { findings += try run(seed: seed, name, rules) }
        #expect(findings > 10, "seed \(seed): what finds nothing shows nothing")
    }

    /// Feeds facts in any order and in blocks, with sealed entries and a present that goes on, and
    /// compares after each block; in between asks what facts to come would do.
    ///
    /// - Returns: how many findings are open in the end.
    @discardableResult
    private func run(
        seed: UInt64, _ name: String, _ rules: [CheckedRule], bounds: EngineBounds = EngineBounds()
    ) throws -> Int {
        var any = AnyFacts(seed: seed, rules: rules, tables: shipped.tables)
        var left = try (0..<50).map { try any.fact(leaf: UInt64($0 * 2)) }
        var engine = try Engine(rules: rules, tables: shipped.tables, bounds: bounds)
        let model = EngineModel(rules: rules, tables: shipped.tables, bounds: bounds)
        var facts: [AnchoredFact] = []
        var sealed: [SealedEntry] = []
        var present = any.time()
        while !left.isEmpty {
            var block: [AnchoredFact] = []
            for _ in 0...any.below(6) where !left.isEmpty {
                // Late and in disorder, now and then.
                block.append(left.remove(at: any.chance(60) ? 0 : any.below(left.count)))
            }
            let marks = any.chance(15) ? [any.sealedEntry(leaf: UInt64(any.below(50) * 2 + 1))] : []
            facts += block
            sealed += marks
            if any.chance(30) { present = max(present, any.time(weeksAfter: 8)) }
            let tried = try (0..<3).map { try any.fact(leaf: 1_000 + UInt64($0)) }
            let before = lines(engine)
            let found = engine.whatIf(tried, present: present)
            #expect(lines(engine) == before, "seed \(seed), \(name): a trial left something")
            let places = Set(tried.map(\.position))
            let wouldBe = try model.answers(
                facts.dropLast(block.count) + tried, sealed: sealed.dropLast(marks.count),
                present: present
            ).filter { line in places.contains { line.contains(" \($0.leafIndex).0 ") } }
            #expect(
                found.flatMap { EngineModel.line($0.rule, $0.position, $0.verdict) }.sorted()
                    == wouldBe, "seed \(seed), \(name): a trial after \(facts.count) facts")
            engine.take(block, sealed: marks, present: present)
            let wanted = try model.answers(facts, sealed: sealed, present: present)
            #expect(lines(engine) == wanted, "seed \(seed), \(name), \(facts.count) facts")
        }
        var again = try Engine(rules: rules, tables: shipped.tables, bounds: bounds)
        again.take(facts.reversed(), sealed: sealed, present: present)
        #expect(lines(again) == lines(engine), "seed \(seed), \(name): fed again from what is kept")
        return lines(engine).count { $0.contains(" finding ") }
    }

    @Test("at a bound the engine answers as its model: not evaluated, and why", arguments: 0..<3)
    func bounds(seed: UInt64) throws {
        var bounds = EngineBounds()
        bounds.rowsOfKeyMax = 5
        try run(seed: seed, "few rows of a key", Self.others, bounds: bounds)
        bounds = EngineBounds()
        bounds.rowsOfWindowMax = 2
        try run(seed: seed, "few rows of a window", Self.others, bounds: bounds)
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
