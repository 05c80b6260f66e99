internal import Dispatch
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Storage
internal import Synchronization

/// Cuts snapshots beside all else, out of the rows that a restart would read.
///
/// So the state that consensus works on is neither copied nor held up; and that a restart would
/// succeed is shown at every snapshot.
final class SnapshotCutter: Sendable {
    private let store: BlockStore
    private let folder: SnapshotFolder
    private let genesis: Genesis
    private let logger: Logger
    private let jobs = Inbox<Height>()
    /// What is to be cut, with the lowest height whose state rows that reads.
    private let pending = Mutex<[(height: Height, rowsFrom: Height)]>([])
    private let hasThread = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    init(store: BlockStore, folder: SnapshotFolder, genesis: Genesis, logger: Logger) {
        self.store = store
        self.folder = folder
        self.genesis = genesis
        self.logger = logger
    }

    func start() {
        hasThread.withLock { $0 = true }
        Node.thread("snapshots", of: self, givesWay: true, ended: ended) { $0.run() }
    }

    private func run() {
        while true {
            let heights = jobs.take(until: nil)
            if jobs.isClosed { return }
            // Only the newest is worth cutting.
            if let height = heights.max() { cut(at: height) }
        }
    }

    /// Ends the thread, after the snapshot that it is at.
    func stop() {
        guard hasThread.withLock({ $0 }) else { return }
        jobs.close()
        ended.wait()
        hasThread.withLock { $0 = false }
    }

    /// State rows from this height on are to stay for now.
    var holdsFrom: Height? { pending.withLock { $0.map(\.rowsFrom).min() } }

    /// A block is on the disk: a snapshot is cut after it, where all nodes cut one.
    func note(_ block: CommittedBlock) {
        guard SnapshotSchedule.isDue(at: block.height) else { return }
        pending.withLock { $0.append((block.height, block.stateRowsFrom)) }
        if hasThread.withLock({ $0 }) { jobs.post(block.height) } else { cut(at: block.height) }
    }

    private func cut(at height: Height) {
        defer { pending.withLock { $0.removeAll { $0.height <= height } } }
        do {
            guard let stored = try store.block(at: height) else { return }
            let header = try Restart.header(of: stored)
            let state = try Restart.state(
                store, genesis: genesis, header: header, from: stored.proof.stateRowsFrom)
            try folder.cut(state, after: try Block.decode(stored.block))
        } catch {
            logger.note(
                .warning, .notCut, "no snapshot is cut at height \(height): \(error)",
                [.height: height, .reason: "\(error)"])
        }
    }
}
