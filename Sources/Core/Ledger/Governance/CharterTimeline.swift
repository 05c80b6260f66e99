public import Primitives

/// Who the institutions were at each height, with which keys, and which rules were in force: what
/// whoever lives beside the ledger goes by.
///
/// It follows from the genesis and the proposals that were enacted, which stay on the ledger, so
/// that it can be had at any time for every height behind.
public struct CharterTimeline: Sendable {
    /// A charter, and the first height whose block it governs.
    public struct Stretch: Sendable {
        public let from: Height
        public let charter: Charter
    }

    /// By height, increasing; the first is that of the genesis.
    public let stretches: [Stretch]
    /// Rules of proposals that are open, or agreed and not in force yet.
    public let proposedRules: [RuleVersion]
    /// Knowledge tables of such proposals.
    public let proposedTables: [TableVersion]
    /// From when on nodes take no submissions, as it stands now.
    public let stoppedFrom: Height?

    /// The timeline of a ledger on which nothing has changed.
    public init(_ genesis: Genesis) {
        self.init(
            stretches: [Stretch(from: Height(1), charter: genesis.charter)], stoppedFrom: nil,
            proposedRules: [], proposedTables: [])
    }

    /// The timeline of a ledger that came from `genesis` to this state.
    public init(_ genesis: Genesis, _ governance: Governance) {
        var enacted: [(height: Height, action: GovernanceAction)] = []
        for record in governance.proposals {
            guard case .enacted(let height) = record.standing else { continue }
            enacted.append((height, record.proposal.action))
        }
        // Those of one height were enacted in the order of their proposals, which sorting keeps.
        enacted.sort { $0.height < $1.height }
        var timeline = CharterTimeline(genesis)
        for (height, action) in enacted {
            // What was enacted was possible on what stood then.
            timeline = (try? timeline.after(action, from: height)) ?? timeline
        }
        self.init(
            stretches: timeline.stretches, stoppedFrom: governance.standing.stoppedFrom,
            proposedRules: governance.proposals.flatMap(CharterTimeline.rulesToCome),
            proposedTables: governance.proposals.flatMap(CharterTimeline.tablesToCome))
    }

    private static func rulesToCome(of record: ProposalRecord) -> [RuleVersion] {
        switch (record.standing, record.proposal.action) {
        case (.open, .setRules(let rules, _)), (.agreed, .setRules(let rules, _)): rules
        default: []
        }
    }

    private static func tablesToCome(of record: ProposalRecord) -> [TableVersion] {
        switch (record.standing, record.proposal.action) {
        case (.open, .setTables(let tables, _)), (.agreed, .setTables(let tables, _)): tables
        default: []
        }
    }

    private init(
        stretches: [Stretch], stoppedFrom: Height?, proposedRules: [RuleVersion],
        proposedTables: [TableVersion]
    ) {
        self.proposedRules = proposedRules
        self.proposedTables = proposedTables
        self.stretches = stretches
        self.stoppedFrom = stoppedFrom
    }

    /// The timeline once an action is in force from a height on, which is not below any other.
    ///
    /// - Throws: ``GovernanceRefusal`` where no charter can be made of it.
    public func after(
        _ action: GovernanceAction, from height: Height
    ) throws(GovernanceRefusal) -> CharterTimeline {
        let charter = try current.after(action)
        guard charter != current else { return self }
        return CharterTimeline(
            stretches: stretches.filter { $0.from < height }
                + [Stretch(from: height, charter: charter)],
            stoppedFrom: stoppedFrom, proposedRules: proposedRules,
            proposedTables: proposedTables)
    }

    /// What holds for the block after the last one.
    public var current: Charter { stretches[stretches.count - 1].charter }

    /// What held for the block of a height.
    public func charter(at height: Height) -> Charter {
        (stretches.last { $0.from <= height } ?? stretches[0]).charter
    }

    /// Whether the institution was ever on the ledger.
    public func hasKnown(_ id: InstitutionID) -> Bool {
        stretches.contains { $0.charter.institution(id) != nil }
    }
}
