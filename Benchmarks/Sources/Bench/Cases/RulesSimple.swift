internal import Foundation
internal import Primitives
internal import RuleEngine
internal import RuleLanguage

/// How many claims a second one rule of five conditions decides, on one thread.
///
/// With `CUSTOS_PEERS` set to a folder that holds `simple_rule_peers.py`, other engines decide the
/// same claims in the same run, and say so on standard error.
enum RulesSimple {
    private static let claimCount = 20_000
    /// The rule: amount > 5000, age < 65, days > 30, risk > 0.4 and code in ['OP1', 'OP2'].
    private static var rule: RuleLanguage.Expression {
        func name(_ text: String) -> RuleLanguage.Expression {
            RuleLanguage.Expression(.name(text))
        }
        func decimal(_ text: String) -> RuleLanguage.Expression {
            RuleLanguage.Expression(
                .call("decimal", [RuleLanguage.Expression(.literal(.text(text)))]))
        }
        func compare(
            _ left: String, _ symbol: BinaryOperator, _ right: RuleLanguage.Expression
        ) -> RuleLanguage.Expression { RuleLanguage.Expression(.binary(symbol, name(left), right)) }
        let codes = ["OP1", "OP2"].map { RuleLanguage.Expression(.literal(.text($0))) }
        let conditions = [
            compare("amount", .greater, decimal("5000")),
            compare("age", .less, RuleLanguage.Expression(.literal(.integer(65)))),
            compare("days", .greater, RuleLanguage.Expression(.literal(.integer(30)))),
            compare("risk", .greater, decimal("0.4")),
            compare("code", .within, RuleLanguage.Expression(.list(codes))),
        ]
        return conditions.dropFirst().reduce(conditions[0]) {
            RuleLanguage.Expression(.binary(.and, $0, $1))
        }
    }
    private static let variables: [(name: String, type: RuleType)] = [
        ("amount", .decimal), ("age", .integer), ("days", .integer), ("risk", .decimal),
        ("code", .text),
    ]

    static let byName = Benchmark(
        name: "rules.simple", unit: "decisions/s", better: .higher, runs: 5,
        settings: "five conditions, \(claimCount) rows, each value looked up by the name of its "
            + "field, by the processor time of one core"
    ) {
        try runPeers.get()
        var (decision, rows) = try prepared()
        var hits = 0
        let time = processorSeconds {
            for row in rows {
                if case .bool(true) = decision.decide(row) { hits += 1 }
            }
        }
        guard hits > 0 else { throw BenchError("no row was hit") }
        return Double(claimCount) / time
    }

    static let typed = Benchmark(
        name: "rules.simple.typed", unit: "decisions/s", better: .higher, runs: 5,
        settings: "the same rule and rows, values in typed words, 100 times over, by the "
            + "processor time of one core"
    ) {
        var (decision, rows) = try prepared()
        var words: [Int64] = []
        var wanted = 0
        for row in rows {
            if case .bool(true) = decision.decide(row) { wanted += 1 }
            let values = variables.compactMap { row[$0.name] }
            guard let more = decision.words(values) else { throw BenchError("a row of text") }
            words += more
        }
        var hits = 0
        let time = processorSeconds {
            for _ in 0..<100 {
                for row in 0..<claimCount
                where decision.decide(words: words, at: row * variables.count * 2) == true {
                    hits += 1
                }
            }
        }
        guard hits == 100 * wanted else { throw BenchError("\(hits) hits for \(100 * wanted)") }
        return Double(100 * claimCount) / time
    }

    private static func prepared() throws -> (Decision, [[String: Value]]) {
        let decision = try Decision(rule, variables: variables)
        var random = SplitMix(seed: 7)
        let codes = ["A10", "B20", "C30", "OP1", "OP2"]
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        let rows = (0..<claimCount).map { _ -> [String: Value] in
            [
                "amount": .decimal(
                    ExactDecimal(coefficient: Int64(pick(2_000_000)), scale: 2) ?? .zero),
                "age": .integer(Int64(pick(96))), "days": .integer(Int64(1 + pick(120))),
                "risk": .decimal(
                    ExactDecimal(coefficient: Int64(pick(1_000_000)), scale: 6) ?? .zero),
                "code": .text(codes[pick(5)]),
            ]
        }
        return (decision, rows)
    }

    /// Runs the peers once, where they are.
    private static let runPeers = Result {
        guard let folder = ProcessInfo.processInfo.environment["CUSTOS_PEERS"] else { return }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "\(folder)/simple_rule_peers.py"]
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
    }
}
