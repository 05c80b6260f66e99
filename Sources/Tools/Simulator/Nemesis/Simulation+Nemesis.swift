internal import Consensus
internal import Hosting
internal import Primitives

/// What ends a fault.
enum Heal {
    case mend([(from: Int, to: Int)])
    case loss, duplication, replay, delay
    case clock(Int)
    case room(Int)
}

/// The one who lets things go wrong, from time to time and for a while.
extension Simulation {
    mutating func strike() {
        guard isStormy else { return }
        queue.add(.nemesis, at: now + 20 + Int64(generator.below(350)))
        // Bad hours and good ones: a ledger that never moves shows nothing.
        guard now / 1_500 % 2 == 0, let fault = generator.pick(plan.faults) else { return }
        let duration = 50 + Int64(generator.below(generator.chance(15) ? 4_000 : 900))
        let hasStruck =
            switch fault.family {
            case .network: strikeNetwork(fault, for: duration)
            case .disk: strikeDisk(fault, for: duration)
            case .process: strikeProcess(fault, for: duration)
            }
        guard hasStruck else { return }
        count(fault.rawValue)
        trace.note(5, now, 0, Checksum.of(Array(fault.rawValue.utf8)))
        say("fault: \(fault.rawValue), \(duration) ms")
    }

    mutating func count(_ name: String) {
        if let place = faultCounts.firstIndex(where: { $0.name == name }) {
            faultCounts[place].count += 1
        } else {
            faultCounts.append((name, 1))
        }
    }

    private mutating func strikeNetwork(_ fault: FaultKind, for duration: Int64) -> Bool {
        let all = Array(nodes.indices)
        let end = now + duration
        switch fault {
        case .loss:
            network.lossPercent = 1 + generator.below(30)
            queue.add(.heal(.loss), at: end)
        case .duplication:
            network.duplicationPercent = 1 + generator.below(50)
            queue.add(.heal(.duplication), at: end)
        case .replay:
            network.replayPercent = 1 + generator.below(50)
            queue.add(.heal(.replay), at: end)
        case .reordering:
            network.delayMax = 60
            queue.add(.heal(.delay), at: end)
        case .delay:
            network.delayMax = 100 + Int64(generator.below(400))
            queue.add(.heal(.delay), at: end)
        case .clog:
            let pairs = network.links { _, _ in true }
            network.clog(generator.draw(1 + generator.below(pairs.count), of: pairs), until: end)
        case .swizzle: swizzle(until: end)
        case .partition:
            cut(network.between(generator.draw(1 + generator.below(all.count - 1), of: all)), end)
        case .halves: cut(network.between(generator.draw(all.count / 2, of: all)), end)
        case .oneWay:
            let silenced = generator.draw(1 + generator.below(all.count - 1), of: all)
            cut(
                network.links { from, to in
                    silenced.contains(from) && !silenced.contains(to)
                }, end)
        case .ring:
            // Each hears its two neighbours only: no majority, yet all are connected.
            let size = all.count
            cut(
                network.links { from, to in
                    let distance = (from - to + size) % size
                    return distance != 1 && distance != size - 1
                }, end)
        case .isolateLeader:
            let leader = nodes.compactMap { $0.host?.replica.why().proposer }.first
            let index = leader.flatMap { region.index(of: $0) } ?? 0
            cut(network.between([index]), end)
        default: return false
        }
        return true
    }

    private mutating func cut(_ links: [(from: Int, to: Int)], _ end: Int64) {
        network.cut(links)
        queue.add(.heal(.mend(links)), at: end)
    }

    /// Stops the links of some nodes one after the other, and opens them in another order.
    ///
    /// Source: FoundationDB's "swizzle-clogging".
    private mutating func swizzle(until end: Int64) {
        let some = generator.draw(
            1 + generator.below(nodes.count), of: Array(nodes.indices))
        for node in some {
            let links = network.links { from, to in from == node || to == node }
            network.clog(links, until: now + generator.between(20, max(21, end - now)))
        }
    }

    private mutating func strikeDisk(_ fault: FaultKind, for duration: Int64) -> Bool {
        switch fault {
        case .writeLost, .writeKept, .writeError:
            guard let index = generator.pick(up) else { return false }
            nodes[index].nextStep =
                switch fault {
                case .writeLost: .writeLost
                case .writeKept: .writeKept
                default: .writeError
                }
        case .torn:
            guard let index = generator.pick(up) else { return false }
            crash(index, isTorn: true, outage: duration)
        case .readError:
            guard let index = generator.pick(up) else { return false }
            crash(index, outage: 30)
        case .fullDisk:
            guard let index = generator.pick(up) else { return false }
            nodes[index].diskIsFull = true
            queue.add(.heal(.room(index)), at: now + duration)
        case .misdirected, .rot:
            // A disk that lies costs the node its seat for a while: of such there may be f.
            guard let index = generator.pick(up.filter(mayFail)) else { return false }
            let isBad =
                fault == .misdirected
                ? nodes[index].disk.misdirect(&generator)
                : generator.chance(20)
                    ? nodes[index].disk.rotSignedState(&generator)
                    : nodes[index].disk.rot(&generator)
            guard isBad else { return false }
            nodes[index].isDisabled = true
            nodes[index].isDiskBad = true
            // Found when it is read, at the latest when the process starts again.
            if generator.chance(70) { crash(index, outage: duration) }
        default: return false
        }
        return true
    }

    private mutating func strikeProcess(_ fault: FaultKind, for duration: Int64) -> Bool {
        switch fault {
        case .crash:
            guard let index = generator.pick(up) else { return false }
            crash(index, outage: duration)
        case .powerFailure:
            for index in up { crash(index, outage: 20 + Int64(generator.below(500))) }
        case .pause:
            guard let index = generator.pick(up) else { return false }
            nodes[index].pausedUntil = now + duration
        case .clockJump:
            guard let index = generator.pick(up.filter(mayFail)) else { return false }
            nodes[index].clockOffset = generator.between(-3_600_000, 3_600_000)
            nodes[index].isClockWrong = true
            queue.add(.heal(.clock(index)), at: now + duration)
        case .clockDrift:
            guard let index = generator.pick(up.filter(mayFail)) else { return false }
            nodes[index].clockDrift = generator.between(-150, 150)
            nodes[index].isClockWrong = true
            queue.add(.heal(.clock(index)), at: now + duration)
        case .diskLoss:
            guard let index = generator.pick(up.filter(mayFail)) else { return false }
            nodes[index].isDisabled = true
            nodes[index].isDiskGone = true
            crash(index, outage: duration)
        default: return false
        }
        return true
    }

    private var up: [Int] { honest.filter { nodes[$0].isUp } }

    /// Whether one more replica may be out of order: they and the byzantine ones are at most f.
    private func mayFail(_ index: Int) -> Bool {
        isWithinBound(faulty: nodes.indices.filter { $0 == index || isOutOfOrder($0) })
    }

    mutating func carryOut(_ heal: Heal) {
        guard isStormy else { return }
        switch heal {
        case .mend(let links): network.mend(links)
        case .loss: network.lossPercent = 0
        case .duplication: network.duplicationPercent = 0
        case .replay: network.replayPercent = 0
        case .delay: network.delayMax = 8
        case .clock(let index):
            nodes[index].clockOffset = generator.between(-15, 15)
            nodes[index].clockDrift = 0
            nodes[index].isClockWrong = false
        case .room(let index): nodes[index].diskIsFull = false
        }
    }
}
