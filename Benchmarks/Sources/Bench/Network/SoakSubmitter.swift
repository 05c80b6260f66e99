internal import Cryptography
internal import Ledger
internal import Node
internal import Primitives
internal import Records
internal import Synchronization

/// An institution that signs and sends batches by the clock, whatever becomes of the nodes.
///
/// It asks one node until that is gone or refuses, and then the next one, about all that nobody
/// has told it to be committed: the same bytes again.
actor SoakSubmitter {
    private struct Batch {
        let number: UInt64
        let bytes: [UInt8]
        /// The leaf hash of its first entry.
        let firstHash: Digest
    }

    private let number: Int
    private let batchSize: Int
    private let interval: Duration
    private let ledger: LedgerID
    private let issuer: InstitutionID
    private let key: SigningKey
    private var maker: EntryMaker
    /// What nobody has told to be committed yet, in order.
    private var pending: [Batch] = []
    private var due = ContinuousClock.now
    private var lastCommit = ContinuousClock.now

    /// How many batches may be under way; nodes take as many out of order.
    private static let window = 32
    /// How long a network may take nothing before the soak has failed.
    private static let patience = Duration.seconds(120)

    init(_ number: Int, batchSize: Int, every seconds: Double, _ genesis: Genesis) throws {
        let name = BenchNetwork.name(number + BenchNetwork.firstSubmitter)
        self.number = number
        self.batchSize = batchSize
        interval = .seconds(seconds)
        ledger = genesis.ledger
        issuer = try BenchNetwork.id(name)
        key = try BenchNetwork.key("submit", name)
        maker = try EntryMaker(issuer: issuer, seed: UInt64(number))
    }

    /// Goes on until the time is over and all that was sent is committed.
    func run(_ sockets: [String], _ shared: Soak.Shared) async throws {
        var turn = number
        lastCommit = .now
        while !shared.isOver.withLock({ $0 }) || !pending.isEmpty {
            turn += 1
            do {
                try await send(to: try NodeClient(socket: sockets[turn % sockets.count]), shared)
            } catch {
                // Whoever was asked is gone or does not take it: the next one is asked.
                guard ContinuousClock.now - lastCommit < Self.patience else {
                    throw BenchError("\(issuer) has had nothing taken for long: \(error)")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Sends what is pending, and what becomes due, over one connection.
    private func send(to client: NodeClient, _ shared: Soak.Shared) async throws {
        try await withThrowingTaskGroup(of: (number: UInt64, leaf: UInt64).self) { group in
            func add(_ batch: Batch) {
                group.addTask {
                    guard
                        case .committed(_, let leaf) = try await client.submitBatch(
                            batch.bytes, waits: true)
                    else { throw BenchError("an answer that was not waited for") }
                    return (batch.number, leaf)
                }
            }
            do {
                for batch in pending { add(batch) }
                while true {
                    let isOver = shared.isOver.withLock { $0 }
                    while !isOver, pending.count < Self.window, due <= .now { add(sign()) }
                    if let (number, leaf) = try await group.next() {
                        note(number, leaf, shared)
                    } else if isOver {
                        break
                    } else {
                        try await Task.sleep(until: due, clock: .continuous)
                    }
                }
            } catch {
                // Ends all others, which the group waits for.
                await client.close()
                throw error
            }
        }
        await client.close()
    }

    private func sign() -> Batch {
        let first = maker.nextNumber
        let entries = (0..<batchSize).map { _ in maker.next() }
        let batch = Batch(
            number: first,
            bytes: BatchWriter.batch(
                of: entries, ledger: ledger, issuer: issuer, stream: StreamID(0),
                firstNumber: first, expiry: Height(900_000), signedBy: key),
            firstHash: SHA256.leaf(entries[0]))
        pending.append(batch)
        due += interval
        return batch
    }

    private func note(_ number: UInt64, _ leaf: UInt64, _ shared: Soak.Shared) {
        guard let place = pending.firstIndex(where: { $0.number == number }) else { return }
        let batch = pending.remove(at: place)
        lastCommit = .now
        let promise = Soak.Promise(firstLeaf: leaf, firstHash: batch.firstHash)
        shared.promises.withLock { $0.append(promise) }
    }
}
