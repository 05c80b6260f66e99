internal import Dispatch
internal import Ledger
internal import Logging
internal import Primitives
internal import Proofs
internal import Storage

/// Deletes entries that are older than the operator wants to keep, on a thread of its own.
///
/// A piece at a time: its blocks are written to the archive, where one is configured, the file is
/// synced and checked as a stranger would check it, and only then are the batches deleted, in one
/// step with the note of it. What cannot be archived stays.
final class RetentionKeeper: Sendable {
    enum Item: Sendable {
        /// The last block on the disk, its time, and how far the desk has come.
        case stands(Height, Timestamp, desk: Height)
        /// What the state says of the institutions, for the head of an archive.
        case institutions(StateAnswer)
    }

    /// The most heights of a piece, and the fewest: less than that waits.
    struct Piece: Sendable {
        var heightCountMax: UInt64 = 4_096
        var heightCountMin: UInt64 = 256
    }

    private let retention: Retention
    private let piece: Piece
    private let store: BlockStore
    private let nodes: Handover<TreeReader>
    private let genesis: Genesis
    private let ask: @Sendable (StateQuestion) -> Void
    private let logger: Logger
    private let inbox = Inbox<Item>()
    private let ended = DispatchSemaphore(value: 0)

    /// A keeper; `ask` hands a question to whoever has the state.
    init(
        _ retention: Retention, store: BlockStore, index: EntryIndex, genesis: Genesis,
        piece: Piece = Piece(), logger: Logger, ask: @escaping @Sendable (StateQuestion) -> Void
    ) {
        self.retention = retention
        self.piece = piece
        self.store = store
        self.genesis = genesis
        self.logger = logger
        self.ask = ask
        nodes = Handover(TreeReader(store: store, index: index))
    }

    func start() {
        Node.thread("retention") {
            self.run()
            self.ended.signal()
        }
    }

    func note(_ head: Height, _ time: Timestamp, desk: Height) {
        inbox.post(.stands(head, time, desk: desk))
    }

    /// Ends the thread, after the block that it is at.
    func stop() {
        inbox.close()
        ended.wait()
    }

    /// Takes in all that has come, and returns: what the thread does, without one.
    func settle() {
        var round = Round(nodes: nodes.takeOnly())
        while true {
            let items = inbox.take(until: SystemClock.uptime)
            if items.isEmpty { return }
            take(items, &round)
        }
    }

    private func run() {
        var round = Round(nodes: nodes.takeOnly())
        while !inbox.isClosed { take(inbox.take(until: nil), &round) }
    }

    /// What is known of the node, and how far the keeper is.
    private struct Round {
        let nodes: TreeReader
        var last: Standing?
        var isAsking = false
        /// After a failure nothing is tried below this height.
        var pausesBelow = Height.genesis
    }

    private struct Standing {
        let head: Height
        let time: Timestamp
        let desk: Height
    }

    private func take(_ items: [Item], _ round: inout Round) {
        for item in items {
            switch item {
            case .stands(let head, let time, let desk):
                round.last = Standing(head: head, time: time, desk: desk)
            case .institutions(let state):
                round.isAsking = false
                guard let last = round.last, !carryOut(last, round.nodes, state) else { continue }
                round.pausesBelow = Height(last.head.blocks + piece.heightCountMin)
            }
        }
        guard !round.isAsking, let last = round.last, last.head >= round.pausesBelow,
            isDue(last, round.nodes)
        else { return }
        round.isAsking = true
        let inbox = inbox
        ask(StateQuestion(ofSubmitKeys: { inbox.post(.institutions($0)) }))
    }

    private func isDue(_ last: Standing, _ nodes: TreeReader) -> Bool {
        let from = store.entriesFrom.blocks
        // The cheap question first: is there enough at all?
        guard min(last.head, last.desk).blocks >= from + piece.heightCountMin else { return false }
        guard let limit = try? limit(last, nodes) else { return false }
        return limit.blocks >= from + piece.heightCountMin
    }

    /// The height below which entries may go.
    private func limit(
        _ last: Standing, _ nodes: TreeReader
    ) throws(QueryError) -> Height {
        var limit = min(last.head, last.desk)
        if let heights = retention.heights {
            limit = min(limit, Height(last.head.next.blocks - min(last.head.blocks, heights)))
        }
        if let days = retention.days {
            let time = last.time.milliseconds - Int64(days) * 86_400_000
            limit = min(limit, try first(atOrAfter: time, nodes, through: last.head))
        }
        return limit
    }

    /// The first block of this time or later among those whose entries are kept.
    private func first(
        atOrAfter time: Int64, _ nodes: TreeReader, through head: Height
    ) throws(QueryError) -> Height {
        let kept = store.entriesFrom.blocks
        let first = try (kept..<max(kept, head.blocks)).partitioningIndex {
            height throws(QueryError) in
            try nodes.head(Height(height)).header.time.milliseconds >= time
        }
        return Height(first)
    }

    /// Archives and deletes the next piece; false where it cannot.
    private func carryOut(
        _ last: Standing, _ nodes: TreeReader, _ state: StateAnswer
    ) -> Bool {
        let first = store.entriesFrom
        guard let limit = try? limit(last, nodes), first < limit else { return true }
        let end = Height(min(limit.blocks, first.blocks + piece.heightCountMax))
        let heights = HeightRange(first, Height(end.blocks - 1))
        do {
            if let folder = retention.archive {
                guard try archive(heights, in: ArchiveFolder(path: folder), nodes, state) else {
                    return true
                }
            }
            try store.removeBatches(from: first, below: end)
            logger.note(
                .notice, .pruned, "the entries of blocks \(heights) are pruned",
                [.blocks: "\(heights)"])
            store.compact(first..<end)
            return true
        } catch {
            logger.note(
                .error, .notPruned, "the entries of blocks \(heights) cannot be pruned: \(error)",
                [.blocks: "\(heights)", .reason: "\(error)"])
            return false
        }
    }

    /// Writes the blocks and checks what was written; false where the thread is to end.
    private func archive(
        _ heights: HeightRange, in folder: ArchiveFolder, _ nodes: TreeReader,
        _ state: StateAnswer
    ) throws -> Bool {
        try Directory.make(folder.path)
        let name = ArchiveFolder.name(of: heights)
        let draft = folder.path + "/" + name + ".new"
        var writer = try ArchiveWriter(draft)
        try writer.add(
            try nodes.archiveHead(heights, ledger: genesis.ledger, state).encode())
        var height = heights.first
        while height <= heights.last {
            guard !inbox.isClosed else { return false }
            try writer.add(try nodes.archived(height).encode())
            height = height.next
        }
        try writer.sync()
        // Who signed the blocks, and the state that the keys stand in, may have been voted in.
        let chain = try ChainMaker(nodes: nodes, changes: state.validators)
            .chain(from: Height(1), through: state.height, skips: false)
        _ = try ArchiveFile.verify(draft, genesis: genesis, chain: chain)
        try Directory.rename(name + ".new", to: name, in: folder.path)
        try Directory.sync(folder.path)
        return true
    }
}
