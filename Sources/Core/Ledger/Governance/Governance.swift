public import Consensus
public import Primitives
internal import Records

/// How the ledger is governed: the charter in force, what was proposed, who follows.
///
/// All of it is in the state map; this is the same in a form that can be asked.
public struct Governance: Sendable {
    public internal(set) var charter: Charter
    /// In the order of the ledger; those that are closed stay.
    public internal(set) var proposals: [ProposalRecord]
    public internal(set) var attendance: Attendance
    public internal(set) var standing: LedgerStanding
    /// What became of each rule that governance has changed, by id.
    public internal(set) var histories: [String: RuleHistory] = [:]
    /// What became of each knowledge table that governance has named, by name.
    public internal(set) var tableHistories: [String: TableHistory] = [:]
    /// The time of the genesis, from which on its rules are in force.
    let genesisTime: Timestamp
    /// How many heights a batch was good for at most by the genesis.
    private let genesisBatchHeights: UInt64
    /// Every set of validators there was, by the first height at which it votes.
    public internal(set) var sets: [(from: Height, validators: ValidatorSet)]

    /// The most proposals that are open at once.
    public static let openMax = 64

    /// A change of the state map.
    enum Change {
        case set(StateKey, [UInt8])
        case delete(StateKey)
        /// The institution's streams begin to count, where they have not yet.
        case begin(Institution)
        /// Another ledger is registered, or is not any more; what is anchored of it stays.
        case register(LedgerID, AnchoredLedger.Registration?)
    }

    init(_ genesis: Genesis) {
        charter = genesis.charter
        genesisTime = genesis.start
        genesisBatchHeights = genesis.parameters.batchHeightsMax
        proposals = []
        attendance = Attendance()
        standing = LedgerStanding()
        sets = [(Height(1), charter.validators)]
    }

    init(
        charter: Charter, proposals: [ProposalRecord], attendance: Attendance,
        standing: LedgerStanding, sets: [(from: Height, validators: ValidatorSet)],
        histories: [String: RuleHistory], tableHistories: [String: TableHistory],
        since genesis: Genesis
    ) {
        self.charter = charter
        self.histories = histories
        self.tableHistories = tableHistories
        genesisTime = genesis.start
        genesisBatchHeights = genesis.parameters.batchHeightsMax
        self.proposals = proposals
        self.attendance = attendance
        self.standing = standing
        self.sets = sets
    }

    /// Who votes at a height.
    public func validators(at height: Height) -> ValidatorSet {
        sets.last { $0.from <= height }?.validators ?? charter.validators
    }

    public func proposal(_ id: Digest) -> ProposalRecord? {
        proposals.first { $0.id == id }
    }

    /// The fewest heights that a batch was ever good for at most.
    ///
    /// Who has lost a disk numbers again only after as many heights as a batch may live then: so
    /// two of its batches whose expiries are nearer than this were never signed by the rules.
    var shortestBatchHeights: UInt64 {
        proposals.reduce(genesisBatchHeights) { shortest, record in
            guard case .enacted = record.standing,
                case .setParameters(let parameters) = record.proposal.action
            else { return shortest }
            return min(shortest, parameters.batchHeightsMax)
        }
    }

    /// The charter's parts as the state map of genesis holds them after institutions and streams.
    static func records(of genesis: Genesis) -> [(StateKey, [UInt8])] {
        let governance = Governance(genesis)
        return [
            (.policy, genesis.policy.encode()),
            (.validators(Height(1)), governance.charter.validators.encoded),
            (.attendance, governance.attendance.encode()),
            (.standing, governance.standing.encode()),
        ]
    }
}
