internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Transport

/// Heads of other ledgers that are anchored here, and how validators changed.
extension Reader {
    /// Answers what a ledger above is asked of the ledger below.
    func answerAnchored(_ id: LedgerID, _ responder: Responder) {
        loop.post(
            .question(
                StateQuestion(keys: [.anchoredLedger(id)]) { state in
                    guard let ledger = Reader.ledger(in: state) else {
                        return responder.refuse(
                            "\(AnchorRefusal.notRegistered(id).description)")
                    }
                    responder.respond(ledger.encode())
                }))
    }

    /// Looks for the lowest anchored head whose tree has at least so many entries, from the newest
    /// back, and goes on with ``stepUp(_:_:_:)``.
    func findAnchor(_ id: LedgerID, treeSize: UInt64, _ responder: Responder) {
        let inbox = inbox
        let loop = loop
        loop.post(
            .question(
                StateQuestion(keys: [.anchoredLedger(id)]) { state in
                    guard let newest = Reader.ledger(in: state)?.newest?.height else {
                        return responder.refuse("no head of ledger \(id) is anchored here")
                    }
                    Walk(ledger: id, treeSize: treeSize, loop: loop, inbox: inbox, responder)
                        .go(to: newest, best: nil)
                }))
    }

    /// Follows anchored heads back, one question to the loop after the other.
    private struct Walk: Sendable {
        let ledger: LedgerID
        let treeSize: UInt64
        let loop: Inbox<LoopInput>
        let inbox: Inbox<Request>
        let responder: Responder

        init(
            ledger: LedgerID, treeSize: UInt64, loop: Inbox<LoopInput>, inbox: Inbox<Request>,
            _ responder: Responder
        ) {
            self.ledger = ledger
            self.treeSize = treeSize
            self.loop = loop
            self.inbox = inbox
            self.responder = responder
        }

        func go(to height: Height, best: (height: Height, leaf: UInt64)?) {
            loop.post(
                .question(
                    StateQuestion(keys: [.anchoredHead(ledger, height)]) { state in
                        guard let bytes = state.items.first?.proof?.value,
                            let head = try? AnchoredHead.decode(bytes)
                        else {
                            return responder.refuse("head \(height) of \(ledger) is damaged")
                        }
                        guard head.treeSize >= treeSize else { return end(best) }
                        let found = (height, head.leaf)
                        guard let previous = head.previous else { return end(found) }
                        go(to: previous, best: found)
                    }))
        }

        private func end(_ best: (height: Height, leaf: UInt64)?) {
            guard let best else {
                return responder.refuse(
                    "no head of ledger \(ledger) with \(treeSize) entries is anchored here yet")
            }
            inbox.post(.anchored(ledger, best.height, leaf: best.leaf, responder))
        }
    }

    /// Asks the loop for what proves an anchored head, to go on with ``stepUp``.
    func proveAnchor(
        _ id: LedgerID, _ height: Height, leaf: UInt64, _ responder: Responder
    ) throws(QueryError) {
        let entry = try nodes.entry(at: leaf)
        let issuer = try nodes.batch(of: entry).0.header.issuer
        let inbox = inbox
        loop.post(
            .question(
                StateQuestion(keys: [.institution(issuer), .anchoredHead(id, height)]) { state in
                    inbox.post(.stepUp(entry, state, responder))
                }))
    }

    func stepUp(
        _ entry: EntryAnswer, _ state: StateAnswer, _ responder: Responder
    ) throws(QueryError) {
        guard state.items.count == 2, let record = state.items[1].proof else { throw .noStateMap }
        let file = try proofFile(of: entry, state)
        responder.respond(AnchorStep(anchor: file, record: record, link: nil).encode())
    }

    /// Asks the loop how validators changed, to go on with ``makeChain``.
    func askChain(_ first: Height, _ last: Height, skips: Bool, _ responder: Responder) {
        let inbox = inbox
        loop.post(
            .question(
                StateQuestion(keys: []) { state in
                    inbox.post(.chain(first, last, skips: skips, state, responder))
                }))
    }

    func makeChain(
        _ first: Height, _ last: Height, skips: Bool, _ state: StateAnswer,
        _ responder: Responder
    ) throws(QueryError) {
        let end = last == .genesis ? state.height : last
        guard end <= state.height else { throw .noBlock(end) }
        let chain = try ChainMaker(nodes: nodes, changes: state.validators)
            .chain(from: first, through: end, skips: skips)
        responder.respond(chain.encode(ledger: ledger))
    }

    private static func ledger(in state: StateAnswer) -> AnchoredLedger? {
        guard let bytes = state.items.first?.proof?.value else { return nil }
        return try? AnchoredLedger.decode(bytes)
    }
}
