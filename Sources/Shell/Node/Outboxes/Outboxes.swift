internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Transport

/// The outboxes of the institution's own streams, over one log.
///
/// What it decides, `Hosting.Outbox` decides; here its effects are gathered: rows go to the log at
/// once and are synced together by ``sync()``, and only then acknowledged.
struct Outboxes: ~Copyable {
    /// What is to be done that is not the log's business.
    enum Effect {
        case sign(BatchDraft, StreamID)
        case startTimer(StreamID, milliseconds: UInt64)
        case acknowledge(StreamID, number: UInt64)
        case findExpiry(heights: UInt64)
        case opened(StreamID, nextNumber: UInt64)
    }

    private struct Stream {
        let id: StreamID
        var outbox: Outbox
        /// The number of the last row that was appended and not yet synced.
        var unsyncedThrough: UInt64?
        /// The ledger's height, and the stream's next number on it, where they have moved.
        var moved: (height: Height, nextNumber: UInt64)?
        /// Why the mempool did not take its first batch when it was last asked.
        var heldUpBy: String?
    }

    private let institution: InstitutionID
    private var streams: [Stream]
    /// Streams whose rows contradict each other: nobody may number entries of them here.
    private let broken: [StreamID: OutboxError]
    private var log: OutboxLog
    private let index: EntryIndex
    /// Where it is kept that rows may be lost.
    private let renumbering: ReturnFile
    private var isUnsynced = false
    /// Batches that the mempool would not take, to be told when the step is over.
    private var refused: [(StreamID, first: UInt64)] = []

    init(
        _ setup: NodeSetup, directory: borrowing DataDirectory, state: LedgerState,
        index: EntryIndex
    ) throws(NodeError) {
        var rows: [StreamID: [OutboxRow]] = [:]
        let log = try Outboxes.open(directory.path(of: OutboxLog.name)) { stream, row in
            rows[stream, default: []].append(row)
        }
        do throws(StorageError) {
            // The entry index may have lost its last rows; the log has them for certain.
            let drafts = rows.flatMap { stream, rows in
                // What stands before a mark has no number any more.
                rows[(rows.lastIndex(where: \.isMark) ?? 0)...].compactMap { row in
                    Outboxes.draftDigest(ofEntry: row.entry).map { ($0, stream, row.number) }
                }
            }
            try index.remember(drafts)
        } catch {
            throw .storage(error)
        }
        var streams: [Stream] = []
        var broken: [StreamID: OutboxError] = [:]
        let renumbering = ReturnFile(.numbering, in: directory)
        var opensAt: Height?
        let hasLostRows = renumbering.isThere
        do throws(StorageError) {
            if hasLostRows { opensAt = try renumbering.height() }
        } catch {
            throw .storage(error)
        }
        for id in setup.streams {
            do throws(OutboxError) {
                let outbox = try Outbox(
                    restoring: rows[id] ?? [],
                    nextOnLedger: state.nextNumber(of: setup.institution, id) ?? 1,
                    height: state.head.height, limits: Outboxes.limits(state.parameters),
                    hasLostRows: hasLostRows, opensAt: opensAt)
                streams.append(Stream(id: id, outbox: outbox))
            } catch {
                // Consensus goes on; but who numbers here might use a number twice.
                broken[id] = error
            }
        }
        institution = setup.institution
        self.broken = broken
        self.streams = streams
        self.log = log
        self.index = index
        self.renumbering = renumbering
    }

    /// No batch is signed for longer than the ledger would take it.
    private static func limits(_ parameters: Parameters) -> Outbox.Limits {
        var limits = Outbox.Limits()
        limits.expiryHeights = min(limits.expiryHeights, parameters.batchHeightsMax)
        return limits
    }

    /// Bytes that a crash cut off at the end of the log.
    var cutBytes: Int { log.cutBytes }

