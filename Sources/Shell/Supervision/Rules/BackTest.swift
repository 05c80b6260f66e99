internal import Findings
internal import Ledger
internal import Primitives
internal import Records
internal import RuleLanguage

/// Runs a rule over everything that this node may open, beside the rules that run here, and says
/// what it would have found; nothing is kept.
struct BackTest {
    let entries: EntryStore
    let people: PersonBook
    /// The rules that run here now.
    let running: [RuleVersion]
    let folder: String

    /// The report on a canonical rule.
    ///
    /// - Throws: ``SupervisionError/rules(_:)`` where the rule cannot run here.
    func report(on rule: Rule) throws(SupervisionError) -> BackTestReport {
        let candidate = RuleVersion(id: rule.header.id, hash: rule.hash, runners: [])
        let others = running.filter { $0.hash != rule.hash }
        let (runner, problems) = try EngineRunner.make(
            [candidate] + others, folder: folder, beside: [rule.hash: rule])
        if let problem = problems[rule.hash] { throw .rules(problem) }
        var feed = FactFeed(patienceMilliseconds: 0, people: people)
        var factCount: UInt64 = 0
        try feed.run(entries) { (block) throws(SupervisionError) in
            factCount += UInt64(block.facts.count)
            runner.take(
                facts: block.facts, sealed: block.sealed, present: block.mark.anchored)
        }
        var report = BackTestReport(
            rule: candidate.id, hash: candidate.hash, height: feed.asOf.height,
            factCount: factCount)
        var found: [Digest: [FindingOutline]] = [:]
        for finding in runner.openFindings() {
            guard let outline = try? FindingOutline.decode(finding.body) else { continue }
            found[finding.rule.hash, default: []].append(outline)
        }
        let hits = found[candidate.hash] ?? []
        report.hitCount = UInt64(hits.count)
        let unevaluated = runner.unevaluated()[candidate.hash]
        report.sealedCount = UInt64(unevaluated?.sealed ?? 0)
        report.unknownCount = UInt64(unevaluated?.unknown ?? 0)
        try count(hits, in: &report)
        let places = Set(hits.flatMap(places))
        for version in others {
            let theirs = found[version.hash] ?? []
            let their = Set(theirs.flatMap(self.places))
            let shared = hits.count { !their.isDisjoint(with: self.places(of: $0)) }
            if shared > 0, version.id != candidate.id {
                report.overlaps.append(.init(name: version.id, count: UInt64(shared)))
            }
            guard version.id == candidate.id, version.trial == nil else { continue }
            report.wonCount = UInt64(hits.count - shared)
            report.lostCount = UInt64(
                theirs.count { places.isDisjoint(with: self.places(of: $0)) })
        }
        report.overlaps.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return report
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
