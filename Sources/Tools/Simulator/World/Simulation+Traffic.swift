internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records

/// What moves between submitters, outboxes and nodes.
extension Simulation {
    mutating func send(_ message: PeerMessage, from: Int, to targets: [Int]) {
        if nodes[from].isByzantine {
            for to in targets {
                for message in twisted(message, from: from, to: to) {
                    post(message, from: from, to: to)
                }
            }
            return
        }
        let message = planted.twist(message, by: from, region: region)
        checkSent(message, by: from)
        checkStep(message, by: from)
        // Through the bytes, as on a wire; read once for all who hear it.
        let bytes = message.encoded
        trace.note(4, now, from, Checksum.of(bytes))
        guard let read = try? PeerMessage.decode(bytes[...]) else {
            return violate(.broken, "\(nodes[from].id) sends what cannot be read: \(message)")
        }
        for to in targets { post(read, from: from, to: to) }
    }

    /// Puts a message onto a link, which may lose, double, delay or hold it.
    mutating func post(_ message: PeerMessage, from: Int, to: Int) {
        guard !network.isCut(from, to), nodes[to].isUp else { return }
        if network.lossPercent > 0, generator.chance(network.lossPercent) { return }
        deliver(message, from: from, to: to)
        if network.duplicationPercent > 0, generator.chance(network.duplicationPercent) {
            deliver(message, from: from, to: to)
        }
        guard network.replayPercent > 0 else { return }
        if sentOfLate.count < 64 {
            sentOfLate.append((from, to, message))
        } else {
            sentOfLate[generator.below(64)] = (from, to, message)
        }
        if generator.chance(network.replayPercent), let old = generator.pick(sentOfLate) {
            deliver(old.message, from: old.from, to: old.to)
        }
    }

    private mutating func deliver(_ message: PeerMessage, from: Int, to: Int) {
        if message.since > nodes[to].speaks {
            // Whoever is byzantine may offer what its version does not know, and be asked for it.
            guard !nodes[from].isByzantine, !nodes[to].isByzantine else { return }
            return violate(
                .broken, "\(nodes[to].id) hangs up on a message of a later version: \(message)")
        }
        let delay = 1 + Int64(generator.below(Int(network.delayMax)))
        let time = network.opens(from, to, at: now) + delay
        queue.add(
            .input(to, life: nodes[to].life, .received(message, from: nodes[from].id)), at: time)
    }

    /// Hands an entry in at a node's own outbox; without an acknowledgement it may be lost.
    mutating func submitEntry(at index: Int) {
        guard let outbox = nodes[index].outbox, outbox.closure == nil, outbox.waitingCount < 200
        else { return }
        let number = outbox.nextNumber
        let known = nodes[index].host?.state ?? checker.reference
        let entry =
            switch plan.traffic {
            case .all: clients[index].entry(number, after: known)
            case .accesses: clients[index].access(number, salt: generator.next() | 1)
            }
        do {
            try entry.checkShape()
        } catch {
            return violate(.broken, "\(nodes[index].id) hands in what is no entry: \(error)")
        }
        let bytes = entry.encode()
        if let last = nodes[index].acknowledged.last, last.number >= number {
            violate(.numbers, "\(nodes[index].id) gives number \(number) a second time")
        }
        nodes[index].handedIn[number] = bytes
        stepOutbox(
            index, .submitted(number: number, entry: bytes, nextNumber: entry.nextNumber))
    }

    mutating func stepOutbox(_ index: Int, _ input: OutboxInput) {
        do throws(OutboxError) {
            guard let effects = try nodes[index].outbox?.step(input) else { return }
            carryOut(effects, at: index)
        } catch {
            violate(.numbers, "\(nodes[index].id)'s outbox: \(error)")
        }
    }

    /// Carries out an outbox's effects, in their order, and nothing after a step that broke.
    mutating func carryOut(_ effects: [OutboxEffect], at index: Int) {
        let life = nodes[index].life
        for effect in effects {
            carryOutOne(effect, at: index, life: life)
            guard nodes[index].life == life else { return }
        }
    }

    private mutating func carryOutOne(_ effect: OutboxEffect, at index: Int, life: Int) {
        switch effect {
        case .persist(let row):
            if planted.bug == .acknowledgeBeforeSync {
                queue.add(.rowWritten(index, life: life, row), at: now + 6)
                return stepOutbox(index, .persisted(through: row.number))
            }
            if breakable(index, { $0.add(row) }) {
                queue.add(.outbox(index, life: life, .persisted(through: row.number)), at: now + 1)
            }
        case .acknowledge(let number):
            guard let entry = nodes[index].handedIn[number] else {
                return violate(.broken, "\(nodes[index].id) acknowledges \(number) unasked")
            }
            nodes[index].acknowledged.append((number, entry))
        case .sign(let draft):
            let batch = region.batch(
                index, first: draft.first, entries: draft.entries, expiry: draft.expiry)
            schedule(index, .submitted(batch: batch, token: draft.first), in: 0)
        case .startTimer(let milliseconds):
            queue.add(.outbox(index, life: life, .timerFired), at: now + Int64(milliseconds))
        case .forget(let number): nodes[index].disk.forgetOutbox(below: number)
        case .findExpiry(let heights):
            schedule(index, .numbersLost(expiryHeights: heights), in: 0)
        case .opened(let nextNumber):
            say("\(nodes[index].id) numbers entries again, from \(nextNumber)")
            nodes[index].disk.comeback?.isRenumbering = false
        }
    }
}