    /// Why no entries of a stream are numbered here, by stream.
    var closed: [(stream: StreamID, reason: String)] {
        let waiting = streams.compactMap { stream in
            stream.outbox.closure.map { (stream.id, "\($0)") }
        }
        return (waiting + broken.map { ($0.key, "\($0.value)") }).sorted { $0.0 < $1.0 }
    }

    private static func open(
        _ path: String, _ replay: (StreamID, OutboxRow) -> Void
    ) throws(NodeError) -> OutboxLog {
        do throws(StorageError) {
            return try OutboxLog(directory: path, replay)
        } catch {
            throw NodeError(error, of: .outbox)
        }
    }

    /// What a draft is known by: the digest of its bytes under stream 0 and number 1.
    static func draftDigest(of draft: Entry) -> Digest {
        var entry = draft
        entry.stream = StreamID(0)
        entry.number = 1
        return SHA256.hash(entry.encode())
    }

    private static func draftDigest(ofEntry bytes: [UInt8]) -> Digest? {
        guard let entry = try? Entry.decode(bytes) else { return nil }
        return draftDigest(of: entry)
    }

    var status: [NodeStatus.Outbox] {
        streams.map { stream in
            NodeStatus.Outbox(
                stream: stream.id, nextNumber: stream.outbox.nextNumber,
                waiting: UInt64(stream.outbox.waitingCount))
        }
    }

    /// Whether a number that was given may belong to a row that is lost, and so to nothing.
    func mayHaveLost(_ number: UInt64, of id: StreamID) -> Bool {
        guard let stream = streams.first(where: { $0.id == id }) else { return broken[id] != nil }
        return stream.outbox.closure != nil && number >= stream.outbox.nextOnLedger
    }

    func has(_ id: StreamID) -> Bool { streams.contains { $0.id == id } }

    mutating func start() throws(NodeError) -> [Effect] {
        var effects: [Effect] = []
        for index in streams.indices {
            effects += try carryOut(streams[index].outbox.start(), at: index)
        }
        return effects
    }

    /// Gives the draft the stream's next number, and appends its row.
    ///
    /// - Throws: ``OutboxError`` where the outbox is full; the caller tells the submitter.
    mutating func submit(_ draft: Entry, _ id: StreamID) throws(Refusal) -> UInt64 {
        if let error = broken[id] { throw .outbox(error) }
        guard let index = streams.firstIndex(where: { $0.id == id }) else {
            throw .noStream(id)
        }
        let number = streams[index].outbox.nextNumber
        var entry = draft
        entry.stream = id
        entry.number = number
        let effects: [OutboxEffect]
        do throws(OutboxError) {
            effects = try streams[index].outbox.step(
                .submitted(
                    number: number, entry: entry.encode(), nextNumber: entry.nextNumber))
        } catch {
            throw .outbox(error)
        }
        do throws(NodeError) {
            _ = try carryOut(effects, at: index)
        } catch {
            throw .node(error)
        }
        return number
    }

    enum Refusal: Error {
        case noStream(StreamID)
        case outbox(OutboxError)
        case node(NodeError)
    }

    /// Syncs what was appended, and says what may be acknowledged.
    mutating func sync() throws(NodeError) -> [Effect] {
        guard isUnsynced else { return [] }
        do throws(StorageError) {
            try log.sync()
        } catch {
            throw .storage(error)
        }
        isUnsynced = false
        var effects: [Effect] = []
        for index in streams.indices {
            guard let number = streams[index].unsyncedThrough else { continue }
            streams[index].unsyncedThrough = nil
            effects += try step(.persisted(through: number), at: index)
        }
        return effects
    }

    /// The network has told from which height on nothing that was lost can be committed.
    mutating func expired(at height: Height) throws(NodeError) -> [Effect] {
        do throws(StorageError) {
            try renumbering.write(height)
        } catch {
            throw .storage(error)
        }
        var effects: [Effect] = []
        for index in streams.indices { effects += try step(.expired(at: height), at: index) }
        return effects
    }

