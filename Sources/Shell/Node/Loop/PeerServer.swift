internal import Consensus
internal import Dispatch
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Storage
internal import Synchronization
internal import Transport

/// Answers peers who ask for what lies on the disk, on a thread of its own.
///
/// Consensus must not wait while a peer that was away is sent the ledger. Peers take turns, and of
/// each only so many questions wait: what finds no place gets no answer, and is asked for again.
/// Until ``start(_:)`` there is no thread, and each question is answered at once.
final class PeerServer: Sendable {
    enum Question: Sendable {
        case block(Height)
        case snapshot
        case chunk(Digest)
        /// What stands under numbers of a stream: asked by this node itself, which is told.
        case batches(StreamKey, Range<UInt64>, against: Digest)
    }

    /// Twice as many as an honest peer asks for at a time, blocks and chunks together.
    static let questionsPerPeerMax = 64

    private let store: BlockStore
    private let index: EntryIndex
    private let snapshots: SnapshotFolder
    private let link: any Link
    private let questions = TurnQueue<Question>(places: PeerServer.questionsPerPeerMax)
    private let hasThread = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    init(_ parts: borrowing NodeParts, _ snapshots: SnapshotFolder, _ link: any Link) {
        store = parts.store
        index = parts.index
        self.snapshots = snapshots
        self.link = link
    }

    var isThreaded: Bool { hasThread.withLock { $0 } }

    /// Goes on in a thread; `tell` is called on it with what this node asked, or what went wrong.
    func start(_ tell: @escaping @Sendable (Result<HostInput, StorageError>) -> Void) {
        hasThread.withLock { $0 = true }
        Node.thread("peers", of: self, ended: ended) { $0.run(tell) }
    }

    func stop() {
        guard isThreaded else { return }
        questions.close()
        ended.wait()
        hasThread.withLock { $0 = false }
    }

    /// Has a question answered; nil while that goes on elsewhere, or it found no place.
    func ask(
        _ question: Question, by peer: InstitutionID
    ) throws(StorageError) -> HostInput? {
        guard isThreaded else { return try answer(question, peer) }
        questions.put(question, of: peer)
        return nil
    }

    private func run(_ tell: (Result<HostInput, StorageError>) -> Void) {
        while let (peer, question) = questions.take() {
            do throws(StorageError) {
                if let input = try answer(question, peer) { tell(.success(input)) }
            } catch {
                tell(.failure(error))
            }
            link.flush()
        }
    }

    private func answer(
        _ question: Question, _ peer: InstitutionID
    ) throws(StorageError) -> HostInput? {
        switch question {
        case .block(let height): try sendBlock(height, to: peer)
        case .snapshot: try sendSnapshot(to: peer)
        case .chunk(let name):
            let chunk = snapshots.chunk(name).map { PeerMessage.chunk(name, $0) }
            link.send((chunk ?? .chunkLacking(name)).encoded, to: peer, .bulk)
        case .batches(let stream, let numbers, let digest):
            return .batchesRead(try batches(of: stream, numbers), against: digest)
        }
        return nil
    }

    private func sendBlock(_ height: Height, to peer: InstitutionID) throws(StorageError) {
        guard height >= store.entriesFrom, let stored = try store.block(at: height) else {
            link.send(PeerMessage.blockLacking(height).encoded, to: peer, .urgent)
            return
        }
        let block = SyncedBlock(
            height: height, block: stored.block, proof: Unverified(stored.proof.commit),
            batches: try store.batches(at: height))
        // What is being deleted meanwhile would be a block without its batches: a lie.
        let message =
            height >= store.entriesFrom ? PeerMessage.block(block) : .blockLacking(height)
        link.send(message.encoded, to: peer, .bulk)
    }

    private func sendSnapshot(to peer: InstitutionID) throws(StorageError) {
        guard let newest = snapshots.newest, let stored = try store.block(at: newest.height)
        else { return }
        let offer = SnapshotOffer(
            manifest: newest.manifest, proof: Unverified(stored.proof.commit))
        link.send(PeerMessage.snapshot(offer).encoded, to: peer, .bulk)
    }

    /// The batches of a stream that have some of these numbers, but for those that were pruned.
    private func batches(
        of stream: StreamKey, _ numbers: Range<UInt64>
    ) throws(StorageError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var last: EntryIndex.Place?
        var number = numbers.lowerBound
        while number < numbers.upperBound {
            guard
                let (first, place) = try index.batch(
                    of: stream.issuer, stream.stream, number: number)
            else { break }
            // Where a void skips numbers, the batch before them is found once more.
            if place != last, place.height >= store.entriesFrom,
                let batch = try store.row(
                    .batch, at: place.height, number: UInt64(place.batch))
            {
                found.append(batch)
            }
            last = place
            number = max(number + 1, first + place.count)
        }
        return found
    }
}
