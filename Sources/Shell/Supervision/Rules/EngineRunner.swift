internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import RuleEngine
internal import RuleLanguage

/// Runs the rules of the node's folder by the engine.
final class EngineRunner: RuleRunner {
    private var versions: [RuleVersion]
    private let library: RuleLibrary
    private var engine: Engine
    /// Where each open finding comes from: more than one place where they say the same.
    private var open: [Digest: Found] = [:]
    /// The finding that is open at a place.
    private var ids: [Place: Digest] = [:]

    private struct Found {
        let body: [UInt8]
        var places: Set<Place>
    }

    private struct Place: Hashable {
        let rule: Int
        let position: LedgerPosition
    }

    private init(versions: [RuleVersion], library: RuleLibrary, engine: Engine) {
        self.versions = versions
        self.library = library
        self.engine = engine
    }

    /// A runner of those rules that can run with the tables that the ledger names, and why the
    /// others cannot; `further` are rules that need not lie in the folder.
    static func make(
        _ versions: [RuleVersion], tables: [TableVersion], shelf: TableShelf,
        beside further: [Digest: Rule] = [:]
    ) throws(SupervisionError) -> (runner: any RuleRunner, problems: [Digest: String]) {
        let library = try RuleLibrary(shelf, tables)
        var problems: [Digest: String] = [:]
        var running: [RuleVersion] = []
        var rules: [CheckedRule] = []
        for version in versions {
            do throws(RuleRefusal) {
                let rule = try library.rule(version, beside: further)
                // A rule that a table does not serve must not keep the others from running.
                _ = try engine([rule], library)
                rules.append(rule)
                running.append(version)
            } catch {
                problems[version.hash] = ([error.reason] + library.problems).joined(separator: "; ")
            }
        }
        do throws(RuleRefusal) {
            let engine = try engine(rules, library)
            return (EngineRunner(versions: running, library: library, engine: engine), problems)
        } catch {
            throw .rules(error.reason)
        }
    }

    private static func engine(
        _ rules: [CheckedRule], _ library: RuleLibrary
    ) throws(RuleRefusal) -> Engine {
        do throws(KnowledgeError) {
            return try Engine(rules: rules, tables: library.tables)
        } catch {
            throw RuleRefusal(reason: "\(error)")
        }
    }

    func stand(_ versions: [RuleVersion]) {
        self.versions = self.versions.map { old in
            versions.first { $0.hash == old.hash } ?? old
        }
    }

    func take(facts: [AnchoredFact], sealed: [SealedMark], present: Timestamp) {
        engine.take(
            facts,
            sealed: sealed.map { mark in
                SealedEntry(
                    kind: mark.kind, patient: mark.patient, practitioner: mark.practitioner,
                    time: mark.time, leafIndex: mark.leafIndex, issuer: mark.issuer)
            }, present: present)
    }

    func takeChanges() -> FindingChanges {
        let changes = engine.takeChanges()
        var closed: Set<Digest> = []
        for change in changes {
            let place = Place(rule: change.rule, position: change.position)
            guard let id = ids.removeValue(forKey: place) else { continue }
            open[id]?.places.remove(place)
            guard open[id]?.places.isEmpty ?? false else { continue }
            open[id] = nil
            closed.insert(id)
        }
        var opened: [OpenFinding] = []
        for change in changes {
            guard let body = change.body else { continue }
            let place = Place(rule: change.rule, position: change.position)
            let id = FindingStatement.id(of: body)
            ids[place] = id
            guard open[id]?.places.insert(place) == nil else { continue }
            open[id] = Found(body: body, places: [place])
            if closed.remove(id) == nil {
                opened.append(OpenFinding(rule: versions[change.rule], body: body))
            }
        }
        return FindingChanges(opened: opened, closed: closed.sorted())
    }

    func openFindings() -> [OpenFinding] {
        open.sorted { $0.key < $1.key }.compactMap { _, found in
            found.places.first.map { OpenFinding(rule: versions[$0.rule], body: found.body) }
        }
    }

