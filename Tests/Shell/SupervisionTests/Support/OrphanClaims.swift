import Findings
import Ledger
import Primitives
import Proofs
import Records
import RuleEngine
import RuleLanguage
import Supervision

/// A runner with one rule written out: a claim needs a record of its patient.
///
/// It stands for the engine where what is tested is everything around it.
final class OrphanClaims: RuleRunner {
    private var version: RuleVersion
    private var claims: [AnchoredFact] = []
    private var recorded: [OpaqueID: UInt64] = [:]
    private var sealedFor: Set<OpaqueID> = []
    private var told: Set<Digest> = []

    static let id = "CE-01"

    init(_ version: RuleVersion) {
        self.version = version
    }

    static func maker(
        _ versions: [RuleVersion]
    ) throws(SupervisionError) -> (runner: any RuleRunner, problems: [Digest: String]) {
        guard let version = versions.first(where: { $0.id == id }) else {
            throw .policy("the test has no rule \(id)")
        }
        return (OrphanClaims(version), [:])
    }

    func stand(_ versions: [RuleVersion]) {
        version = versions.first { $0.hash == version.hash } ?? version
    }

    func take(facts: [AnchoredFact], sealed: [SealedMark], present: Timestamp) {
        for fact in facts {
            guard case .id(let patient) = fact.fact["patient"] else { continue }
            switch fact.fact.kind {
            case .claim: claims.append(fact)
            case .record: recorded[patient] = fact.position.leafIndex
            default: break
            }
        }
        for mark in sealed where mark.kind == .record {
            if let patient = mark.patient { sealedFor.insert(patient) }
        }
    }

    private func suspects() -> [(fact: AnchoredFact, patient: OpaqueID)] {
        claims.compactMap { claim in
            guard case .id(let patient) = claim.fact["patient"], recorded[patient] == nil
            else { return nil }
            return (claim, patient)
        }
    }

    func openFindings() -> [OpenFinding] {
        suspects().filter { !sealedFor.contains($0.patient) }.map { suspect in
            OpenFinding(rule: version, body: body(suspect.fact, suspect.patient))
        }
    }

    func takeChanges() -> FindingChanges {
        let open = openFindings()
        let ids = Set(open.map { FindingStatement.id(of: $0.body) })
        defer { told = ids }
        return FindingChanges(
            opened: open.filter { !told.contains(FindingStatement.id(of: $0.body)) },
            closed: told.subtracting(ids).sorted())
    }

    func unevaluated() -> [Digest: (sealed: Int, unknown: Int)] {
        [version.hash: (suspects().count { sealedFor.contains($0.patient) }, 0)]
    }

    func explain(_ finding: Digest) -> Explanation? {
        guard let suspect = suspects().first else { return nil }
        return explanation(of: suspect.fact, .found, "no record of the patient")
    }

    func explain(
        rule: String, atMost limit: Int, _ isMeant: ((Int) -> Value?) -> Bool
    ) -> [Explanation]? {
        guard rule == OrphanClaims.id else { return nil }
        return claims.filter { claim in
            isMeant { claim.fact[$0].flatMap(OrphanClaims.value) }
        }.map { explanation(of: $0, .clear, "judged") }
    }

    private static func value(_ value: FactValue) -> Value? {
        switch value {
        case .id(let id): .id(id)
        case .instant(let time, let zone): .instant(time, zoneMinutes: zone)
        default: nil
        }
    }

    var judging: [(rule: RuleVersion, kind: FactKind)] { [(version, .claim)] }

    func whatIf(_ facts: [AnchoredFact]) -> [ScreeningAnswer.Row] {
        facts.filter { fact in
            guard case .id(let patient) = fact.fact["patient"] else { return false }
            return fact.fact.kind == .claim && recorded[patient] == nil
        }.map { fact in
            ScreeningAnswer.Row(
                rule: version.id, outcome: .found, body: body(fact, Samples.patient), words: "")
        }
    }

    func kind(of rule: String) -> FactKind? { rule == OrphanClaims.id ? .claim : nil }

    private func explanation(
        of claim: AnchoredFact, _ outcome: Explanation.Outcome, _ verdict: String
    ) -> Explanation {
        let node = Explanation.Node(text: "records.none()", value: "yes", row: nil, children: [])
        return Explanation(
            rule: OrphanClaims.id, title: "Claim without a record", ruleHash: version.hash,
            leafIndex: claim.position.leafIndex, ordinal: claim.position.ordinal,
            outcome: outcome, verdict: verdict,
            fields: [Explanation.Field(name: "type", value: "claim")],
            parts: [Explanation.Part(place: "when", name: "", node: node)], windows: [])
    }

    func material(of outline: FindingOutline) -> RuleMaterial? {
        RuleMaterial(rules: [[0x80]], tables: [])
    }

    func outlook(of outline: FindingOutline, _ finding: Digest) -> FindingOutlook {
        guard let leaf = outline.violating.first?.index,
            let claim = claims.first(where: { $0.position.leafIndex == leaf }),
            case .id(let patient) = claim.fact["patient"], let record = recorded[patient]
        else { return sealedFor.isEmpty ? .open : .undecided }
        return .closed(looked: [leaf, record], reason: "there is a record of the patient")
    }

    private func body(_ claim: AnchoredFact, _ patient: OpaqueID) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(14)
        writer.unsigned(0)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.text(version.id)
        writer.unsigned(2)
        writer.digest(version.hash)
        writer.unsigned(3)
        writer.unsigned(1)
        writer.unsigned(4)
        writer.array(0)
        writer.unsigned(5)
        writer.array(2)
        writer.text("patient")
        writer.bytes(patient.bytes)
        writer.unsigned(6)
        writer.array(1)
        writer.array(2)
        writer.unsigned(claim.position.leafIndex)
        writer.digest(claim.position.leafHash)
        for key in [7, 8] as [UInt64] {
            writer.unsigned(key)
            writer.array(0)
        }
        writer.unsigned(9)
        writer.null()
        writer.unsigned(10)
        writer.unsigned(2)
        for key in [11, 12] as [UInt64] {
            writer.unsigned(key)
            writer.array(0)
        }
        writer.unsigned(13)
        writer.text("a claim without a record of the patient")
        return writer.bytes
    }
}

/// A runner where there is no rule to run.
final class NoRules: RuleRunner {
    func take(facts: [AnchoredFact], sealed: [SealedMark], present: Timestamp) {}
    func stand(_ versions: [RuleVersion]) {}
    func openFindings() -> [OpenFinding] { [] }
    func takeChanges() -> FindingChanges { FindingChanges() }
    func unevaluated() -> [Digest: (sealed: Int, unknown: Int)] { [:] }
    func explain(_ finding: Digest) -> Explanation? { nil }
    func explain(
        rule: String, atMost limit: Int, _ isMeant: ((Int) -> Value?) -> Bool
    ) -> [Explanation]? { nil }
    func kind(of rule: String) -> FactKind? { nil }
    var judging: [(rule: RuleVersion, kind: FactKind)] { [] }
    func whatIf(_ facts: [AnchoredFact]) -> [ScreeningAnswer.Row] { [] }
    func material(of outline: FindingOutline) -> RuleMaterial? { nil }
    func outlook(of outline: FindingOutline, _ finding: Digest) -> FindingOutlook { .undecided }
}
