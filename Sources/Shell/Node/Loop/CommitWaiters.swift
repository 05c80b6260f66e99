internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Transport

/// Who waits for an entry to be committed, and who watches all blocks.
struct CommitWaiters {
    enum Wait {
        /// Answered with where the batch stands.
        case batch(Responder)
        /// Answered with the entry.
        case entry(Responder)

        var responder: Responder {
            switch self {
            case .batch(let responder), .entry(let responder): responder
            }
        }
    }

    /// By stream, unordered: there are few of each.
    private var waits: [StreamKey: [Waiting]] = [:]
    private var watchers: [Responder] = []

    private struct Waiting {
        let number: UInt64
        /// The last height at which what is waited for can come.
        let expiry: Height
        let wait: Wait
    }

    /// Waits for the entry `number`, up to the block at `expiry`.
    mutating func add(
        _ wait: Wait, stream: StreamKey, number: UInt64, expiry: Height = Height(.max)
    ) {
        waits[stream, default: []].append(Waiting(number: number, expiry: expiry, wait: wait))
    }

    mutating func watch(_ responder: Responder) {
        watchers.append(responder)
    }

    mutating func committed(_ block: CommittedBlock) {
        var leaf = block.executed.firstLeaf
        for batch in block.executed.batches {
            answer(batch, firstLeaf: leaf, header: block.executed.header)
            leaf += UInt64(batch.entries.count)
        }
        expire(at: block.height)
        guard !watchers.isEmpty else { return }
        let notice = CommitNotice(
            height: block.height, hash: block.executed.block.hash,
            time: block.executed.header.time, firstLeaf: block.executed.firstLeaf,
            entryCount: leaf - block.executed.firstLeaf,
            batchCount: UInt64(block.executed.batches.count)
        ).encoded
        watchers.removeAll { !$0.emit(notice) }
    }

    mutating func refuseAll(_ reason: String) {
        for wait in waits.values.joined() { wait.wait.responder.refuse(reason) }
        for watcher in watchers { watcher.refuse(reason) }
        waits = [:]
        watchers = []
    }

    private mutating func expire(at height: Height) {
        for (stream, waiting) in waits {
            let gone = waiting.filter { $0.expiry <= height }
            guard !gone.isEmpty else { continue }
            let left = waiting.filter { $0.expiry > height }
            waits[stream] = left.isEmpty ? nil : left
            for item in gone {
                item.wait.responder.refuse(
                    "the batch was good up to height \(item.expiry) and is in no block")
            }
        }
    }

    private mutating func answer(
        _ batch: VerifiedBatch, firstLeaf: UInt64, header: BlockHeader
    ) {
        let stream = StreamKey(issuer: batch.header.issuer, stream: batch.header.stream)
        guard let waiting = waits[stream] else { return }
        let left = waiting.filter { $0.number >= batch.nextNumber }
        waits[stream] = left.isEmpty ? nil : left
        for item in waiting where item.number < batch.nextNumber {
            let number = item.number
            switch item.wait {
            case .batch(let responder):
                responder.respond(
                    BatchAnswer.committed(height: header.height, firstLeaf: firstLeaf).encoded)
            case .entry(let responder):
                guard let offset = batch.entries.firstIndex(where: { $0.number == number })
                else {
                    responder.refuse("number \(number) was declared void")
                    continue
                }
                responder.respond(
                    EntryAnswer(
                        leafIndex: firstLeaf + UInt64(offset), height: header.height,
                        time: header.time, batch: batch.digest,
                        entry: Array(batch.entryBytes[offset])
                    ).encoded)
            }
        }
    }
}
