internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import RuleLanguage

/// Runs rules over everything that this node may open, beside those that run here, and says what
/// they would have found; nothing is kept.
///
/// A rule that is proposed is tried with the tables of today, a table that is proposed by the rules
/// of today that look things up in it. Entries are read on the desk's thread, some at a time, and
/// judged on another one.
final class BackTest: DeskJob {
    private let entries: EntryStore
    private let candidates: [RuleVersion]
    /// The rules that run here now.
    private let others: [RuleVersion]
    private let bench: BackTestBench
    private let decided: () throws(SupervisionError) -> [DecidedCase]
    private var feed: FactFeed
    private var factCount: UInt64 = 0

    /// How many facts are read at a time.
    private static let factsAtATime = 512

    init(
        entries: EntryStore, people: PersonBook, candidates: BackTestBench.Setting,
        running: BackTestBench.Setting, shelf: TableShelf,
        decided: @escaping () throws(SupervisionError) -> [DecidedCase]
    ) {
        self.entries = entries
        self.candidates = candidates.versions
        others = running.versions
        self.decided = decided
        bench = BackTestBench([candidates, running], shelf: shelf)
        feed = FactFeed(patienceMilliseconds: 0, people: people)
    }

    func next() throws -> (@Sendable () -> Void)? {
        var blocks: [FactFeed.Block] = []
        var count = 0
        while count < BackTest.factsAtATime, let block = try feed.next(entries) {
            blocks.append(block)
            count += max(block.facts.count, 1)
            factCount += UInt64(block.facts.count)
        }
        guard !blocks.isEmpty else { return nil }
        let (bench, all) = (bench, blocks)
        return { for block in all { bench.take(block) } }
    }

    func answer() throws -> [UInt8] {
        BackTestReport.encode(try reports())
    }

    /// A report on each rule that was tried.
    func reports() throws(SupervisionError) -> [BackTestReport] {
        let results = bench.results()
        let found = outlines(results[0].findings)
        let theirs = outlines(results[1].findings)
        let decided = try decided()
        var reports: [BackTestReport] = []
        for candidate in candidates {
            if let problem = results[0].problems[candidate.hash] { throw .rules(problem) }
            var report = BackTestReport(
                rule: candidate.id, hash: candidate.hash, height: feed.asOf.height,
                factCount: factCount)
            let hits = found[candidate.hash] ?? []
            report.hitCount = UInt64(hits.count)
            let unevaluated = results[0].unevaluated[candidate.hash]
            report.sealedCount = UInt64(unevaluated?.sealed ?? 0)
            report.unknownCount = UInt64(unevaluated?.unknown ?? 0)
            try count(hits, in: &report)
            compare(hits, theirs, decided, in: &report)
            reports.append(report)
        }
        return reports
    }

    private func outlines(_ findings: [OpenFinding]) -> [Digest: [FindingOutline]] {
        var outlines: [Digest: [FindingOutline]] = [:]
        for finding in findings {
            guard let outline = try? FindingOutline.decode(finding.body) else { continue }
            outlines[finding.rule.hash, default: []].append(outline)
        }
        return outlines
    }

    /// Hits against those of the rules that run, and against what came of cases.
    private func compare(
        _ hits: [FindingOutline], _ theirs: [Digest: [FindingOutline]],
        _ decided: [DecidedCase], in report: inout BackTestReport
    ) {
        let places = Set(hits.flatMap(places))
        var inForce: Set<UInt64> = []
        for version in others {
            let found = theirs[version.hash] ?? []
            let their = Set(found.flatMap(self.places))
            let shared = hits.count { !their.isDisjoint(with: self.places(of: $0)) }
            if shared > 0, version.id != report.rule {
                report.overlaps.append(.init(name: version.id, count: UInt64(shared)))
            }
            guard version.id == report.rule, version.trial == nil else { continue }
            inForce.formUnion(their)
            report.wonCount = UInt64(hits.count - shared)
            report.lostCount = UInt64(
                found.count { places.isDisjoint(with: self.places(of: $0)) })
        }
        report.overlaps.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for known in decided {
            let isHit = !places.isDisjoint(with: known.leaves)
            if known.isCleared, isHit { report.clearedCount += 1 }
            guard known.outcome == .confirmed else { continue }
            let wasHit =
                known.rules.contains(report.rule) || !inForce.isDisjoint(with: known.leaves)
            if isHit, !wasHit { report.confirmedWonCount += 1 }
            if !isHit, wasHit { report.confirmedLostCount += 1 }
        }
    }

    private func places(of outline: FindingOutline) -> [UInt64] { outline.violating.map(\.index) }

    /// Hits by the institution whose entry is found fault with, and what is at stake by currency.
    private func count(
        _ hits: [FindingOutline], in report: inout BackTestReport
    ) throws(SupervisionError) {
        var institutions: [InstitutionID: UInt64] = [:]
        var amounts: [String: Int64] = [:]
        for hit in hits {
            if let leaf = hit.violating.first?.index, let entry = try entries.entry(at: leaf)?.entry
            {
                institutions[entry.issuer, default: 0] += 1
            }
            if let item = hit.amount, let (units, currency) = BackTest.amount(item) {
                let (sum, overflow) = amounts[currency, default: 0].addingReportingOverflow(units)
                amounts[currency] = overflow ? .max : sum
            }
        }
        report.institutions = institutions.sorted { $0.key < $1.key }.map {
            .init(name: $0.key.name, count: $0.value)
        }
        report.amounts = amounts.sorted { $0.key < $1.key }.map {
            .init(currency: $0.key, minorUnits: $0.value)
        }
    }

    /// The amount in a finding's body: `[3, minor units, currency]`.
    private static func amount(_ item: [UInt8]) -> (Int64, String)? {
        var reader = CBORReader(item)
        guard (try? reader.array(exactly: 3)) != nil, (try? reader.unsigned()) == 3,
            let units = try? reader.integer(), let currency = try? reader.text(atMost: 3)
        else { return nil }
        return (units, currency)
    }
}