    mutating func timerFired(_ id: StreamID) throws(NodeError) -> [Effect] {
        guard let index = streams.firstIndex(where: { $0.id == id }) else { return [] }
        return try step(.timerFired, at: index)
    }

    mutating func noteRefused(_ id: StreamID, first: UInt64, _ reason: SubmissionRefusal) {
        refused.append((id, first))
        guard !reason.isTemporary, let index = streams.firstIndex(where: { $0.id == id }) else {
            return
        }
        streams[index].heldUpBy = "its batch from number \(first) is refused: \(reason)"
    }

    /// Why what was acknowledged does not get into the ledger, by stream.
    var heldUp: [(stream: StreamID, reason: String)] {
        streams.compactMap { stream in stream.heldUpBy.map { (stream.id, $0) } }
    }

    /// Has everything on its way signed anew: the ledger has other keys for it now, or this node.
    mutating func noteKeysChanged() {
        for stream in streams {
            if let first = stream.outbox.firstInFlight { refused.append((stream.id, first)) }
        }
    }

    /// The next number of each stream on a ledger in this state.
    func nextNumbers(in state: LedgerState) -> [UInt64] {
        streams.map { state.nextNumber(of: institution, $0.id) ?? 1 }
    }

    /// Remembers that a block is on the disk, with each stream's next number after it.
    mutating func noteCommitted(height: Height, nextNumbers: [UInt64]) {
        for (index, nextNumber) in nextNumbers.enumerated() {
            streams[index].moved = (height, nextNumber)
        }
    }

    /// What the outboxes want after what has happened since the last call.
    mutating func takeNoted() throws(NodeError) -> [Effect] {
        var effects: [Effect] = []
        for index in streams.indices {
            guard let (height, nextNumber) = streams[index].moved else { continue }
            streams[index].moved = nil
            if nextNumber > streams[index].outbox.nextOnLedger {
                streams[index].heldUpBy = nil
            }
            effects += try step(
                .committed(height: height, nextNumber: nextNumber), at: index)
        }
        let refused = refused
        self.refused = []
        for (id, first) in refused {
            guard let index = streams.firstIndex(where: { $0.id == id }) else { continue }
            effects += try step(.refused(first: first), at: index)
        }
        return effects
    }

    private mutating func step(
        _ input: OutboxInput, at index: Int
    ) throws(NodeError) -> [Effect] {
        let effects: [OutboxEffect]
        do throws(OutboxError) {
            effects = try streams[index].outbox.step(input)
        } catch {
            throw .outbox(streams[index].id, error)
        }
        return try carryOut(effects, at: index)
    }

    private mutating func carryOut(
        _ effects: [OutboxEffect], at index: Int
    ) throws(NodeError) -> [Effect] {
        let id = streams[index].id
        var others: [Effect] = []
        for effect in effects {
            do throws(StorageError) {
                switch effect {
                case .persist(let row):
                    try log.append(row, of: id)
                    streams[index].unsyncedThrough = row.number
                    isUnsynced = true
                case .forget(let number): try log.forget(below: number, of: id)
                case .acknowledge(let number):
                    others.append(.acknowledge(id, number: number))
                case .sign(let draft): others.append(.sign(draft, id))
                case .findExpiry(let heights): others.append(.findExpiry(heights: heights))
                case .opened(let nextNumber):
                    // Before it is forgotten that rows were lost.
                    try self.index.forgetDrafts(of: id, from: nextNumber)
                    if streams.allSatisfy({ $0.outbox.closure == nil }) {
                        try renumbering.remove()
                    }
                    others.append(.opened(id, nextNumber: nextNumber))
                case .startTimer(let milliseconds):
                    others.append(.startTimer(id, milliseconds: milliseconds))
                }
            } catch {
                throw .storage(error)
            }
        }
        return others
    }
}
