internal import Consensus
internal import Ledger
internal import Primitives
internal import Records

/// How batches come in and wait.
extension Host {
    mutating func submit(_ bytes: [UInt8], token: UInt64) {
        do throws(SubmissionRefusal) {
            let batch = try verify(try decode(bytes))
            let answer = try admit(batch)
            if case .admitted = answer { effects.append(.broadcast(.batch(bytes))) }
            effects.append(.answer(token: token, answer))
            if bodies[batch.digest] != nil { goOnWaiting(for: batch) }
        } catch {
            effects.append(.answer(token: token, .refused(error)))
        }
        wake()
    }

    /// A batch that a peer sent: one that was submitted there, or one that was asked for.
    mutating func receiveBatch(_ bytes: [UInt8], from peer: InstitutionID) {
        do throws(SubmissionRefusal) {
            let claimed = try decode(bytes)
            // What is on the ledger already is told again, and costs no signature check.
            guard state.committed(batch: claimed.digest) == nil else { return }
            let isAwaited = self.isAwaited(claimed.digest)
            guard isAwaited || bodies[claimed.digest] != nil || !vain.isSpent(peer) else { return }
            let batch = try verify(claimed)
            if isAwaited {
                bodies[batch.digest] = batch
                depart([batch.digest])
                goOnWaiting(for: batch)
            } else {
                _ = try admit(batch)
            }
        } catch {
            guard case .batch(let refusal) = error else { return }
            switch refusal {
            case .malformed, .oversize, .wrongCount, .wrongRoot:
                effects.append(.drop(peer, reason: "\(error)"))
            case .gap, .noRoom, .duplicate: break
            // That says nothing against the peer: it may stand at another height.
            default: noteVain(peer)
            }
        }
        wake()
    }

    /// Begins the height where it rests and there is something to order.
    mutating func wake() {
        guard mempool.hasReady else { return }
        tell(.workArrived(state.head.height.next))
    }

    /// Sends the batches that could go next once more, where the ledger stands still.
    ///
    /// What was pushed when a link was down reached nobody, and peers that know of no work rest.
    mutating func pushAgain() {
        guard heightAtTick == state.head.height else {
            heightAtTick = state.head.height
            quietTicks = 0
            return
        }
        quietTicks += 1
        let period = Host.pushAgainMilliseconds / Host.statusMilliseconds
        guard quietTicks.isMultiple(of: period), mempool.hasReady else { return }
        let first = mempool.reap(
            entryCountMax: 4_096, byteCountMax: 262_144, nextOnLedger: nextOnLedger)
        for digest in first {
            guard let batch = bodies[digest] else { continue }
            effects.append(.broadcast(.batch(batch.bytes)))
        }
    }

    /// Lets go of batches that can never stand, now that keys or institutions have changed: whoever
    /// signed them has another key to sign them anew with, or is no longer here.
    mutating func dropUnfit() {
        for (digest, batch) in bodies.sorted(by: { $0.key < $1.key }) {
            do throws(BatchRefusal) {
                try state.check(batch)
            } catch {
                guard !error.isTemporary else { continue }
                mempool.discard(digest)
                bodies[digest] = nil
            }
        }
    }

    /// Keeps bodies that no longer wait for as long as a block may name them, and there is room.
    mutating func depart(_ digests: [Digest]) {
        guard !digests.isEmpty else { return }
        for digest in digests {
            departing.append(digest, byteCount: bodies[digest]?.entriesByteCount ?? 0)
        }
        let most = mempool.limits.departedByteCountMax
        guard departing.byteCount > most, waitingDecision == nil else { return }
        let (logged, pool) = (loggedBodies, mempool)
        let named = Set(waitingChecks.flatMap(\.block.batches))
        // Half of them, so that this is done seldom.
        let gone = departing.removeOldest(downTo: most / 2) { digest in
            logged.contains(digest) || named.contains(digest) || pool.contains(digest)
        }
        for digest in gone { bodies[digest] = nil }
    }

    func nextOnLedger(_ stream: StreamKey) -> UInt64 {
        state.nextNumber(of: stream.issuer, stream.stream) ?? 1
    }

    private func decode(_ bytes: [UInt8]) throws(SubmissionRefusal) -> UnverifiedBatch {
        do throws(BatchRefusal) {
            return try UnverifiedBatch(decoding: bytes)
        } catch {
            throw .batch(error)
        }
    }

    /// The batch, checked once: one that is here already costs no signature check.
    private func verify(_ claimed: UnverifiedBatch) throws(SubmissionRefusal) -> VerifiedBatch {
        do throws(BatchRefusal) {
            if let known = bodies[claimed.digest], known.bytes == claimed.bytes { return known }
            return try claimed.verify(against: state)
        } catch {
            throw .batch(error)
        }
    }

    private mutating func admit(
        _ batch: VerifiedBatch
    ) throws(SubmissionRefusal) -> SubmissionAnswer {
        if let committed = state.committed(batch: batch.digest) { return .committed(committed) }
        // One that no block has room for would stand first for ever, and nothing behind it.
        guard UInt64(batch.entries.count) <= state.parameters.blockEntryCountMax,
            UInt64(batch.entriesByteCount) <= state.parameters.blockByteCountMax
        else {
            throw .batch(
                .noRoom(entryCount: batch.entries.count, byteCount: batch.entriesByteCount))
        }
        do throws(BatchRefusal) {
            try state.check(batch)
        } catch {
            switch error {
            case .gap: break
            case .replayed, .expired:
                compareWithLedger(batch)
                throw .batch(error)
            default: throw .batch(error)
            }
        }
        let ticket = BatchTicket(batch)
        switch mempool.add(ticket, nextOnLedger: nextOnLedger(ticket.stream)) {
        case .accepted(let replaced):
            bodies[batch.digest] = batch
            depart(replaced)
            return .admitted(batch.digest)
        case .duplicate: return .waiting([batch.digest])
        case .covered(let digests): return .waiting(digests)
        case .refused(let refusal):
            if case .conflict(let digest) = refusal, let other = bodies[digest] {
                if let body = state.doubleEntry(other, batch) { learn(body, from: nil) }
            }
            throw .mempool(refusal)
        }
    }
}

extension BatchTicket {
    init(_ batch: VerifiedBatch) {
        let first = batch.header.firstNumber
        let hasVoids = batch.nextNumber - first != UInt64(batch.entries.count)
        self.init(
            digest: batch.digest,
            stream: StreamKey(issuer: batch.header.issuer, stream: batch.header.stream),
            first: first, end: batch.nextNumber, expiry: batch.header.expiry,
            byteCount: batch.entriesByteCount, leafHashes: batch.leafHashes,
            jumps: hasVoids ? BatchTicket.jumps(of: batch.entries) : [],
            isUrgent: batch.entries.contains { $0.kind == .governance || $0.kind == .evidence })
    }

    private static func jumps(of entries: [Entry]) -> [Jump] {
        entries.indices.dropFirst().compactMap { place in
            let number = entries[place].number
            return number == entries[place - 1].number + 1
                ? nil : Jump(place: place, number: number)
        }
    }
}
