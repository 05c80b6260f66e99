internal import Primitives

/// Between which bounds a ledger can run: a genesis or a vote that leaves them is refused.
extension Parameters {
    /// The longest wait, in milliseconds: a day, because no timer of a node runs longer.
    public static let waitMillisecondsMax: UInt64 = 86_400_000
    /// The most entries that a block may be allowed to hold.
    public static let entryCountMax: UInt64 = 1 << 18
    /// The most heights that a batch may be allowed to be valid for: every node remembers the
    /// batches of so many.
    public static let batchLifeMax: UInt64 = 1 << 24

    /// The most bytes of entries in a block that a node can send to one that was away, where it may
    /// hold so many entries.
    ///
    /// Block, commit proof and all batches are one frame of 16 MiB (`docs/formats/wire.md`), and a
    /// batch adds its signed header, an entry its head.
    public static func blockByteCountMost(entryCount: UInt64) -> UInt64 {
        let frame: UInt64 = 16 << 20
        let blockAndProof: UInt64 = (1 << 20) + (128 << 10)
        let batchHead: UInt64 = 384
        let entryHead: UInt64 = 5
        let entries = min(entryCount, entryCountMax)
        let batches = min(entries, UInt64(Block.batchCountMax))
        return frame - blockAndProof - batches * batchHead - entries * entryHead
    }

    /// What makes these parameters unfit to run on, or nil.
    var problem: String? {
        blockProblem ?? waitProblem ?? lifeProblem
    }

    private var blockProblem: String? {
        if blockEntryCountMax == 0 { return "a block must hold at least one entry" }
        if blockEntryCountMax > Parameters.entryCountMax {
            return "a block must hold at most \(Parameters.entryCountMax) entries, not "
                + "\(blockEntryCountMax)"
        }
        if blockByteCountMax < 16_384 { return "a block must hold 16384 bytes of entries" }
        let most = Parameters.blockByteCountMost(entryCount: blockEntryCountMax)
        if blockByteCountMax > most {
            return "a block of up to \(blockEntryCountMax) entries must hold at most \(most) bytes "
                + "of them, or it could not be sent; not \(blockByteCountMax)"
        }
        return nil
    }

    private var waitProblem: String? {
        if timeoutProposeMilliseconds == 0 || timeoutVoteMilliseconds == 0 {
            return "timeouts must be above 0"
        }
        if timeoutCapMilliseconds < max(timeoutProposeMilliseconds, timeoutVoteMilliseconds) {
            return "the timeout cap lies below a timeout"
        }
        if heartbeatMilliseconds == 0 {
            return "the heartbeat must be above 0, or empty blocks would follow each other at once"
        }
        let waits = [
            ("timeout cap", timeoutCapMilliseconds),
            ("timeout growth", timeoutGrowthMilliseconds),
            ("clock precision", clockPrecisionMilliseconds),
            ("message delay", messageDelayMilliseconds), ("heartbeat", heartbeatMilliseconds),
        ]
        for (name, wait) in waits where wait > Parameters.waitMillisecondsMax {
            return "the \(name) must be at most \(Parameters.waitMillisecondsMax) ms, a day; not "
                + "\(wait)"
        }
        return nil
    }

    private var lifeProblem: String? {
        if batchHeightsMax == 0 { return "a batch must be valid for at least one height" }
        if batchHeightsMax > Parameters.batchLifeMax {
            return "a batch must be valid for at most \(Parameters.batchLifeMax) heights, not "
                + "\(batchHeightsMax)"
        }
        if epochDays > Epochs.daysMax { return "an epoch must have at most \(Epochs.daysMax) days" }
        if appealDays > Parameters.appealDaysMax {
            return "appeals must have at most \(Parameters.appealDaysMax) days"
        }
        if !(1...Parameters.newestEntryRules).contains(entryRules) {
            return "the rules for entries are 1 to \(Parameters.newestEntryRules)"
        }
        return nil
    }
}
