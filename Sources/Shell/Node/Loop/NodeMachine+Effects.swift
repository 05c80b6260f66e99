internal import Consensus
internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Records
internal import Storage
internal import Transport

/// Carries out what the host asks for, in its order.
extension NodeMachine {
    func carryOut(_ effects: [HostEffect]) throws(NodeError) {
        for effect in EffectOrder.sharingWaits(effects) {
            do throws(StorageError) {
                try carryOutOne(effect)
            } catch {
                throw .storage(error)
            }
        }
        try afterCommits()
    }

    private func carryOutOne(_ effect: HostEffect) throws(StorageError) {
        switch effect {
        case .appendLog(let record): try log.append(record)
        case .persist(let state):
            // What may leave already does not wait for the disk.
            link.flush()
            if state.restsOnLog { try finishBlocks() }
            let start = SystemClock.uptime
            try log.persist(state, durable: durable)
            metrics.record(.sync, nanoseconds: SystemClock.uptime - start)
        case .commit(let block): try commit(block)
        case .send(let message, let peer):
            link.send(message.encoded, to: peer, message.isUrgent ? .urgent : .bulk)
        case .broadcast(let message):
            traces?.note(message)
            link.broadcast(message.encoded, message.isUrgent ? .urgent : .bulk)
        case .serveBlock(let height, let peer):
            try serve(.block(height), by: peer, needs: height)
        case .serveSnapshot(let peer): try serve(.snapshot, by: peer, needs: .genesis)
        case .serveChunk(let name, let peer):
            try serve(.chunk(name), by: peer, needs: .genesis)
        case .keepChunk(let name, let bytes): try snapshots.keep(bytes, named: name)
        case .forgetChunks(let names): snapshots.forget(names)
        case .recallLock(let question):
            for proof in try evidence.proofs(question) {
                read.append(.lockRecalled(proof, for: question))
            }
        case .restoreSnapshot(let snapshot): complete = snapshot
        case .adopt(let adopted): try adopt(adopted)
        case .startTimer(let timer, let milliseconds):
            startTimer(.host(timer), milliseconds: milliseconds)
        case .answer(let token, let answer): answered(token, answer)
        case .drop(let peer, let reason):
            logger.note(
                .warning, .peerDropped, "dropped \(peer): \(reason)",
                [.peer: peer, .reason: reason])
            metrics.noteDrop()
            dropPeer(peer)
        case .keep(let body):
            if body.kind.convicts {
                logger.note(
                    .critical, .convicted, "\(body.about) is convicted: \(body.kind)",
                    [.institution: body.about, .kind: "\(body.kind)"])
            }
            try evidence.append(body)
        case .anchor(let body): anchor(body)
        case .readBatches(let stream, let numbers, let digest):
            try serve(
                .batches(stream, numbers, against: digest), by: setup.institution,
                needs: host.state.head.height)
        case .signFrom(let height):
            try ReturnFile(.signing, in: parts.directory).write(height)
        case .numberFrom(let height): outboxesOpenAt = height
        case .report(let text):
            logger.note(.notice, .reported, "\(text)", [.height: host.state.head.height])
        case .halt(let reason): stop(.halted(reason: reason))
        }
    }

    func startTimer(_ timer: LoopTimer, milliseconds: UInt64) {
        let wait = min(milliseconds, 86_400_000) * 1_000_000
        timers.start(timer, deadline: uptime() + wait)
    }

    /// Says of this institution's entries in a block which of them have no effect.
    private func noteUnfit(_ block: CommittedBlock) {
        guard !block.executed.unfit.isEmpty else { return }
        var places: [UInt64: Entry] = [:]
        let entries = block.executed.batches.flatMap(\.entries)
        for (offset, entry) in entries.enumerated() where entry.issuer == setup.institution {
            places[block.executed.firstLeaf + UInt64(offset)] = entry
        }
        for item in block.executed.unfit {
            guard let entry = places[item.leafIndex] else { continue }
            logger.note(
                .warning, .unfit,
                "entry \(entry.number) of stream \(entry.stream) has no effect: \(item.why)",
                [.stream: entry.stream, .number: entry.number, .reason: "\(item.why)"])
        }
    }

    /// The last block that is on the disk, whether anybody has been told of it or not.
    private var durable: Height {
        let count = writer.writtenCount
        return count < unwritten.count
            ? Height(unwritten[count].height.blocks - 1) : host.state.head.height
    }

    /// Has a block written; who waits for it is told when it is durable.
    private func commit(_ block: CommittedBlock) throws(StorageError) {
        traces?.decide(block)
        handOnCharter()
        noteUnfit(block)
        while unwritten.count >= BlockWriter.blockCountMax { try waitForBlock() }
        unwritten.append(
            Unwritten(height: block.height, nextNumbers: outboxes.nextNumbers(in: host.state)))
        writer.write(block)
        try takeWritten()
    }

    /// Waits until every block that was handed to the writer is durable.
    func finishBlocks() throws(StorageError) {
        while !unwritten.isEmpty { try waitForBlock() }
    }

