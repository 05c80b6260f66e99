/// What can go wrong around honest replicas.
///
/// Source of the list: Jepsen's nemeses, FoundationDB's and TigerBeetle's simulators.
public enum FaultKind: String, CaseIterable, Sendable {
    // The network.
    case loss, duplication, replay, reordering, delay, clog
    case partition, oneWay = "one-way", ring, halves
    case isolateLeader = "isolate-leader"
    case swizzle
    // Disks.
    case writeLost = "write-lost"
    case writeKept = "write-kept"
    case torn
    case readError = "read-error"
    case writeError = "write-error"
    case misdirected, rot
    case fullDisk = "full-disk"
    // Processes.
    case crash
    case powerFailure = "power-failure"
    case pause
    case clockJump = "clock-jump"
    case clockDrift = "clock-drift"
    case diskLoss = "disk-loss"

    /// Whom to blame.
    public enum Family: String, CaseIterable, Sendable {
        case network, disk, process
    }

    public var family: Family {
        switch self {
        case .loss, .duplication, .replay, .reordering, .delay, .clog, .partition, .oneWay, .ring,
            .halves, .isolateLeader, .swizzle:
            .network
        case .writeLost, .writeKept, .torn, .readError, .writeError, .misdirected, .rot, .fullDisk:
            .disk
        case .crash, .powerFailure, .pause, .clockJump, .clockDrift, .diskLoss: .process
        }
    }
}

/// What a byzantine replica does.
public enum Misbehaviour: String, CaseIterable, Sendable {
    /// Proposes one block to some and another to the others.
    case equivocateProposals = "equivocate-proposals"
    /// Votes for whatever each of the others would like best.
    case equivocateVotes = "equivocate-votes"
    case withhold
    case replayOld = "replay-old"
    case lieInSync = "lie-in-sync"
    case forgeTime = "forge-time"
    /// Restarts without what it signed.
    case amnesia
    case garbage
}
