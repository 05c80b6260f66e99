internal import Dispatch
internal import Primitives
internal import Storage
internal import Synchronization

/// Deletes the state rows that no restart needs any more, beside all else.
///
/// Changes and chunk rows are most of what a block leaves, and are needed only until the next two
/// turns of the snapshot. They go some hundred heights at a time; compaction then gives the space
/// back, in small pieces, so that a node that stops need not wait long.
final class StatePruner: Sendable {
    private struct State {
        /// Rows of heights below this one are gone.
        var done: Height
        var hasThread = false
    }

    private let store: BlockStore
    private let index: EntryIndex
    private let heightsAtOnce: UInt64
    private let jobs = Inbox<Height>()
    private let state: Mutex<State>
    private let ended = DispatchSemaphore(value: 0)

    init(
        store: BlockStore, index: EntryIndex, heightsAtOnce: UInt64 = 256
    ) throws(StorageError) {
        self.store = store
        self.index = index
        self.heightsAtOnce = heightsAtOnce
        state = Mutex(State(done: max(try index.prunedBelow(), Height(1))))
    }

    /// Goes on in a thread of its own.
    func start() {
        state.withLock { $0.hasThread = true }
        Node.thread("pruner") {
            while true {
                let wanted = self.jobs.take(until: nil)
                if self.jobs.isClosed { break }
                // What cannot be deleted now can be the next time.
                if let last = wanted.max() { try? self.prune(below: last) }
            }
            self.ended.signal()
        }
    }

    /// Takes note that a restart needs no state rows below this height.
    func note(needed: Height) throws(StorageError) {
        let (done, hasThread) = state.withLock { ($0.done, $0.hasThread) }
        guard needed.blocks >= done.blocks + heightsAtOnce else { return }
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
            let first = state.withLock { $0.done }
            let end = Height(min(first.blocks + heightsAtOnce, limit.blocks))
            guard first < end, !jobs.isClosed else { return }
            try store.removeStateRows(first..<end)
            try index.notePruned(below: end)
            state.withLock { $0.done = end }
            store.compact(first..<end)
        }
    }
}
