/// A mistake that a host could make, planted in every node of a simulation, to see it found.
///
/// They stand in the parts that the simulator puts around the core (driver, disk, wrapper of a
/// replica): the core itself stays as it is.
public enum PlantedBug: String, CaseIterable, Sendable {
    /// What is written down about the last vote does not hold the lock, nor does the log.
    case dropTheLock = "drop-the-lock"
    /// What was signed is not written down.
    case signTwice = "sign-twice"
    /// A block is taken for written before it is synced.
    case skipASync = "skip-a-sync"
    /// One vote less than a quorum is taken for a quorum.
    case offByOneQuorum = "off-by-one-quorum"
    /// Batches are hashed in an order that differs from node to node.
    case unsortedMap = "unsorted-map"
    /// A valid value is proposed again without the round that proves it.
    case forgetValidRound = "forget-valid-round"
    /// The outbox forgets its last row at a restart, and gives its number again.
    case reuseANumber = "reuse-a-number"
    /// The submitter is told "accepted" before the row is synced.
    case acknowledgeBeforeSync = "acknowledge-before-sync"
    /// A desk that reads the ledger again after a restart leaves out the last block.
    case missABlock = "miss-a-block"
}
