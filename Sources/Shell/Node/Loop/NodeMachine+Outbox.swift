internal import Hosting
internal import Ledger
internal import Logging
internal import Primitives
internal import Records
internal import Storage
internal import Transport

/// Numbers, syncs, acknowledges and signs what the institution's own systems hand in.
extension NodeMachine {
    /// Gives drafts their numbers; who waits is answered when the rows are synced.
    func number(
        _ drafts: [DraftEntry], _ stream: StreamID, _ waiting: [Acknowledgement?]
    ) throws(NodeError) {
        for (draft, waiting) in zip(drafts, waiting) {
            if let reason = refusal(of: draft.entry, stream) {
                waiting?.refuse(reason)
                continue
            }
            let digest = Outboxes.draftDigest(of: draft.entry)
            if draft.isRepeated, try answerAsBefore(digest, waiting) { continue }
            do throws(Outboxes.Refusal) {
                let number = try outboxes.submit(draft.entry, stream)
                numbered[digest] = (stream, number)
                traces?.note(number, of: stream)
                if let waiting {
                    unacknowledged[stream, default: [:]][number, default: []].append(waiting)
                }
            } catch {
                switch error {
                case .noStream(let id):
                    waiting?.refuse("this node has no submit key for stream \(id)")
                case .outbox(.full(let waitingCount, let limit)):
                    let error = OutboxError.full(waiting: waitingCount, limit: limit)
                    waiting?.refuse(NodeClient.busyPrefix + "\(error)")
                case .outbox(let error): waiting?.refuse("\(error)")
                case .node(let error): throw error
                }
            }
        }
    }

    /// Why an entry is not taken, where that is known before it has a number.
    private func refusal(of draft: Entry, _ stream: StreamID) -> String? {
        guard let member = host.state.institution(setup.institution) else {
            return "\(setup.institution) is no institution of the ledger at block "
                + "\(host.state.head.height)"
        }
        if outboxes.has(stream), setup.keyring.submitKey(stream, of: member) == nil {
            return "the ledger names no submit key of stream \(stream) that is here"
        }
        if let reason = objection(to: draft) { return reason }
        guard let height = host.state.governance.standing.stoppedFrom,
            !NodeMachine.isTakenWhenStopped(draft.kind)
        else { return nil }
        return NodeMachine.stopped(from: height)
    }

    /// What the ledger would say of an entry, or what would make it have no effect.
    private func objection(to draft: Entry) -> String? {
        do {
            switch draft.body {
            case .governance(let body): try host.state.check(body, by: setup.institution)
            case .anchor(let body): try host.state.check(body)
            case .case(let body): try host.state.check(body, by: setup.institution)
            default: try host.state.check(draft)
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Answers a draft that has its number already; false where it has none.
    private func answerAsBefore(
        _ draft: Digest, _ waiting: Acknowledgement?
    ) throws(NodeError) -> Bool {
        if let (stream, number) = numbered[draft] {
            // Its row is not synced yet: whoever asks again waits, too.
            if let waiting {
                unacknowledged[stream, default: [:]][number, default: []].append(waiting)
            }
            return true
        }
        do throws(StorageError) {
            guard let (stream, number) = try index.number(ofDraft: draft),
                !outboxes.mayHaveLost(number, of: stream)
            else { return false }
            waiting?.accept(number: number)
            return true
        } catch {
            throw .storage(error)
        }
    }

    /// Syncs what was numbered since the last call, and acknowledges it.
    func syncOutboxes() throws(NodeError) {
        let effects = try outboxes.sync()
        if !numbered.isEmpty {
            // Only now: what the index says must never outlive a row that a crash took away.
            do throws(StorageError) {
                try index.remember(numbered.map { ($0.key, $0.value.stream, $0.value.number) })
            } catch {
                throw .storage(error)
            }
            numbered.removeAll(keepingCapacity: true)
        }
        try carryOut(effects)
    }

    func carryOut(_ effects: [Outboxes.Effect]) throws(NodeError) {
        for effect in effects {
            switch effect {
            case .acknowledge(let stream, let number):
                let waiting = unacknowledged[stream]?.removeValue(forKey: number)
                for waiting in waiting ?? [] { waiting.accept(number: number) }
            case .startTimer(let stream, let milliseconds):
                startTimer(.outbox(stream), milliseconds: milliseconds)
            case .findExpiry(let heights): try step(.numbersLost(expiryHeights: heights))
            case .opened(let stream, let nextNumber):
                logger.note(
                    .notice, .streamOpened,
                    "stream \(stream) takes entries again, from number \(nextNumber)",
                    [.stream: stream, .number: nextNumber])
            case .sign(let draft, let stream):
                // Where the ledger has no key of this node's, the entries wait until it does.
                let member = host.state.institution(setup.institution)
                guard let key = setup.keyring.submitKey(stream, of: member) else { continue }
                let batch = BatchWriter.batch(
                    of: draft.entries, ledger: host.state.ledger, issuer: setup.institution,
                    stream: stream, firstNumber: draft.first, expiry: draft.expiry,
                    signedBy: key)
                let token = nextToken
                nextToken += 1
                submitters[token] = .outbox(stream, first: draft.first)
                try step(.submitted(batch: batch, token: token))
            }
        }
    }
}
