import Consensus
import Hosting
import Primitives
import Records
import TestSupport

/// What moves between submitters, outboxes and nodes.
extension HostWorld {
    mutating func send(_ message: PeerMessage, from: Int, to: Int) {
        guard !cutOff.contains(from), !cutOff.contains(to) else { return }
        guard !generator.chance(dropPercent) else { return }
        var message = message
        if let tamper {
            guard let changed = tamper(message, from, to) else { return }
            message = changed
        }
        let delay = Int64.random(in: 1...8, using: &generator)
        do {
            // Through the bytes, as on a wire.
            let decoded = try PeerMessage.decode(message.encoded[...])
            schedule(to, .received(decoded, from: nodes[from].id), in: delay)
        } catch {
            problems.append("a message cannot be read: \(error)")
        }
    }

    mutating func schedule(_ index: Int, _ input: HostInput, in delay: Int64) {
        queue.add(.input(index, life: nodes[index].life, input), at: now + delay)
    }

    /// Hands an entry in at a node's own outbox; without an acknowledgement it may be lost.
    mutating func submitEntry(at index: Int) {
        guard let outbox = nodes[index].outbox, outbox.closure == nil else { return }
        let number = outbox.nextNumber
        let entry = Region.entry(
            nodes[index].name, number, salt: "\(generator.next())")
        nodes[index].handedIn[number] = entry
        stepOutbox(
            index, .submitted(number: number, entry: entry, nextNumber: number + 1))
    }

    /// Puts an entry of the node's own into its outbox.
    mutating func anchor(_ body: EntryBody, at index: Int) {
        guard let outbox = nodes[index].outbox, outbox.closure == nil else { return }
        let number = outbox.nextNumber
        guard
            let entry = Entry.anchoring(
                body, issuer: nodes[index].id, stream: Region.stream, number: number,
                at: Timestamp(milliseconds: now))
        else { return }
        let bytes = entry.encode()
        nodes[index].handedIn[number] = bytes
        stepOutbox(
            index, .submitted(number: number, entry: bytes, nextNumber: number + 1))
    }

    mutating func stepOutbox(_ index: Int, _ input: OutboxInput) {
        do throws(OutboxError) {
            guard let effects = try nodes[index].outbox?.step(input) else { return }
            carryOut(effects, at: index)
        } catch {
            problems.append("\(nodes[index].name)'s outbox: \(error)")
        }
    }

    /// Carries out an outbox's effects, in their order, and nothing after a step that broke.
    mutating func carryOut(_ effects: [OutboxEffect], at index: Int) {
        let life = nodes[index].life
        for effect in effects {
            switch effect {
            case .persist(let row):
                if breaks(index, { $0.outboxRows.append(row) }) { return }
                queue.add(.outbox(index, life: life, .persisted(through: row.number)), at: now + 1)
            case .acknowledge(let number):
                guard let entry = nodes[index].handedIn[number] else {
                    problems.append("\(nodes[index].name) acknowledged \(number) unasked")
                    return
                }
                nodes[index].acknowledged.append((number, entry))
            case .sign(let draft):
                guard
                    let batch = try? region.batch(
                        nodes[index].name, first: draft.first, entries: draft.entries,
                        expiry: draft.expiry)
                else { return problems.append("a batch cannot be signed") }
                schedule(index, .submitted(batch: batch, token: draft.first), in: 0)
            case .startTimer(let milliseconds):
                queue.add(.outbox(index, life: life, .timerFired), at: now + Int64(milliseconds))
            case .findExpiry(let heights):
                schedule(index, .numbersLost(expiryHeights: heights), in: 0)
            case .opened: nodes[index].disk.hasLostRows = false
            case .forget(let number):
                nodes[index].disk.outboxRows.removeAll { $0.number < number }
            }
        }
    }

    /// What was promised and is not on the ledger, on every disk, as it was handed in.
    var broken: [String] {
        var broken: [String] = []
        for submitter in nodes {
            for disk in nodes.map(\.disk) {
                let entries = disk.entries(of: submitter.id)
                if entries.map(\.number) != (0..<UInt64(entries.count)).map({ $0 + 1 }) {
                    broken.append("the numbers of \(submitter.name) do not run without gaps")
                }
                for (number, entry) in submitter.acknowledged {
                    let index = Int(number) - 1
                    if index >= entries.count || entries[index].bytes != entry {
                        broken.append("\(submitter.name)'s entry \(number) is lost or changed")
                    }
                }
            }
        }
        return broken
    }

    /// Lets submitters stop, and everything that was promised come to its end.
    mutating func settle(within milliseconds: Int64 = 60_000) -> Bool {
        clientsAreBusy = false
        cutOff = []
        dropPercent = 0
        tamper = nil
        let isSettled = run(for: milliseconds) { world in
            world.nodes.allSatisfy { $0.host != nil && $0.outbox?.waitingCount == 0 }
                && Set(world.heights).count == 1
        }
        if !isSettled, problems.isEmpty {
            problems = nodes.map { node in
                let waiting = node.outbox?.waitingCount ?? -1
                let why = node.host.map { "\($0.replica.why())" } ?? "down"
                return "\(node.name) has not settled: \(waiting) entries wait; \(why)"
            }
        }
        return isSettled
    }
}
