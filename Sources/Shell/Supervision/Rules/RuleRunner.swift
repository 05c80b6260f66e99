public import Findings
public import Ledger
public import Primitives
public import Records
public import RuleEngine
public import RuleLanguage

/// An entry that this node may not open, as far as rules are concerned.
///
/// It may say anything that an entry of its kind, subject and time can say.
public struct SealedMark: Hashable, Sendable {
    /// A kind of fact that it may hold.
    public let kind: FactKind
    public let patient: OpaqueID?
    public let practitioner: OpaqueID?
    /// When it happened, by its issuer.
    public let time: Timestamp
    public let leafIndex: UInt64
    public let issuer: InstitutionID
}

/// Runs rules over what is handed to it, and says what they find.
///
/// Order-independent: the same facts, marks and time give the same findings, body byte by byte.
public protocol RuleRunner: AnyObject {
    /// Takes in what one block brought; `present` is the block's time.
    func take(facts: [AnchoredFact], sealed: [SealedMark], present: Timestamp)

    /// Takes over how the rules that run stand on the ledger: the same ones, by hash, which may
    /// have come to another stage.
    func stand(_ versions: [RuleVersion])

    /// The findings that are open on all that was taken in, as of the last ``takeChanges()``.
    func openFindings() -> [OpenFinding]

    /// Which findings opened and closed since this was asked last, on all that was taken in.
    func takeChanges() -> FindingChanges

    /// How often each rule, by its hash, answered `not evaluated`.
    func unevaluated() -> [Digest: (sealed: Int, unknown: Int)]

    /// Why an open finding is one.
    func explain(_ finding: Digest) -> Explanation?

    /// What a rule says now of the rows that `isMeant` picks among those that it judges; nil where
    /// the rule does not run here. `isMeant` is told the values of a row by field number.
    func explain(
        rule: String, atMost limit: Int, _ isMeant: ((Int) -> Value?) -> Bool
    ) -> [Explanation]?

    /// The kind of facts that a rule judges; nil where it does not run here.
    func kind(of rule: String) -> FactKind?

    /// How many of the rules that run look things up in a knowledge table, by its hash.
    func ruleCount(of table: Digest) -> Int

    /// Whether a rule that runs, by its hash, looks things up in the table of a name.
    func reads(_ rule: Digest, table: String) -> Bool

    /// The rules in force that run, each with the kind of facts that it judges.
    var judging: [(rule: RuleVersion, kind: FactKind)] { get }

    /// What the rules in force say of facts, were they on the ledger, where that is more than
    /// nothing; nothing is kept.
    func whatIf(_ facts: [AnchoredFact]) -> [ScreeningAnswer.Row]

    /// The canonical rule and the knowledge tables that a finding rests on, open or not, whether
    /// the rule still runs or not; nil where they are not here.
    func material(of outline: FindingOutline) -> RuleMaterial?

    /// What the rule of a finding says now of what the finding is about.
    func outlook(of outline: FindingOutline, _ finding: Digest) -> FindingOutlook
}

extension RuleRunner {
    /// None, where no tables are read.
    public func ruleCount(of table: Digest) -> Int { 0 }

    public func reads(_ rule: Digest, table: String) -> Bool { false }
}

/// What has become of a finding on all facts that a ``RuleRunner`` has taken in.
public enum FindingOutlook: Hashable, Sendable {
    case open
    /// The rule does not find it any more.
    ///
    /// `looked`: the leaves of what it looked at, increasing; `reason`: what it says, in words.
    case closed(looked: [UInt64], reason: String)
    /// It cannot be said: the rule does not run here, or evidence is sealed or gone.
    case undecided
}

/// A finding that is open on what a ``RuleRunner`` has taken in.
public struct OpenFinding: Hashable, Sendable {
    public let rule: RuleVersion
    /// `finding-body` of `docs/formats/finding.md`.
    public let body: [UInt8]

    public init(rule: RuleVersion, body: [UInt8]) {
        self.rule = rule
        self.body = body
    }
}

/// What became of findings between two looks.
public struct FindingChanges: Hashable, Sendable {
    /// By rule and place; one that closed and opened again is in neither.
    public var opened: [OpenFinding]
    public var closed: [Digest]

    public init(opened: [OpenFinding] = [], closed: [Digest] = []) {
        self.opened = opened
        self.closed = closed
    }
}

/// What a finding's bundle carries of rules and knowledge.
public struct RuleMaterial: Hashable, Sendable {
    public let rules: [[UInt8]]
    public let tables: [BundleParts.Table]

    public init(rules: [[UInt8]], tables: [BundleParts.Table]) {
        self.rules = rules
        self.tables = tables
    }
}
