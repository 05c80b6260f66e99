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

    private let institution: InstitutionID
    private var charters: CharterTimeline
    private var running: [RunningRule]
    /// The knowledge tables that the ledger names.
    private(set) var tables: [TableVersion]
    private let make: Maker
    private let patienceMilliseconds: Int64
    private let entriesAtATime: UInt64
    private let people: PersonBook
    private var runner: any RuleRunner
    private var feed: FactFeed
    private var progress = DeliveryProgress()
    private var isStale = false
    /// Whether there is more that can be handed to the rules now.
    private(set) var isBehind = false
    /// How far the rules had come when they began anew, or the ledger when they began.
    private var comeback: Height?
    /// As of which block findings were taken over last.
    private var gathered = LedgerMark.genesis
    /// Whether all findings are to be taken over, and not only what has changed.
    private var mustGatherAll = true
    /// When each finding was seen first, in this process.
    private var found: [Digest: Timestamp] = [:]
    /// The findings that are open, by id.
    private(set) var open: [Digest: LocalFinding] = [:]
    /// What findings are called that stand with other versions of tables.
    private var names = StandingNames()
    /// Findings that opened or closed since ``takeChanged()``.
    private var changed: Set<Digest> = []
    /// By which rules and tables it was decided what counts.
    private var counted: Standing?

    /// What the ledger has this node run for a block.
    private struct Standing: Equatable {
        let rules: [RunningRule]
        let tables: [TableVersion]
    }
    /// When the first payload came that the rules had given up.
    private var lateSince: Timestamp?
    /// Why rules do not run here.
    private(set) var problems: [Digest: String]

    init(
        charters: CharterTimeline, institution: InstitutionID, people: PersonBook,
        patienceMilliseconds: Int64, entriesAtATime: UInt64, make: @escaping Maker
    ) throws(SupervisionError) {
        self.institution = institution
        self.charters = charters
        running = RunningRule.all(of: charters.current, by: institution)
        tables = charters.current.tables
        self.make = make
        self.patienceMilliseconds = patienceMilliseconds
        self.entriesAtATime = max(1, entriesAtATime)
        self.people = people
        (runner, problems) = try make(running.map(\.asVersion), tables)
        feed = FactFeed(patienceMilliseconds: patienceMilliseconds, people: people)
    }

    /// The rules that run here.
    var versions: [RuleVersion] { running.map(\.asVersion) }

    /// Takes over which rules are in force at each height so far.
    func follow(_ charters: CharterTimeline) {
        self.charters = charters
    }

    /// Says that there is more to see, to which the rules come later.
    func leaveBehind() { isBehind = true }

    /// Says that payloads were delivered.
    func delivered(_ answer: DeliveryAnswer, at now: Timestamp) {
        progress.note(answer, at: now)
        feed.follow(progress)
    }

    /// Says that an entry can be read from now on that could not be before.
    func arrived(_ leaf: UInt64, at now: Timestamp) {
        guard feed.arrived(leaf) else { return }
        lateSince = lateSince ?? now
    }

    /// Whether the rules begin anew for payloads that came late.
    ///
    /// They do once all have come that were given up, or after as long as a payload is waited for:
    /// else many late ones would let them begin anew many times, and never come to the end.
    private func isLate(_ now: Timestamp) -> Bool {
        guard let lateSince else { return false }
        return feed.overdue.isEmpty || now.isLater(than: lateSince, by: patienceMilliseconds)
    }

    /// Says that something was erased, or a rule or table came that was missing: the rules begin
    /// anew.
    func beginAnew() { isStale = true }

    /// Hands to the rules what is new and can be read, some of it at a time (``isBehind``).
    ///
    /// Where it turns out that facts handed over before are of one person, all begins anew: the
    /// second time that is known beforehand. So it does where the last block is one for which the
    /// ledger has other rules run; where it has the same ones in another stage, they go on.
    /// `standingFindings` gives those that stand on the ledger and can be read here.
    func advance(
        _ entries: EntryStore,
        standingFindings: () throws(SupervisionError) -> [StandingNames.Standing]
    ) throws(SupervisionError) {
        if isLate(entries.mark.anchored) { isStale = true }
        comeback = comeback ?? entries.mark.height
        if turn(to: charters.charter(at: entries.mark.height)) { mustGatherAll = true }
        repeat {
            if isStale || people.isStale { try makeAnew() }
            guard !running.isEmpty else {
                try feed.pass(entries)
                isBehind = false
                break
            }
            let runner = runner
            isBehind = try !feed.run(entries, atLeast: entriesAtATime) {
                (block) throws(SupervisionError) in
                runner.take(
                    facts: block.facts, sealed: block.sealed, present: block.mark.anchored)
            }
        } while people.isStale
        guard mayGather else { return }
        gathered = feed.asOf
        if mustGatherAll {
            names = StandingNames(try tables.isEmpty ? [] : standingFindings())
        }
        let charter = charters.charter(at: feed.asOf.height)
        let standing = Standing(
            rules: RunningRule.all(of: charter, by: institution), tables: charter.tables)
        if mustGatherAll || standing != counted {
            counted = standing
            mustGatherAll = false
            try gatherAll(standing, entries)
        } else {
            try gather(standing, entries)
        }
    }

    /// Whether what the rules have open is worth a look: when they have seen all there is, and now
    /// and then where they lag, for much of it closes again by what lies ahead.
    private var mayGather: Bool {
        guard isBehind else { return true }
        return feed.asOf.height >= comeback ?? .genesis
            && feed.asOf.anchored.isLater(than: gathered.anchored, by: patienceMilliseconds)
    }

    private func makeAnew() throws(SupervisionError) {
        (runner, problems) = try make(versions, tables)
        comeback = max(comeback ?? .genesis, feed.asOf.height)
        mustGatherAll = true
        feed = FactFeed(
            patienceMilliseconds: patienceMilliseconds, people: people, progress: progress)
        isStale = false
        lateSince = nil
        people.refresh()
    }

    /// Takes over what a charter has this node run; says whether that is something else than
    /// before.
    private func turn(to charter: Charter) -> Bool {
        let wanted = RunningRule.all(of: charter, by: institution)
        let isOfOtherTables = charter.tables != tables
        if isOfOtherTables {
            tables = charter.tables
            isStale = true
        }
        guard wanted != running else { return isOfOtherTables }
        if wanted.map(\.hash) == running.map(\.hash) {
            runner.stand(wanted.map(\.asVersion))
        } else {
            isStale = true
        }
        running = wanted
        return true
    }

    /// Whether what a rule finds counts: for the block that it is as of the ledger has this node
    /// run the rule so with these tables, and the rule judges the services that it is about, which
    /// are those of the latest day among the entries that speak against somebody.
    private func counts(
        _ finding: OpenFinding, _ standing: Standing, _ entries: EntryStore
    ) throws(SupervisionError) -> Bool {
        guard standing.tables == tables,
            let rule = standing.rules.first(where: { $0.asVersion == finding.rule })
        else { return false }
        guard rule.isBounded, let outline = try? FindingOutline.decode(finding.body) else {
            return true
        }
        var day: Day?
        for leaf in outline.violating {
            guard let entry = try entries.entry(at: leaf.index)?.entry else { continue }
            day = max(day ?? entry.eventTime.day, entry.eventTime.day)
        }
        return day.map(rule.judges) ?? true
    }

    /// Takes over what has changed since the last time.
    private func gather(
        _ standing: Standing, _ entries: EntryStore
    ) throws(SupervisionError) {
        let changes = runner.takeChanges()
        changed.formUnion(changes.closed.map { names.name($0) })
        for id in changes.closed { open[names.name(id)] = nil }
        for finding in changes.opened where try counts(finding, standing, entries) {
            let known = named(finding)
            changed.insert(known.id)
            open[known.id] = try local(known.finding, known.id, entries)
        }
    }

    /// Takes over every finding anew: for the rules began anew, or others of them count.
    private func gatherAll(
        _ standing: Standing, _ entries: EntryStore
    ) throws(SupervisionError) {
        _ = runner.takeChanges()
        var now: [Digest: LocalFinding] = [:]
        for finding in runner.openFindings() where try counts(finding, standing, entries) {
            let known = named(finding)
            now[known.id] = try local(known.finding, known.id, entries)
        }
        changed.formUnion(open.keys)
        changed.formUnion(now.keys)
        open = now
    }

    /// A finding of the runner's under the name that it has on the ledger, where it stands.
    private func named(_ finding: OpenFinding) -> (id: Digest, finding: OpenFinding) {
        let known = names.name(FindingStatement.id(of: finding.body), finding.body)
        return (known.finding, OpenFinding(rule: finding.rule, body: known.body))
    }

    /// A finding of the runner's as this node has it: as it was, where it was open before.
    private func local(
        _ finding: OpenFinding, _ id: Digest, _ entries: EntryStore
    ) throws(SupervisionError) -> LocalFinding? {
        if let known = open[id], known.rule == finding.rule { return known }
        guard let outline = try? FindingOutline.decode(finding.body) else { return nil }
        let time = found[id] ?? feed.asOf.anchored
        found[id] = time
        return LocalFinding(
            id: id, rule: finding.rule, runners: finding.rule.runners,
            publishers: finding.rule.publishers,
            subject: Array(outline.subject.name.utf8) + [0] + outline.subject.item,
            body: finding.body, asOf: feed.asOf, found: time,
            joins: try joins(of: outline, entries))
    }

    /// The findings that opened or closed since this was asked last.
    func takeChanged() -> Set<Digest> {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed
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

    func explain(_ finding: Digest) -> Explanation? {
        runner.explain(names.asFound(finding)?.finding ?? finding)
    }

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
        guard open[finding] == nil else { return .open }
        guard let found = names.asFound(finding),
            let now = try? FindingOutline.decode(found.body)
        else { return runner.outlook(of: outline, finding) }
        return runner.outlook(of: now, found.finding)
    }

    /// The block up to which everything was handed to the rules.
    var asOf: LedgerMark { feed.asOf }

    /// The last block up to which the rules have seen all that is sealed to this institution.
    var wholeThrough: Height { feed.wholeThrough }

    /// How many rules that run here look things up in a version of a table.
    func ruleCount(of table: TableVersion) -> UInt64 { UInt64(runner.ruleCount(of: table.hash)) }

    /// Whether a rule that runs here, by its hash, looks things up in the table of a name.
    func reads(_ rule: Digest, table: String) -> Bool { runner.reads(rule, table: table) }

    /// How each rule fares here, by id.
    func standings() -> [DeskStatus.RuleStanding] {
        let unevaluated = runner.unevaluated()
        return versions.map { version in
            let counts = unevaluated[version.hash]
            return DeskStatus.RuleStanding(
                rule: version.id, hash: version.hash, stage: version.stage,
                openCount: UInt64(open.values.count { $0.rule.hash == version.hash }),
                sealedCount: UInt64(counts?.sealed ?? 0),
                unknownCount: UInt64(counts?.unknown ?? 0), problem: problems[version.hash] ?? "")
        }
    }
}
