internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import RuleEngine
internal import RuleLanguage

/// Runs the rules that the ledger has this institution run, over what it may open.
///
/// Its state is in memory and follows from the entries alone: after a restart, or where a payload
/// came after the rules had given it up, it begins anew and comes to the same findings.
final class RuleHost {
    /// Makes a runner of the rules; it says which of them cannot run, and why.
    typealias Maker = SupervisorSettings.RunnerMaker

    private let versions: [RuleVersion]
    private let make: Maker
    private let patienceMilliseconds: Int64
    private let people: PersonBook
    private var runner: any RuleRunner
    private var feed: FactFeed
    private var isStale = false
    /// When each finding was seen first, in this process.
    private var found: [Digest: Timestamp] = [:]
    /// The findings that are open, by id.
    private(set) var open: [Digest: LocalFinding] = [:]
    /// Why rules do not run here.
    private(set) var problems: [String: String]

    init(
        rules: [RuleVersion], institution: InstitutionID, people: PersonBook,
        patienceMilliseconds: Int64, make: @escaping Maker
    ) throws(SupervisionError) {
        versions = rules.filter { $0.runners.contains(institution) }
        self.make = make
        self.patienceMilliseconds = patienceMilliseconds
        self.people = people
        (runner, problems) = try make(versions)
        feed = FactFeed(patienceMilliseconds: patienceMilliseconds, people: people)
    }

    /// Says that an entry can be read from now on that could not be before.
    func arrived(_ leaf: UInt64) {
        if feed.isOverdue(leaf) { isStale = true }
    }

    /// Says that something was erased: the rules begin anew without it.
    func beginAnew() { isStale = true }

    /// Hands to the rules what is new and can be read.
    ///
    /// Where it turns out that facts handed over before are of one person, all begins anew: the
    /// second time that is known beforehand.
    func advance(_ entries: EntryStore) throws(SupervisionError) {
        let before = feed.asOf
        var isAnew = false
        repeat {
            if isStale || people.isStale {
                (runner, problems) = try make(versions)
                feed = FactFeed(patienceMilliseconds: patienceMilliseconds, people: people)
                isStale = false
                isAnew = true
                people.refresh()
            }
            let runner = runner
            try feed.run(entries) { (block) throws(SupervisionError) in
                runner.take(
                    facts: block.facts, sealed: block.sealed, present: block.mark.anchored)
            }
        } while people.isStale
        if isAnew || feed.asOf != before { try gather(entries) }
    }

    private func gather(_ entries: EntryStore) throws(SupervisionError) {
        var now: [Digest: LocalFinding] = [:]
        for finding in runner.openFindings() {
            let id = FindingStatement.id(of: finding.body)
            if let known = open[id] {
                now[id] = known
                continue
            }
            guard let outline = try? FindingOutline.decode(finding.body) else { continue }
            let time = found[id] ?? feed.asOf.anchored
            found[id] = time
            now[id] = LocalFinding(
                id: id, rule: finding.rule.id, runners: finding.rule.runners,
                subject: Array(outline.subject.name.utf8) + [0] + outline.subject.item,
                body: finding.body, asOf: feed.asOf, found: time,
                joins: try joins(of: outline, entries))
        }
        open = now
    }

    /// The pseudonyms in a finding's evidence that the rule saw under another name.
    private func joins(
        of outline: FindingOutline, _ entries: EntryStore
    ) throws(SupervisionError) -> [FindingStatement.Join] {
        var joins: Set<FindingStatement.Join> = []
        for leaf in outline.leaves {
            for case .patient(let id) in try entries.entry(at: leaf)?.entry.subjects ?? [] {
                let reference = people.reference(of: id)
                guard reference != id else { continue }
                joins.insert(FindingStatement.Join(pseudonym: id, reference: reference))
            }
        }
        return joins.sorted()
    }

    /// The open findings in an order that does not depend on the process.
    var inOrder: [LocalFinding] { open.values.sorted { $0.id < $1.id } }

    func explain(_ finding: Digest) -> Explanation? { runner.explain(finding) }

    func explain(
        rule: String, atMost limit: Int, _ isMeant: ((Int) -> Value?) -> Bool
    ) -> [Explanation]? {
        runner.explain(rule: rule, atMost: limit, isMeant)
    }

    /// The rules that judge facts of one of these kinds.
    func judging(_ kinds: Set<FactKind>) -> [ScreeningAnswer.Rule] {
        runner.judging.filter { kinds.contains($0.kind) }.map { item in
            ScreeningAnswer.Rule(id: item.rule.id, hash: item.rule.hash)
        }
    }

    func whatIf(_ facts: [AnchoredFact]) -> [ScreeningAnswer.Row] {
        runner.whatIf(
            facts.map { AnchoredFact(fact: people.joined($0.fact), position: $0.position) })
    }

    func kind(of rule: String) -> FactKind? { runner.kind(of: rule) }

    func material(of outline: FindingOutline) -> RuleMaterial? { runner.material(of: outline) }

    func outlook(of outline: FindingOutline, _ finding: Digest) -> FindingOutlook {
        open[finding] == nil ? runner.outlook(of: outline, finding) : .open
    }

    /// The block up to which everything was handed to the rules.
    var asOf: LedgerMark { feed.asOf }

    /// How each rule fares here, by id.
    func standings() -> [DeskStatus.RuleStanding] {
        let unevaluated = runner.unevaluated()
        return versions.map { version in
            let counts = unevaluated[version.id]
            return DeskStatus.RuleStanding(
                rule: version.id,
                openCount: UInt64(open.values.count { $0.rule == version.id }),
                sealedCount: UInt64(counts?.sealed ?? 0),
                unknownCount: UInt64(counts?.unknown ?? 0), problem: problems[version.id] ?? "")
        }
    }
}
