internal import Dispatch
internal import Hosting
internal import Primitives
internal import Storage
internal import Synchronization

/// Deletes the state rows that no restart needs any more, beside all else.
///
/// Changes and chunk rows are most of what a block leaves, and are needed only until the next two
/// turns of the snapshot. They go when enough of them have gathered, by bytes or by heights;
/// compaction then gives the space back, in small pieces, so that a node that stops need not wait
/// long.
final class StatePruner: Sendable {
    /// How much gathers before it is deleted, whichever comes first.
    struct Limits: Sendable {
        var byteCount = 64 << 20
        var heightCount: UInt64 = 4_096
    }

    private struct State {
        /// Rows of heights below this one are gone.
        var done: Height
        /// Rows of heights below this one are asked to go.
        var asked: Height
        /// How many bytes of such rows the blocks since then have written, in their order.
        var gathered: [(height: Height, byteCount: Int)] = []
        var hasThread = false
    }

    private let store: BlockStore
    private let index: EntryIndex
    private let limits: Limits
    private let jobs = Inbox<Height>()
    private let state: Mutex<State>
    private let ended = DispatchSemaphore(value: 0)

    /// How many heights are deleted, and compacted, at a time.
    private static let heightsAtOnce: UInt64 = 256

    init(
        store: BlockStore, index: EntryIndex, limits: Limits = Limits()
    ) throws(StorageError) {
        self.store = store
        self.index = index
        self.limits = limits
        let done = max(try index.prunedBelow(), Height(1))
        state = Mutex(State(done: done, asked: done))
    }

    /// Goes on in a thread of its own.
    func start() {
        state.withLock { $0.hasThread = true }
        Node.thread("pruner", of: self, givesWay: true, ended: ended) { $0.run() }
    }

    private func run() {
        while true {
            let wanted = jobs.take(until: nil)
            if jobs.isClosed { return }
            // What cannot be deleted now can be the next time.
            if let last = wanted.max() { try? prune(below: last) }
        }
    }

    /// Takes note of a block's state rows, and that a restart needs none below a height.
    func note(needed: Height, at height: Height, byteCount: Int) throws(StorageError) {
        let (isDue, hasThread) = state.withLock { state in
            state.gathered.append((height, byteCount))
            let old = state.gathered.prefix { $0.height < needed }
            let isDue =
                needed.blocks >= state.asked.blocks + limits.heightCount
                || needed > state.asked
                    && old.reduce(0) { $0 + $1.byteCount } >= limits.byteCount
            if isDue {
                state.gathered.removeFirst(old.count)
                state.asked = needed
            }
            return (isDue, state.hasThread)
        }
        guard isDue else { return }
        if hasThread { jobs.post(needed) } else { try prune(below: needed) }
    }

    /// Ends the thread, after the piece that it is at.
    func stop() {
        guard state.withLock({ $0.hasThread }) else { return }
        jobs.close()
        ended.wait()
        state.withLock { $0.hasThread = false }
    }

    private func prune(below limit: Height) throws(StorageError) {
        while true {
            // What the ledger began with stays: a check begins there.
            let first = max(state.withLock { $0.done }, store.base.height.next)
            let end = Height(min(first.blocks + StatePruner.heightsAtOnce, limit.blocks))
            guard first < end, !jobs.isClosed else { return }
            try store.removeStateRows(first..<end)
            try index.notePruned(below: end)
            state.withLock { $0.done = end }
            store.compact(first..<end)
        }
    }
}
