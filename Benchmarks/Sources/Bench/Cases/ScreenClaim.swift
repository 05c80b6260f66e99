internal import Foundation
internal import Primitives
internal import Records
internal import RuleEngine
internal import RuleLanguage
internal import RuleSource

/// How long a payer waits for what every rule says of one claim that is not on the ledger yet.
enum ScreenClaim {
    private static let claimCount = 2_000

    static let benchmark = Benchmark(
        name: "screen.claim", unit: "ms", better: .lower, runs: 5,
        settings: "p99 of \(claimCount) claims with their lines, one after another, in process, "
            + "every rule of rules/, after a year of \(FactStream.patientCount) patients"
    ) {
        let (facts, engine) = try prepared.get()
        var screening = engine
        let claims = try Self.claims(of: facts)
        var times: [Double] = []
        for claim in claims {
            var found: [Engine.Judged] = []
            times.append(
                seconds { found = screening.whatIf(claim, present: FactStream.yearEnd) })
            guard !found.isEmpty else { throw BenchError("a claim that no rule judges") }
        }
        times.sort()
        let (half, most) = (times[times.count / 2], times[times.count * 99 / 100])
        Progress.say(
            String(
                format: "p50 %.4f ms, p99 %.4f ms, most %.4f ms", half * 1_000, most * 1_000,
                (times.last ?? 0) * 1_000))
        return most * 1_000
    }

    private static let prepared = Result { try prepare() }

    private static func prepare() throws -> (facts: [AnchoredFact], engine: Engine) {
        let (rules, facts) = try RulesStream.prepared.get()
        var engine = try Engine(rules: rules.rules.map(\.checked), tables: rules.tables)
        engine.take(facts, present: FactStream.yearEnd)
        return (facts, engine)
    }

    /// Claims of the stream's last days, asked for again: each with its lines, at new places.
    private static func claims(of facts: [AnchoredFact]) throws -> [[AnchoredFact]] {
        var claims: [[AnchoredFact]] = []
        var lines: [AnchoredFact] = []
        for fact in facts.reversed() where claims.count < claimCount {
            switch fact.fact.kind {
            case .claimLine: lines.append(fact)
            case .claim:
                var next = UInt64(facts.count)
                claims.append(
                    ([fact] + lines.reversed()).map { fact in
                        next += 1
                        return AnchoredFact(
                            fact: fact.fact,
                            position: LedgerPosition(
                                leafIndex: next, leafHash: .zero, ordinal: 0,
                                height: fact.position.height,
                                anchored: FactStream.yearEnd, issuer: fact.position.issuer))
                    })
                lines = []
            default: lines = []
            }
        }
        return claims
    }
}
