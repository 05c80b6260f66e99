public import Ledger
public import Primitives
public import Records

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

    /// The findings that are open on all that was taken in, by rule.
    func openFindings() -> [OpenFinding]

    /// How often each rule answered `not evaluated`.
    func unevaluated() -> [String: (sealed: Int, unknown: Int)]

    /// Why an open finding is one, as a tree in words.
    func explain(_ finding: Digest) -> String?

    /// The canonical rule and the knowledge tables that an open finding rests on.
    func material(of finding: Digest) -> RuleMaterial?
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

/// What a finding's bundle carries of rules and knowledge.
public struct RuleMaterial: Hashable, Sendable {
    public let rules: [[UInt8]]
    public let tables: [BundleParts.Table]

    public init(rules: [[UInt8]], tables: [BundleParts.Table]) {
        self.rules = rules
        self.tables = tables
    }
}
