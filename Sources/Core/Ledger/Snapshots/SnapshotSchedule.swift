public import Primitives

/// At which heights every node cuts a snapshot.
///
/// The same everywhere, so that a node that joins can take chunks from all of them; the first ones
/// early, so that joining does not wait on a young ledger. Of those there are few: cutting takes a
/// pass over the whole state, and a young ledger is often filled as fast as it goes. One at height
/// 128 took a twentieth of the processors' time while it was cut, and saved who joined later an
/// eighth of the blocks at most.
public enum SnapshotSchedule {
    /// How far snapshots of a grown ledger lie apart, in heights: whoever joins fetches fewer
    /// blocks than that, and cutting costs each node a pass over the whole state.
    public static let interval: UInt64 = 8_192

    public static func isDue(at height: Height) -> Bool {
        [16, 1_024].contains(height.blocks)
            || height.blocks > 0 && height.blocks.isMultiple(of: interval)
    }
}
