public import Primitives

/// What became of one rule on the ledger; it stands in the state map from the first change on.
public typealias RuleHistory = VersionHistory<RuleStanding>

/// How a rule stands on the ledger.
public struct RuleStanding: VotedStanding {
    /// The version in force, if one is.
    public let inForce: RuleVersion?
    /// The version on trial, if one is.
    public let trial: RuleVersion?

    public init(inForce: RuleVersion?, trial: RuleVersion?) {
        self.inForce = inForce
        self.trial = trial
    }

    /// The version that an institution can anchor a finding of, by the rule's hash and the day of
    /// the service: one in force for that day, or one on trial there.
    public func version(
        _ hash: Digest, on day: Day, anchoredBy institution: InstitutionID
    ) -> RuleVersion? {
        if let inForce, inForce.hash(on: day) == hash { return inForce }
        guard let trial, trial.hash(on: day) == hash, trial.publishers.contains(institution)
        else { return nil }
        return trial
    }

    public static var subject: String { "rule" }
    public static var endByteCountMax: Int { 1 << 17 }
    public static var itemCount: Int { 2 }

    /// `rule-version / null, rule-version / null`.
    public func encode(into writer: inout CBORWriter) {
        for version in [inForce, trial] {
            if let version { version.encode(into: &writer) } else { writer.null() }
        }
    }

    public init(from reader: inout CBORReader) throws(CBORError) {
        inForce = try reader.isNull() ? nil : try RuleVersion(from: &reader)
        trial = try reader.isNull() ? nil : try RuleVersion(from: &reader)
    }
}

extension RuleHistory {
    /// The history of a rule that is as the genesis has it, or that it does not have.
    public init(_ rule: String, in genesis: Genesis) {
        self.init(rule, in: genesis.charter, since: genesis.start)
    }

    init(_ rule: String, in charter: Charter, since start: Timestamp) {
        self.init(
            Point(
                from: Height(1), time: start,
                RuleStanding(inForce: charter.rules.first { $0.id == rule }, trial: nil)))
    }
}
