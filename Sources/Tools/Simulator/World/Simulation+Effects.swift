internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records

/// How a shell carries out what hosts and outboxes ask for: in order, and nothing after a failure.
extension Simulation {
    mutating func carryOut(_ effects: [HostEffect], at index: Int) {
        let life = nodes[index].life
        for effect in effects {
            carryOutOne(effect, at: index)
            guard nodes[index].life == life else { return }
        }
    }

    private mutating func carryOutOne(_ effect: HostEffect, at index: Int) {
        switch effect {
        case .appendLog(let record):
            checkLogged(record, at: index)
            if planted.keepsLog { nodes[index].disk.appendLog(record) }
        case .persist(let state): persist(state, at: index)
        case .commit(let block):
            nodes[index].unwritten.append((block, nodes[index].nextNumber() ?? 1))
            noteCommit(block, at: index)
            let delay = Int64(generator.below(generator.chance(5) ? 200 : 12))
            queue.add(
                .written(index, life: nodes[index].life), at: now + delay * plan.diskSlowness)
        case .send(let message, let peer):
            guard let to = region.index(of: peer) else { return }
            send(message, from: index, to: [to])
        case .broadcast(let message):
            send(message, from: index, to: nodes.indices.filter { $0 != index })
        case .serveBlock(let height, let peer): serve(height, from: index, to: peer)
        case .serveSnapshot(let peer): serveSnapshot(from: index, to: peer)
        case .serveChunk(let name, let peer):
            let chunk = nodes[index].disk.snapshot?.chunks[name]
            reply(chunk.map { .chunk(name, $0) } ?? .chunkLacking(name), from: index, to: peer)
        case .keepChunk(let name, let chunk):
            breakable(index) { $0.keep(chunk, named: name) }
        case .forgetChunks(let names):
            for name in names { nodes[index].disk.forget(chunk: name) }
        // What a node keeps is not written down here, beside what it has at hand.
        case .recallLock: break
        case .restoreSnapshot(let snapshot): restore(snapshot, at: index)
        case .adopt(let adopted): adopt(adopted, at: index)
        case .startTimer(let timer, let milliseconds):
            schedule(index, .timedOut(timer), in: nodes[index].wait(milliseconds))
        case .answer(let token, .refused(let reason)):
            if log != nil {
                say("\(nodes[index].id) refuses its own batch from \(token) on: \(reason)")
            }
            let life = nodes[index].life
            queue.add(.outbox(index, life: life, .refused(first: token)), at: now + 1)
        case .answer: break
        case .report(let text): say("\(nodes[index].id): \(text)")
        case .drop(let peer, let reason): drop(peer, at: index, reason)
        case .keep(let body): if body.kind.convicts { convict(body, by: index) }
        case .anchor(let body): anchor(body, at: index)
        case .readBatches(let stream, let numbers, let digest):
            guard writeBlocks(index) else { return }
            let found = nodes[index].disk.batches(of: stream, numbers)
            schedule(index, .batchesRead(found, against: digest), in: 0)
        case .signFrom(let height): nodes[index].disk.comeback?.signsFrom = height
        case .numberFrom(let height):
            nodes[index].disk.comeback?.numbersFrom = height
            stepOutbox(index, .expired(at: height))
        case .halt(let reason):
            if !nodes[index].isByzantine {
                violate(.halt, "\(nodes[index].id) halts: \(reason)")
            }
        }
    }

    /// Makes a state durable, and first what it rests on.
    private mutating func persist(_ state: SignedState, at index: Int) {
        if state.restsOnLog, !writeBlocks(index) { return }
        if state.restsOnLog || !nodes[index].unwritten.isEmpty {
            guard breakable(index, { $0.syncLog() }) else { return }
        }
        let kept = planted.kept(state)
        breakable(index) { disk in if let kept { disk.persist(kept) } }
    }

    /// Waits for all blocks that are being written; false where the node broke off.
    private mutating func writeBlocks(_ index: Int) -> Bool {
        while !nodes[index].unwritten.isEmpty {
            guard writeBlock(index) else { return false }
        }
        return true
    }

    /// The oldest block under way is on the disk; false where the node broke off.
    @discardableResult
    mutating func writeBlock(_ index: Int) -> Bool {
        guard let (block, next) = nodes[index].unwritten.first else { return true }
        let life = nodes[index].life
        guard breakable(index, { $0.commit(block) }) else { return false }
        nodes[index].unwritten.removeFirst()
        nodes[index].disk.forgetLog(through: block.height)
        noteWritten(block, at: index)
        queue.add(
            .outbox(index, life: life, .committed(height: block.height, nextNumber: next)),
            at: now)
        return true
    }

