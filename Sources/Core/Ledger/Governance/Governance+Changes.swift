internal import Consensus
internal import Cryptography
internal import Primitives
internal import Records

/// What a change makes of the charter, and whether the ledger could go on then.
extension Governance {
    /// The charter after a change, where the change is possible at a height.
    func charter(
        after action: GovernanceAction, at height: Height
    ) throws(GovernanceRefusal) -> Charter {
        switch action {
        case .add(let institution):
            guard institution.power == 0 else { throw .learnsFirst(institution.id) }
            guard institution.submitKeys.count <= Governance.newStreamsMax else {
                throw .unfit("more than \(Governance.newStreamsMax) streams at once")
            }
        case .setPower(let id, let power):
            if charter.institution(id)?.power == 0, power > 0 {
                guard attendance.lastSeen(id) != nil, attendance.isLive(id, at: height) else {
                    throw .learnsFirst(id)
                }
            }
        case .setParameters(let new):
            guard new.isIndexKept == charter.parameters.isIndexKept else {
                throw .unfit("whether the index is kept is for the genesis to say")
            }
            guard new.epochDays == charter.parameters.epochDays else {
                throw .unfit("how many days an epoch has is for the genesis to say")
            }
            guard new.listsRules == charter.parameters.listsRules else {
                throw .unfit("whether notices are listed by rules is for the genesis to say")
            }
        case .setRules(let new, let retired):
            for id in new.map(\.id) where histories[id]?.isFull ?? false {
                throw .unfit("rule \(id) has changed too often; a new id is right for it")
            }
            for id in retired
            where !(charter.rules + charter.trials).contains(where: { $0.id == id }) {
                throw .unfit("no rule \(id) is in force or on trial")
            }
        case .setTables(let new, let retired):
            for name in new.map(\.name) where tableHistories[name]?.isFull ?? false {
                throw .unfit("table \(name) has changed too often; a new name is right for it")
            }
            for name in retired where !charter.tables.contains(where: { $0.name == name }) {
                throw .unfit("no table \(name) is in force")
            }
        case .stop:
            if standing.stoppedFrom != nil { throw .unfit("the ledger is stopped already") }
        case .resume:
            if standing.stoppedFrom == nil { throw .unfit("the ledger is not stopped") }
        case .remove, .setKey, .setPolicy: break
        case .setLedger(_, let registration): try check(registration)
        case .setStatementIssuer(let issuer): try check(issuer)
        }
        let after = try charter.after(action)
        try checkQuorum(after, at: height)
        return after
    }

    private func check(_ issuer: StatementIssuer) throws(GovernanceRefusal) {
        if !issuer.keys.isEmpty, let problem = issuer.problem { throw .unfit(problem) }
    }

    private func check(
        _ registration: AnchoredLedger.Registration?
    ) throws(GovernanceRefusal) {
        guard let registration else { return }
        guard registration.validatorsFrom > .genesis else {
            throw .unfit("validators vote from a height above 0")
        }
        do throws(ConsensusError) {
            _ = try AnchoredLedger(registration)
        } catch {
            throw .unfit("the validators of the ledger \(registration.name): \(error)")
        }
    }

    /// How many streams one change may begin.
    private static let newStreamsMax = 16

    /// Who has a new consensus key is not live before it has signed with it.
    private func checkQuorum(
        _ after: Charter, at height: Height
    ) throws(GovernanceRefusal) {
        guard after.validators != charter.validators else { return }
        var live: UInt64 = 0
        for validator in after.validators.validators {
            if let index = charter.validators.index(of: validator.id),
                charter.validators.validators[index].key != validator.key
            {
                continue
            }
            if attendance.isLive(validator.id, at: height) { live += validator.power }
        }
        guard after.validators.isQuorum(live) else {
            throw .noLiveQuorum(live: live, total: after.validators.totalPower)
        }
    }
}