    private func waitForBlock() throws(StorageError) {
        try takeWritten()
        guard !unwritten.isEmpty else { return }
        writer.waitForNext()
        try takeWritten()
    }

    /// Tells everybody of the blocks that have become durable.
    func takeWritten() throws(StorageError) {
        for block in try writer.takeWritten() {
            let done = unwritten.removeFirst()
            written = block.height
            writtenTime = block.executed.header.time
            metrics.noteBlock(
                entryCount: block.executed.leafHashes.count, unwritten: unwritten.count,
                now: SystemClock.uptime)
            try log.forget(through: block.height)
            traces?.write(block)
            observer(block)
            waiters.committed(block)
            outboxes.noteCommitted(height: block.height, nextNumbers: done.nextNumbers)
            headMoved(block.height)
            noteRetention()
        }
        while let first = held.first, first.height <= written {
            held.removeFirst()
            first.answer()
        }
    }

    /// Tells how far the disk and the desk have come: older entries may go.
    func noteRetention() {
        guard let retention, let time = writtenTime else { return }
        retention.note(written, time, desk: deskHeight)
    }

    /// Gives an answer about the present head: at once, or when the disk has that head, too.
    func answerWhenWritten(_ answer: @escaping () -> Void) {
        let height = host.state.head.height
        guard height > written else { return answer() }
        held.append(Held(height: height, answer: answer))
    }

    /// Goes on with what waited for blocks to be on the disk.
    func settleBlocks() throws(NodeError) {
        do throws(StorageError) {
            try takeWritten()
        } catch {
            throw .storage(error)
        }
        try afterCommits()
    }

    /// What the outboxes want after the blocks of one step, once its effects are carried out.
    private func afterCommits() throws(NodeError) {
        if let height = outboxesOpenAt {
            outboxesOpenAt = nil
            for (stream, _) in outboxes.closed {
                logger.note(
                    .notice, .streamOpened,
                    "stream \(stream) takes entries again at height \(height)",
                    [.stream: stream, .height: height])
            }
            try carryOut(try outboxes.expired(at: height))
        }
        try restoreSnapshot()
        while !read.isEmpty { try step(read.removeFirst()) }
        let effects = try outboxes.takeNoted()
        if !effects.isEmpty { try carryOut(effects) }
    }

    /// Has what lies on the disk sent to a peer, or read for the host: once the block is there that
    /// is asked about.
    private func serve(
        _ question: PeerServer.Question, by peer: InstitutionID, needs height: Height
    ) throws(StorageError) {
        guard height > written else {
            if let input = try server.ask(question, by: peer) { read.append(input) }
            return
        }
        guard server.isThreaded else {
            try finishBlocks()
            if let input = try server.ask(question, by: peer) { read.append(input) }
            return
        }
        // Nobody waits for the disk here, least of all because a peer asks.
        guard held.count < NodeMachine.heldCountMax else { return }
        answerWhenWritten { [server] in _ = try? server.ask(question, by: peer) }
    }

    /// Puts an entry of this node's own into the outbox of its first stream.
    private func anchor(_ body: EntryBody) {
        guard let stream = setup.streams.first,
            let draft = Entry.anchoring(
                body, issuer: setup.institution, stream: stream, number: 1, at: SystemClock.now)
        else {
            return logger.note(
                .warning, .notAnchored, "nothing can be anchored here: this node has no stream")
        }
        do throws(Outboxes.Refusal) {
            _ = try outboxes.submit(draft, stream)
        } catch {
            switch error {
            case .noStream(let id):
                logger.note(
                    .error, .notAnchored, "stream \(id) is not this node's", [.stream: id])
            case .outbox(let error):
                logger.note(
                    .error, .notAnchored, "an entry cannot be anchored: \(error)",
                    [.stream: stream, .reason: "\(error)"])
            case .node(let error): stop(error)
            }
        }
    }

    /// The host has looked at a batch that was submitted.
    private func answered(_ token: UInt64, _ answer: SubmissionAnswer) {
        guard let submitter = submitters.removeValue(forKey: token) else { return }
        switch submitter {
        case .outbox(let stream, let first):
            if case .refused(let refusal) = answer {
                logger.note(
                    .debug, .batchWaits,
                    "batch of stream \(stream) from \(first) waits: \(refusal)",
                    [.stream: stream, .number: first, .reason: "\(refusal)"])
                outboxes.noteRefused(stream, first: first, refusal)
            }
        case .operated(let responder, let waits, let stream, let last, let expiry):
            switch answer {
            case .committed(let batch):
                let answer = BatchAnswer.committed(
                    height: batch.height, firstLeaf: batch.firstLeaf)
                answerWhenWritten { responder.respond(answer.encoded) }
            case .refused(let refusal):
                responder.refuse((refusal.isTemporary ? NodeClient.busyPrefix : "") + "\(refusal)")
            case .admitted where waits, .waiting where waits:
                waiters.add(.batch(responder), stream: stream, number: last, expiry: expiry)
            case .admitted(let digest):
                responder.respond(BatchAnswer.admitted(digest).encoded)
            case .waiting(let digests):
                responder.respond(BatchAnswer.waiting(digests).encoded)
            }
        }
    }
}