    /// Makes something durable, unless this is where the disk or the process fails; says whether
    /// the process goes on.
    @discardableResult
    mutating func breakable(_ index: Int, _ write: (inout SimulatedDisk) -> Void) -> Bool {
        if nodes[index].diskIsFull {
            crash(index, outage: 150 + Int64(generator.below(300)))
            return false
        }
        guard let fault = nodes[index].nextStep else {
            write(&nodes[index].disk)
            return true
        }
        nodes[index].nextStep = nil
        switch fault {
        case .writeLost: break
        case .writeKept: write(&nodes[index].disk)
        case .writeError: if generator.chance(50) { write(&nodes[index].disk) }
        }
        crash(index, isTorn: generator.chance(50), outage: 50 + Int64(generator.below(900)))
        return false
    }

    private mutating func reply(
        _ message: PeerMessage, from index: Int, to peer: InstitutionID
    ) {
        guard let to = region.index(of: peer) else { return }
        send(message, from: index, to: [to])
    }

    private mutating func serveSnapshot(from index: Int, to peer: InstitutionID) {
        let disk = nodes[index].disk
        guard let manifest = disk.snapshot?.manifest,
            let proof = try? disk.proof(at: manifest.height)
        else { return }
        let offer = SnapshotOffer(manifest: manifest.encode(), proof: Unverified(proof))
        reply(.snapshot(offer), from: index, to: peer)
    }

    /// Puts a state together from the chunks on the disk, as a node does.
    private mutating func restore(_ snapshot: ProvedSnapshot, at index: Int) {
        do {
            var restoration = SnapshotRestoration(
                genesis: region.genesis, manifest: snapshot.manifest)
            for name in snapshot.manifest.chunks {
                guard let chunk = nodes[index].disk.incoming[name] else {
                    return schedule(index, .chunksLost([name]), in: 1)
                }
                try restoration.add(chunk)
            }
            schedule(index, .snapshotRestored(try restoration.finish()), in: 1)
        } catch {
            schedule(index, .snapshotUnusable(reason: "\(error)"), in: 1)
        }
    }

    private mutating func adopt(_ adopted: AdoptedSnapshot, at index: Int) {
        guard breakable(index, { $0.found(adopted) }) else { return }
        say("\(nodes[index].id) begins with the snapshot at \(adopted.height)")
        snapshotCount += 1
        nodes[index].durableHeight = Int(adopted.height.blocks)
        let hash = adopted.snapshot.manifest.block.hash
        if !nodes[index].isByzantine, checker.hash(at: adopted.height) != hash {
            violate(.fork, "\(nodes[index].id) begins with a block that nobody decided")
        }
        let next = nodes[index].nextNumber() ?? 1
        queue.add(
            .outbox(
                index, life: nodes[index].life,
                .committed(height: adopted.height, nextNumber: next)), at: now)
    }

    private mutating func serve(_ height: Height, from index: Int, to peer: InstitutionID) {
        guard let to = region.index(of: peer), writeBlocks(index) else { return }
        do {
            let block = try nodes[index].disk.synced(at: height).map(PeerMessage.block)
            send(block ?? .blockLacking(height), from: index, to: [to])
        } catch {
            // A disk that cannot be read ends the process.
            crash(index, outage: 100)
        }
    }

    /// Closes the connection; the peer calls again after a while.
    private mutating func drop(_ peer: InstitutionID, at index: Int, _ reason: String) {
        guard let other = region.index(of: peer) else { return }
        say("\(nodes[index].id) drops \(peer): \(reason)")
        if !nodes[index].isByzantine, !nodes[other].isByzantine, !checker.isForked {
            violate(.innocent, "\(nodes[index].id) drops \(peer), which is honest: \(reason)")
        }
        schedule(index, .disconnected(peer), in: 0)
        schedule(index, connected(to: other, by: index), in: 300)
    }

    private mutating func convict(_ body: EvidenceBody, by index: Int) {
        let culprit = body.about
        guard !nodes[index].isByzantine, let place = region.index(of: culprit) else { return }
        if !convicted.contains(culprit.name) { convicted.append(culprit.name) }
        if !nodes[place].isByzantine {
            violate(.evidence, "\(nodes[index].id) convicts \(culprit), honest: \(body.kind)")
        }
    }
}
