internal import Foundation
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// How many facts a second go through the engine with rules of `rules/`.
enum RulesStream {
    /// As many facts as a block brings.
    private static let blockFactCount = 256

    static let benchmark = Benchmark(
        name: "rules.stream", unit: "facts/s", better: .higher, runs: 5,
        settings: "\(ruleCount) rules of rules/, of the eight groups in turn the next by id, "
            + settings
    ) {
        let wanted = forty(try prepared.get().rules.rules.map(\.rule.header.id))
        return try factsPerSecond { wanted.contains($0.id) }
    }

    /// Everything that the repository ships.
    static let all = Benchmark(
        name: "rules.stream.all", unit: "facts/s", better: .higher, runs: 5,
        settings: "every rule of rules/, " + settings
    ) {
        try factsPerSecond { _ in true }
    }

    /// Those that a claim is held against before it is paid, without those of statistics.
    static let during = Benchmark(
        name: "rules.stream.during", unit: "facts/s", better: .higher, runs: 5,
        settings: "every rule of rules/ whose stage names 'during', " + settings
    ) {
        try factsPerSecond { header in
            header.attributes.contains { $0.name == .stage && $0.text.contains("during") }
        }
    }

    private static let ruleCount = 40

    /// Forty of these rules: one after the other of each group by id, until there are as many.
    private static func forty(_ ids: [String]) -> Set<String> {
        let groups = Dictionary(grouping: ids.sorted()) { $0.prefix(2) }
        let inTurn = groups.sorted { $0.key < $1.key }.flatMap { group in
            group.value.enumerated().map { (turn: $0.offset, id: $0.element) }
        }.sorted { ($0.turn, $0.id) < ($1.turn, $1.id) }
        return Set(inTurn.prefix(ruleCount).map(\.id))
    }

    private static let settings =
        "a year of \(FactStream.patientCount) patients in the order of the ledger, "
        + "\(blockFactCount) facts a block, findings kept open, by the processor time of one core"

    private static func factsPerSecond(
        _ isWanted: (RuleHeader) -> Bool
    ) throws -> Double {
        let (folder, facts) = try prepared.get()
        let rules = folder.rules.filter { isWanted($0.rule.header) }
        var engine = try Engine(rules: rules.map(\.checked), tables: folder.tables)
        let time = try processorSeconds { try feed(facts, to: &engine) }
        var counts: [String: Int] = [:]
        for judged in engine.judged {
            guard case .finding = judged.verdict else { continue }
            counts[rules[judged.rule].rule.header.id, default: 0] += 1
        }
        let found = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        Progress.say(
            "\(facts.count) facts, \(rules.count) rules; open: "
                + found.joined(separator: ", "))
        return Double(facts.count) / time
    }

    private static func feed(_ facts: [AnchoredFact], to engine: inout Engine) throws {
        var start = 0
        while start < facts.count {
            let end = min(start + blockFactCount, facts.count)
            engine.take(Array(facts[start..<end]), present: facts[end - 1].position.anchored)
            start = end
        }
    }

    static let prepared = Result { try prepare() }

    /// The shipped rules and a year of facts.
    private static func prepare() throws -> (rules: RuleFolder, facts: [AnchoredFact]) {
        let rules = RuleFolder(path: Checkout.path("rules"))
        if let error = rules.errors.first { throw BenchError("\(error)") }
        return (rules, try FactStream.facts(seed: 7))
    }
}