    func unevaluated() -> [Digest: (sealed: Int, unknown: Int)] {
        var counts: [Digest: (sealed: Int, unknown: Int)] = [:]
        for judged in engine.judged {
            guard case .notEvaluated(let cause) = judged.verdict else { continue }
            let id = versions[judged.rule].hash
            if cause.isSealed {
                counts[id, default: (0, 0)].sealed += 1
            } else {
                counts[id, default: (0, 0)].unknown += 1
            }
        }
        return counts
    }

    func explain(_ finding: Digest) -> Explanation? {
        let places = open[finding]?.places
        guard let first = places?.min(by: { $0.position < $1.position }) else { return nil }
        return engine.explain(rule: first.rule, at: first.position)
    }

    func explain(
        rule: String, atMost limit: Int, _ isMeant: ((Int) -> Value?) -> Bool
    ) -> [Explanation]? {
        guard let number = versions.firstIndex(where: { $0.id == rule }) else { return nil }
        return engine.explain(rule: number, atMost: limit, isMeant).map(\.explanation)
    }

    func kind(of rule: String) -> FactKind? {
        guard let number = versions.firstIndex(where: { $0.id == rule }) else { return nil }
        return FactKind.allCases[engine.rules[number].kind]
    }

    func ruleCount(of table: Digest) -> Int {
        engine.rules.count { rule in rule.tables.contains { library.tables[$0].hash == table } }
    }

    func reads(_ rule: Digest, table: String) -> Bool {
        zip(versions, engine.rules).contains { version, checked in
            version.hash == rule
                && checked.tables.contains { library.tables[$0].schema.name == table }
        }
    }

    var judging: [(rule: RuleVersion, kind: FactKind)] {
        zip(versions, engine.rules).filter { $0.0.trial == nil }.map {
            ($0, FactKind.allCases[$1.kind])
        }
    }

    func whatIf(_ facts: [AnchoredFact]) -> [ScreeningAnswer.Row] {
        engine.whatIf(facts, present: Timestamp(milliseconds: .min)).compactMap { judged in
            // What is on trial decides about no claim.
            guard versions[judged.rule].trial == nil else { return nil }
            let rule = versions[judged.rule].id
            switch judged.verdict {
            case .notConcerned, .clear: return nil
            case .excused(let exception):
                return ScreeningAnswer.Row(
                    rule: rule, outcome: .excused, body: [], words: exception)
            case .finding(let body):
                return ScreeningAnswer.Row(rule: rule, outcome: .found, body: body, words: "")
            case .notEvaluated(let cause):
                return ScreeningAnswer.Row(
                    rule: rule, outcome: cause.isSealed ? .sealed : .notEvaluated, body: [],
                    words: "\(cause)")
            }
        }
    }

    func material(of outline: FindingOutline) -> RuleMaterial? {
        library.material(of: outline)
    }

    /// The rule that found, if it still runs with the tables that it used.
    private func number(of outline: FindingOutline) -> Int? {
        guard
            let number = versions.firstIndex(where: {
                $0.id == outline.rule && $0.hash == outline.ruleHash
            })
        else { return nil }
        let used = engine.rules[number].tables.map { library.tables[$0] }
        let isSame = used.elementsEqual(outline.tables) {
            $0.schema.name == $1.name && $0.hash == $1.hash
        }
        return isSame ? number : nil
    }

    func outlook(of outline: FindingOutline, _ finding: Digest) -> FindingOutlook {
        guard open[finding] == nil else { return .open }
        guard let number = number(of: outline) else { return .undecided }
        var looked: Set<UInt64> = []
        var reasons: [String] = []
        for leaf in outline.violating {
            let judged = engine.explain(rule: number, leaf: leaf.index)
            for row in judged {
                if case .notEvaluated = row.verdict { return .undecided }
                looked.formUnion(row.looked)
                reasons.append(row.explanation.text)
            }
        }
        guard !reasons.isEmpty else { return .undecided }
        return .closed(looked: looked.sorted(), reason: reasons.joined(separator: "\n\n"))
    }
}
