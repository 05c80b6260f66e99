internal import Primitives
internal import Records
public import RuleEngine
public import RuleLanguage

/// What came of the cases beside a rule, and which conditions they tried.
public struct RuleTestReport: Sendable {
    public struct Failure: Sendable, Hashable {
        public let name: String
        public let message: String
    }

    public let rule: String
    public let caseCount: Int
    /// How many cases must flag, and how many must not.
    public let flagCount: Int
    public let noFlagCount: Int
    public let failures: [Failure]
    public let coverage: [ConditionCoverage]
}

/// Runs the cases beside a rule, each on an engine of its own.
public enum RuleTestRunner {
    /// When nothing else is said: long after every window has closed.
    private static let farFuture = Timestamp(milliseconds: 221_845_392_000_000)

    /// - Throws: ``KnowledgeError`` where a table lacks a key that the rule names.
    public static func run(
        _ file: RuleTestFile, rule: CheckedRule, tables: [KnowledgeTable]
    ) throws(KnowledgeError) -> RuleTestReport {
        var failures: [RuleTestReport.Failure] = []
        var coverage: [ConditionCoverage] = []
        for testCase in file.cases {
            var engine = try Engine(rules: [rule], tables: tables)
            engine.recordCoverage()
            engine.take(
                testCase.facts, sealed: testCase.sealed, present: testCase.now ?? farFuture)
            let seen = engine.coverage(rule: 0)
            coverage =
                coverage.isEmpty ? seen : zip(coverage, seen).map { $0.joined(with: $1) }
            if let message = check(testCase, engine) {
                failures.append(RuleTestReport.Failure(name: testCase.name, message: message))
            }
        }
        return RuleTestReport(
            rule: file.rule, caseCount: file.cases.count,
            flagCount: file.cases.count { $0.expected == .flag },
            noFlagCount: file.cases.count { $0.expected == .noFlag }, failures: failures,
            coverage: coverage)
    }

    /// Whether every case comes out as it must; stops at the first that does not.
    static func holds(
        _ file: RuleTestFile, rule: CheckedRule, tables: [KnowledgeTable]
    ) throws(KnowledgeError) -> Bool {
        for testCase in file.cases {
            var engine = try Engine(rules: [rule], tables: tables)
            engine.take(
                testCase.facts, sealed: testCase.sealed, present: testCase.now ?? farFuture)
            // What the reason says may change with a threshold that nothing else depends on.
            if check(testCase, engine, withWords: false) != nil { return false }
        }
        return true
    }

    /// What is wrong, or nil where the case came out as it must.
    private static func check(
        _ testCase: RuleTestFile.Case, _ engine: Engine, withWords: Bool = true
    ) -> String? {
        var flagged: [UInt64] = []
        var reasons: [String] = []
        var causes: [String] = []
        for judged in engine.judged {
            switch judged.verdict {
            case .finding(let body):
                flagged.append(judged.position.leafIndex)
                reasons.append(reason(of: body) ?? "")
            case .notEvaluated(let cause):
                let sealed = cause.isSealed ? "sealed: " : ""
                causes.append("fact \(judged.position.leafIndex): \(sealed)\(cause)")
            default: break
            }
        }
        let came =
            !flagged.isEmpty
            ? RuleTestFile.Expectation.flag : causes.isEmpty ? .noFlag : .notEvaluated
        guard came == testCase.expected else {
            let rest = (reasons + causes).joined(separator: "; ")
            return "expected \(testCase.expected.rawValue), came \(came.rawValue)"
                + (rest.isEmpty ? "" : ": \(rest)")
        }
        if let flags = testCase.flags, flags != flagged.sorted() {
            return "expected facts \(flags) to be flagged, were \(flagged.sorted())"
        }
        guard withWords else { return nil }
        if let says = testCase.says, !reasons.contains(where: { $0.contains(says) }) {
            return "no reason says '\(says)': \(reasons.joined(separator: "; "))"
        }
        if let because = testCase.because, !causes.contains(where: { $0.contains(because) }) {
            return "no cause says '\(because)': \(causes.joined(separator: "; "))"
        }
        return nil
    }

    /// The reason that a finding's body gives (key 13 of `docs/formats/finding.md`).
    private static func reason(of body: [UInt8]) -> String? {
        var reader = CBORReader(body)
        guard let count = try? reader.map(atMost: 14) else { return nil }
        for _ in 0..<count {
            guard let key = try? reader.unsigned() else { return nil }
            if key == 13 { return try? reader.text() }
            _ = try? reader.item()
        }
        return nil
    }
}
