internal import Dispatch
internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Writes blocks on a thread of its own, beside the consensus on the next one.
///
/// Blocks are handed in, and become durable, in the order of their heights. What hangs on a block
/// being durable waits for it: the loop learns of it by ``takeWritten()``, or waits with
/// ``finish()``. Until ``start(_:)`` there is no thread, and each block is written at once.
final class BlockWriter: Sendable {
    /// How many blocks may be under way; whoever hands in more waits.
    static let blockCountMax = 8

    private struct State {
        var written: [CommittedBlock] = []
        var failure: StorageError?
        var hasThread = false
        /// What waits for ``waitForNext()``, where nothing is written before somebody waits.
        var held: [CommittedBlock]?
    }

    private let store: BlockStore
    private let index: EntryIndex
    private let metrics: NodeMetrics
    private let pruner: StatePruner
    private let cutter: SnapshotCutter
    private let jobs = Inbox<CommittedBlock>()
    private let state = Mutex(State())
    private let progress = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    init(
        store: BlockStore, index: EntryIndex, metrics: NodeMetrics, pruner: StatePruner,
        cutter: SnapshotCutter
    ) {
        self.store = store
        self.index = index
        self.metrics = metrics
        self.pruner = pruner
        self.cutter = cutter
    }

    /// Goes on in a thread; `notify` is called on it after each block.
    func start(_ notify: @escaping @Sendable () -> Void) {
        state.withLock { $0.hasThread = true }
        pruner.start()
        cutter.start()
        Node.thread("blocks", of: self, ended: ended) { $0.run(notify) }
    }

    /// Hands a block in.
    func write(_ block: CommittedBlock) {
        let isHeld = state.withLock { state in
            state.held?.append(block)
            return state.held != nil
        }
        if isHeld { return }
        if state.withLock({ $0.hasThread }) {
            jobs.post(block)
        } else {
            carryOut(block)
        }
    }

    /// Writes nothing until somebody waits for it: the slowest disk, for simulations.
    func hold() {
        state.withLock { $0.held = [] }
    }

    /// The blocks that have become durable since the last call, in their order.
    ///
    /// - Throws: what the disk said; the blocks that were handed in after that are not written.
    func takeWritten() throws(StorageError) -> [CommittedBlock] {
        let (written, failure) = state.withLock { state in
            defer { state.written = [] }
            return (state.written, state.failure)
        }
        if let failure, written.isEmpty { throw failure }
        return written
    }

    /// How many blocks have become durable that ``takeWritten()`` has not given yet.
    var writtenCount: Int { state.withLock { $0.written.count } }

    /// Waits until another block is durable, or writing has failed.
    func waitForNext() {
        let block = state.withLock { state in
            state.held?.isEmpty == false ? state.held?.removeFirst() : nil
        }
        if let block { carryOut(block) }
        progress.wait()
    }

    /// Writes what was handed in, and ends the thread.
    func stop() {
        guard state.withLock({ $0.hasThread }) else { return }
        jobs.close()
        ended.wait()
        pruner.stop()
        cutter.stop()
        state.withLock { $0.hasThread = false }
    }

    private func run(_ notify: () -> Void) {
        while true {
            let waiting = jobs.take(until: nil)
            if waiting.isEmpty, jobs.isClosed { return }
            for block in waiting {
                carryOut(block)
                notify()
            }
        }
    }

    private func carryOut(_ block: CommittedBlock) {
        defer { progress.signal() }
        guard state.withLock({ $0.failure == nil }) else { return }
        let start = SystemClock.uptime
        do throws(StorageError) {
            try store.write(block)
            let executed = block.executed
            try index.add(
                IndexedBlock(executed), headers: executed.batches.map(\.header),
                leafHashes: executed.leafHashes)
            cutter.note(block)
            try pruner.note(
                needed: min(block.stateRowsFrom, cutter.holdsFrom ?? block.stateRowsFrom),
                at: block.height, byteCount: block.stateRowByteCount)
            metrics.record(.write, nanoseconds: SystemClock.uptime - start)
            state.withLock { $0.written.append(block) }
        } catch {
            state.withLock { $0.failure = error }
        }
    }
}

extension CommittedBlock {
    /// How many bytes of it only a restart needs.
    fileprivate var stateRowByteCount: Int {
        rows.reduce(0) { total, row in
            row.kind == .changes || row.kind == .chunk ? total + row.bytes.count : total
        }
    }
}
