internal import Hosting
internal import Ledger
internal import Primitives
internal import Records

/// What nodes put on the ledger of themselves: evidence, and votes on who may vote.
extension Simulation {
    /// Puts an entry of the node's own into its outbox; one without an outbox lets it be.
    mutating func anchor(_ body: EntryBody, at index: Int) {
        guard takesEntries(index), let number = nodes[index].outbox?.nextNumber,
            let entry = Entry.anchoring(
                body, issuer: nodes[index].id, stream: SimulatedRegion.stream, number: number,
                at: SimulatedRegion.start)
        else { return say("\(nodes[index].id) cannot anchor anything now") }
        let bytes = entry.encode()
        nodes[index].handedIn[number] = bytes
        stepOutbox(
            index, .submitted(number: number, entry: bytes, nextNumber: number + 1))
    }

    private func takesEntries(_ index: Int) -> Bool {
        nodes[index].outbox.map { $0.closure == nil } ?? false
    }

    /// Whether anything is voted on.
    var governs: Bool { plan.traffic == .all ? !plan.mayFork : plan.changesValidators }

    /// Somebody proposes that a stranger's statements be registered, that a child's heads be
    /// anchored, and now and then that an honest institution's power be another; the honest ones
    /// vote for it as soon as they see it on the ledger.
    mutating func govern() {
        queue.add(.govern, at: now + 150)
        let state = checker.reference
        let height = state.head.height.next
        guard let open = state.governance.proposals.last(where: { $0.isOpen(at: height) }) else {
            guard isStormy || plan.traffic == .all, clientsAreBusy else { return }
            if generator.chance(10) { propose(at: height) }
            return
        }
        for index in honest where takesEntries(index) {
            guard !open.votes.contains(where: { $0.institution == nodes[index].id }),
                !votesCast.contains(where: { $0.proposal == open.id && $0.node == index })
            else { continue }
            votesCast.append((open.id, index))
            let body = region.governor(index).vote(on: open.id, isFor: true)
            anchor(.governance(body), at: index)
        }
    }

    private mutating func propose(at height: Height) {
        let able = honest.filter(takesEntries)
        guard let proposer = generator.pick(able), let action = wantedAction() else { return }
        let proposal = GovernanceProposal(
            action: action, expiry: Height(height.blocks + 30), reason: "a change, \(height)")
        say("\(nodes[proposer].id) proposes to \(action)")
        votesCast.append((proposal.id, proposer))
        anchor(.governance(region.governor(proposer).propose(proposal)), at: proposer)
    }

    private mutating func wantedAction() -> GovernanceAction? {
        let state = checker.reference
        let maySetPower = isStormy && plan.changesValidators
        guard plan.traffic == .all else { return wantedPower() }
        if maySetPower, generator.chance(50), let action = wantedPower() { return action }
        if state.statementKeys(of: Stranger.name) == nil {
            return (try? region.stranger.issuer()).map { .setStatementIssuer($0) }
        }
        if state.anchored(region.child.id) == nil {
            return .setLedger(region.child.id, region.child.registration)
        }
        return maySetPower ? wantedPower() : nil
    }

    /// Another power of somebody, where all may be out of order who are and still be too few.
    private mutating func wantedPower() -> GovernanceAction? {
        guard let target = generator.pick(honest.filter { !nodes[$0].isDisabled }) else {
            return nil
        }
        let power = 1 + UInt64(generator.below(2))
        let before = powersHigh[target]
        powersHigh[target] = max(before, power)
        guard isWithinBound(faulty: nodes.indices.filter(isOutOfOrder)) else {
            powersHigh[target] = before
            return nil
        }
        return .setPower(nodes[target].id, power)
    }

    func isOutOfOrder(_ index: Int) -> Bool {
        nodes[index].isByzantine || nodes[index].isDisabled || nodes[index].isClockWrong
    }

    /// Whether these may all be out of order, whatever powers have been voted on by now: they are
    /// less than a third with the greatest power that each may have, and the others the least.
    func isWithinBound(faulty: [Int]) -> Bool {
        var faultyPower: UInt64 = 0
        var others: UInt64 = 0
        for index in nodes.indices {
            if faulty.contains(index) {
                faultyPower += powersHigh[index]
            } else {
                others += powersLow(index)
            }
        }
        return faultyPower * 3 < faultyPower + others
    }

    /// The least power that a node may have by now.
    private func powersLow(_ index: Int) -> UInt64 {
        plan.changesValidators && !nodes[index].isByzantine ? 1 : region.powers[index]
    }
}

extension Governance {
    /// How many votes on somebody's power have come into force.
    var powerChangeCount: Int {
        proposals.count { record in
            guard case .setPower = record.proposal.action, case .enacted = record.standing else {
                return false
            }
            return true
        }
    }
}