/// The end of a block.
extension Governance {
    /// Notes who signed the block below, and enacts what is due from the next height on.
    mutating func close(
        _ height: Height, at time: Timestamp, signers: [InstitutionID],
        previous: LedgerStanding.Milestone
    ) -> [Change] {
        var changes: [Change] = []
        let attendanceBefore = attendance
        let standingBefore = standing
        let setBefore = charter.validators
        for id in signers where signedWithItsKey(id, at: previous.height) {
            attendance.note(id, at: previous.height)
        }
        for index in proposals.indices {
            guard case .agreed(let from) = proposals[index].standing, from <= height.next else {
                continue
            }
            changes += enact(index, at: height, time)
            changes.append(.set(.proposal(proposals[index].id), proposals[index].encode()))
        }
        if height.blocks.isMultiple(of: LedgerStanding.milestoneHeights) { standing.add(previous) }
        if attendance != attendanceBefore { changes.append(.set(.attendance, attendance.encode())) }
        if standing != standingBefore { changes.append(.set(.standing, standing.encode())) }
        if charter.validators != setBefore {
            sets.append((height.next, charter.validators))
            changes.append(.set(.validators(height.next), charter.validators.encoded))
        }
        return changes
    }

    /// Whether the key that the institution voted with at a height is the one it has now.
    private func signedWithItsKey(_ id: InstitutionID, at height: Height) -> Bool {
        let set = validators(at: height)
        guard let index = set.index(of: id) else { return false }
        return set.validators[index].key == charter.institution(id)?.consensusKey
    }

    private mutating func enact(
        _ index: Int, at height: Height, _ time: Timestamp
    ) -> [Change] {
        let action = proposals[index].proposal.action
        let before = charter
        do throws(GovernanceRefusal) {
            charter = try charter(after: action, at: height)
        } catch {
            proposals[index].standing = .failed(height, reason: "\(error)")
            return []
        }
        proposals[index].standing = .enacted(height.next)
        switch action {
        case .add(let institution):
            return [.set(.institution(institution.id), institution.encode()), .begin(institution)]
        case .remove(let id):
            attendance.forget(id)
            return [.delete(.institution(id))]
        case .setPower(let id, _), .setKey(let id, _):
            guard let institution = charter.institution(id) else { return [] }
            if before.institution(id)?.consensusKey != institution.consensusKey {
                attendance.forget(id)
            }
            return [.set(.institution(id), institution.encode()), .begin(institution)]
        case .setParameters(let parameters): return [.set(.parameters, parameters.encode())]
        case .setRules(let rules, let retired):
            let ids = Set(rules.map(\.id) + retired)
            return ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap {
                noteRule($0, before: before, from: height.next, time)
            }
        case .setTables(let tables, let retired):
            let names = Set(tables.map(\.name) + retired)
            return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap {
                noteTable($0, before: before, from: height.next, time)
            }
        case .stop:
            standing.stoppedFrom = height.next
            return []
        case .resume:
            standing.stoppedFrom = nil
            return []
        case .setPolicy(let policy): return [.set(.policy, policy.encode())]
        case .setLedger(let id, let registration): return [.register(id, registration)]
        case .setStatementIssuer(let issuer):
            let key = StateKey.statementIssuer(issuer.name)
            return [issuer.keys.isEmpty ? .delete(key) : .set(key, issuer.encodeKeys())]
        }
    }

    /// What the state map says of a rule after a change, and its history with one point more.
    private mutating func noteRule(
        _ id: String, before: Charter, from height: Height, _ time: Timestamp
    ) -> [Change] {
        var changes: [Change] = []
        func note(_ key: StateKey, _ old: RuleVersion?, _ new: RuleVersion?) {
            guard old != new else { return }
            changes.append(new.map { .set(key, $0.encode()) } ?? .delete(key))
        }
        let (rule, trial) = (
            charter.rules.first { $0.id == id }, charter.trials.first { $0.id == id }
        )
        note(.rule(id), before.rules.first { $0.id == id }, rule)
        note(.ruleTrial(id), before.trials.first { $0.id == id }, trial)
        guard !changes.isEmpty else { return [] }
        var history = histories[id] ?? RuleHistory(id, in: before, since: genesisTime)
        history.add(
            RuleHistory.Point(from: height, time: time, RuleStanding(inForce: rule, trial: trial)))
        histories[id] = history
        return changes + [.set(.ruleHistory(id), history.encode())]
    }

    /// What the state map says of a table after a change: its history with one point more.
    private mutating func noteTable(
        _ name: String, before: Charter, from height: Height, _ time: Timestamp
    ) -> [Change] {
        let version = charter.tables.first { $0.name == name }
        guard version != before.tables.first(where: { $0.name == name }) else { return [] }
        let point = TableHistory.Point(from: height, time: time, TableStanding(version))
        var history = tableHistories[name] ?? TableHistory(point)
        history.add(point)
        tableHistories[name] = history
        return [.set(.tableHistory(name), history.encode())]
    }
}
