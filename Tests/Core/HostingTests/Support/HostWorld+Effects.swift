import Consensus
import Hosting
import Ledger
import Primitives
import Records
import TestSupport

/// What a shell does with a host's effects, and how a test ends a process at any of them.
extension HostWorld {
    /// Carries out a host's effects, in their order, and nothing after a step that broke.
    mutating func carryOut(_ effects: [HostEffect], at index: Int) {
        let life = nodes[index].life
        for effect in effects {
            guard goesOn(index, effect, .before) else { return }
            guard carryOutOne(effect, at: index), nodes[index].life == life else { return }
            guard goesOn(index, effect, .after) else { return }
        }
    }

    /// Whether a node goes on past this effect; where the plan ends it here, it is down.
    private mutating func goesOn(
        _ index: Int, _ effect: HostEffect, _ moment: EffectBreak.Moment
    ) -> Bool {
        guard let plan = plannedEffect, plan.node == index, nodes[index].life == 0 else {
            return true
        }
        let place = effectKinds.count
        if moment == .before {
            guard plan.effect == place, plan.moment == .before else { return true }
            effectKinds.append(effect.kind)
        } else {
            effectKinds.append(effect.kind)
            guard plan.effect == place, plan.moment == .after else { return true }
        }
        crash(index, keepsUnsynced: plan.keepsUnsynced)
        queue.add(.restart(index), at: now + outageMilliseconds)
        return false
    }

    /// Carries one effect out; false where the node broke off in it.
    private mutating func carryOutOne(_ effect: HostEffect, at index: Int) -> Bool {
        switch effect {
        case .appendLog(let record): nodes[index].disk.unsyncedLog.append(record)
        case .persist(let state): return persist(state, at: index)
        case .commit(let block):
            let next =
                nodes[index].host?.state.nextNumber(of: nodes[index].id, Region.stream) ?? 1
            nodes[index].disk.unsyncedCommits.append((block, next))
            let delay =
                blockWriteMilliseconds == 0
                ? 0 : Int64.random(in: 0...blockWriteMilliseconds, using: &generator)
            queue.add(.written(index, life: nodes[index].life), at: now + delay)
        case .send(let message, let peer):
            if let to = nodes.firstIndex(where: { $0.id == peer }) {
                send(message, from: index, to: to)
            }
        case .broadcast(.batch) where losesPushedBatches: break
        case .broadcast(let message):
            for to in nodes.indices where to != index { send(message, from: index, to: to) }
        case .serveBlock(let height, let peer): return serve(height, from: index, to: peer)
        case .startTimer(let timer, let milliseconds):
            schedule(index, .timedOut(timer), in: Int64(milliseconds))
        case .answer(let token, .refused(let refusal)):
            if refusal.isTemporary {
                let life = nodes[index].life
                queue.add(.outbox(index, life: life, .refused(first: token)), at: now + 1)
            }
        case .answer, .report: break
        // Nobody joins by a snapshot here; the simulator has such nodes.
        case .serveSnapshot, .serveChunk, .keepChunk, .forgetChunks, .restoreSnapshot, .adopt: break
        case .recallLock(let question):
            for proof in nodes[index].disk.locks(question) {
                schedule(index, .lockRecalled(proof, for: question), in: 0)
            }
        case .drop(let peer, let reason):
            drops.append("\(nodes[index].name) drops \(peer): \(reason)")
        case .keep(let body):
            nodes[index].disk.kept.append(body)
            if body.kind.convicts { convictions.append(body) }
        case .anchor(let body): anchor(body, at: index)
        case .readBatches(let stream, let numbers, let digest):
            guard writeBlocks(index) else { return false }
            let found = nodes[index].disk.batches(of: stream, numbers)
            schedule(index, .batchesRead(found, against: digest), in: 0)
        case .signFrom(let height): nodes[index].disk.signsFrom = height
        case .numberFrom(let height):
            nodes[index].disk.numbersFrom = height
            stepOutbox(index, .expired(at: height))
        case .halt(let reason): problems.append("\(nodes[index].name) halts: \(reason)")
        }
        return true
    }

    private mutating func serve(
        _ height: Height, from index: Int, to peer: InstitutionID
    ) -> Bool {
        guard let to = nodes.firstIndex(where: { $0.id == peer }) else { return true }
        guard writeBlocks(index) else { return false }
        let block = nodes[index].disk.block(at: height).map(PeerMessage.block)
        send(block ?? .blockLacking(height), from: index, to: to)
        return true
    }
}

extension HostEffect {
    /// What it is, without what it is about.
    var kind: String {
        switch self {
        case .appendLog(.replica): "append input"
        case .appendLog(.batch): "append body"
        case .persist(let state): "persist \(state.step)"
        case .commit: "commit"
        case .send: "send"
        case .broadcast(.proposal): "broadcast proposal"
        case .broadcast(.vote): "broadcast vote"
        case .broadcast: "broadcast"
        case .serveBlock: "serve block"
        case .serveSnapshot, .serveChunk: "serve snapshot"
        case .keepChunk, .forgetChunks, .restoreSnapshot, .adopt: "begin with a snapshot"
        case .startTimer: "start timer"
        case .answer: "answer"
        case .report: "report"
        case .drop: "drop"
        case .keep: "keep"
        case .readBatches: "read batches"
        case .anchor: "anchor"
        case .recallLock: "recall a lock"
        case .signFrom: "sign from"
        case .numberFrom: "number from"
        case .halt: "halt"
        }
    }
}
