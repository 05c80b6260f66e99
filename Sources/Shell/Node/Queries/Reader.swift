internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Storage
internal import Transport

/// Answers questions about what is on the disk, on a thread of its own, apart from consensus.
///
/// What the state map must say is asked of the loop, and the answer taken up again here.
final class Reader {
    enum Request: Sendable {
        case control(ControlRequest, Responder)
        case history(from: Height, through: Height, Responder)
        case proof(EntryAnswer, StateAnswer, Responder, wantsReceipts: Bool)
        case query(QueryRequest, [Term], StateAnswer, Responder)
        case archive(HeightRange, StateAnswer, Responder)
        case anchored(LedgerID, Height, leaf: UInt64, Responder)
        case stepUp(EntryAnswer, StateAnswer, Responder)
        case chain(Height, Height, skips: Bool, StateAnswer, Responder)
        case rule(String, StateAnswer, Responder)
        case table(String, StateAnswer, Responder)
        case standing(StateAnswer, Responder)
    }

    private let store: BlockStore
    private let index: EntryIndex
    let inbox: Inbox<Request>
    let loop: Inbox<LoopInput>
    private let desk: Inbox<DeskWorker.Input>
    private let membership: Membership
    private let genesis: Genesis
    var ledger: LedgerID { genesis.ledger }
    let nodes: TreeReader
    private let lists: RunLists
    private let findsByLeafHash: Bool

    init(
        store: BlockStore, index: EntryIndex, inbox: Inbox<Request>, loop: Inbox<LoopInput>,
        desk: Inbox<DeskWorker.Input>, setup: NodeSetup, membership: Membership
    ) {
        self.store = store
        self.index = index
        self.inbox = inbox
        self.loop = loop
        self.desk = desk
        genesis = setup.genesis
        findsByLeafHash = setup.findsByLeafHash
        self.membership = membership
        nodes = TreeReader(store: store, index: index)
        lists = RunLists(nodes)
    }

    /// Runs until its inbox is closed.
    func run() {
        while !inbox.isClosed {
            for request in inbox.take(until: nil) { answer(request) }
        }
    }

    private func answer(_ request: Request) {
        let responder =
            switch request {
            case .control(_, let responder): responder
            case .history(_, _, let responder): responder
            case .proof(_, _, let responder, _): responder
            case .query(_, _, _, let responder): responder
            case .archive(_, _, let responder): responder
            case .anchored(_, _, _, let responder): responder
            case .stepUp(_, _, let responder): responder
            case .chain(_, _, _, _, let responder): responder
            case .rule(_, _, let responder), .table(_, _, let responder): responder
            case .standing(_, let responder): responder
            }
        do throws(QueryError) {
            switch request {
            case .control(let request, _): try answer(request, responder)
            case .history(let from, let last, _): try show(from, through: last, responder)
            case .proof(let entry, let state, _, let wantsReceipts):
                try prove(entry, state, responder, wantsReceipts: wantsReceipts)
            case .query(let request, let terms, let state, _):
                try page(request, terms, state, responder)
            case .archive(let heights, let state, _):
                responder.respond(try archiveHead(heights, state).encode())
            case .anchored(let id, let height, let leaf, _):
                try proveAnchor(id, height, leaf: leaf, responder)
            case .stepUp(let entry, let state, _): try stepUp(entry, state, responder)
            case .chain(let first, let last, let skips, let state, _):
                try makeChain(first, last, skips: skips, state, responder)
            case .rule(let rule, let state, _):
                let (head, proof) = try history(state)
                responder.respond(RuleProof(rule: rule, head: head, state: proof).encode())
            case .table(let table, let state, _):
                let (head, proof) = try history(state)
                responder.respond(TableProof(table: table, head: head, state: proof).encode())
            case .standing(let state, _):
                let (head, proof) = try history(state)
                responder.respond(StandingProof(head: head, state: proof).encode())
            }
        } catch {
            responder.refuse(error.answer)
        }
    }

    /// Has the loop tell what the state map says of a key, and asks on with that.
    private func ask(
        _ key: StateKey, _ next: @escaping @Sendable (StateAnswer) -> Request
    ) {
        let inbox = inbox
        loop.post(.question(StateQuestion(keys: [key]) { inbox.post(next($0)) }))
    }

    /// What the state map says of one key, or that it says nothing, under its head.
    private func history(
        _ state: StateAnswer
    ) throws(QueryError) -> (ClaimedHead, MapProof) {
        guard let item = state.items.first, let proof = item.proof ?? item.absence else {
            throw .noStateMap
        }
        return (try nodes.head(state.height), proof)
    }

    private func answer(
        _ request: ControlRequest, _ responder: Responder
    ) throws(QueryError) {
        switch request {
        case .entryByLeaf(let leaf): responder.respond(try nodes.entry(at: leaf).encoded)
        case .entryByNumber(let issuer, let stream, let number):
            responder.respond(try nodes.entry(issuer, stream, number: number).encoded)
        case .entryByHash(let hash):
            guard findsByLeafHash else { throw .noLeafHashes }
            guard
                let leaf = try queryStorage({ () throws(StorageError) in
                    try index.leaf(withHash: hash)
                })
            else { throw .noEntry("with leaf hash \(hash)") }
            responder.respond(try nodes.entry(at: leaf).encoded)
        case .block(let height): responder.respond(try nodes.block(height).encoded)
        case .proof(let leaf): try ask(leaf, responder, wantsReceipts: false)
        case .receipts(let leaf): try ask(leaf, responder, wantsReceipts: true)
        case .consistency(let first, let second):
            var writer = CBORWriter(reservingCapacity: 2_048)
            try nodes.consistency(from: first, to: second).encode(into: &writer)
            responder.respond(writer.bytes)
        case .archiveHead(let first, let last):
            let inbox = inbox
            loop.post(
                .question(
                    StateQuestion(ofSubmitKeys: { state in
                        let end = last == .genesis ? state.height : last
                        inbox.post(.archive(HeightRange(first, end), state, responder))
                    })))
        case .ruleProof(let rule): ask(.ruleHistory(rule)) { .rule(rule, $0, responder) }
        case .tableProof(let table): ask(.tableHistory(table)) { .table(table, $0, responder) }
        case .caseStanding(let issuer, let id):
            ask(.case(issuer, id)) { .standing($0, responder) }
        case .findingStanding(let id): ask(.finding(id)) { .standing($0, responder) }
        case .archiveBlock(let height): responder.respond(try nodes.archived(height).encode())
        case .query(let request):
            let covers = request.query.covers(under: genesis.parameters)
            let terms = Set(covers.joined() + [.unfit]).map { ($0, StateKey.term($0)) }
            let inbox = inbox
            loop.post(
                .question(
                    StateQuestion(keys: terms.map(\.1)) { state in
                        inbox.post(.query(request, terms.map(\.0), state, responder))
                    }))
        case .anchored(let id): answerAnchored(id, responder)
        case .anchorStep(let id, let size): findAnchor(id, treeSize: size, responder)
        case .chain(let first, let last, let skips):
            askChain(first, last, skips: skips, responder)
        default: throw .notForReading
        }
    }

    /// Asks the loop what the map says of the entry's issuer, to go on with ``prove``.
    private func ask(
        _ leaf: UInt64, _ responder: Responder, wantsReceipts: Bool
    ) throws(QueryError) {
        let entry = try nodes.entry(at: leaf)
        let issuer = try nodes.batch(of: entry).0.header.issuer
        let inbox = inbox
        loop.post(
            .question(
                StateQuestion(keys: [.institution(issuer), .unfit(leaf)]) { state in
                    inbox.post(.proof(entry, state, responder, wantsReceipts: wantsReceipts))
                }))
    }

    private func prove(
        _ entry: EntryAnswer, _ state: StateAnswer, _ responder: Responder, wantsReceipts: Bool
    ) throws(QueryError) {
        if wantsReceipts {
            let head = try nodes.head(state.height)
            let inclusion = try nodes.inclusion(
                of: entry.leafIndex, treeSize: head.header.treeSize)
            let voters = membership.timeline.charter(at: head.header.height)
            let receipts = Receipts.expand(
                head.commitProof, ledger: ledger, inclusion: inclusion
            ) { voters.institution($0)?.consensusKey?.keyID }
            responder.respond(
                receipts.map { ReceiptAnswer(voter: $0.voter, receipt: $0.receipt.encoded) }
                    .encoded)
            return
        }
        responder.respond(try proofFile(of: entry, state).encode())
    }

    /// The proof file of an entry under the last block; its issuer comes first in the answer.
    func proofFile(
        of entry: EntryAnswer, _ state: StateAnswer
    ) throws(QueryError) -> ProofFile {
        let head = try nodes.head(state.height)
        let inclusion = try nodes.inclusion(of: entry.leafIndex, treeSize: head.header.treeSize)
        guard let issuer = state.items.first?.proof else { throw .noStateMap }
        let (batch, position) = try nodes.batch(of: entry)
        let mayBeUnfit = (try? Entry.decode(entry.entry))?.mayBeUnfit == true
        let standing = mayBeUnfit ? state.items.last.flatMap { $0.proof ?? $0.absence } : nil
        guard
            let file = ProofFile(
                of: batch, entryAt: position, header: head.header,
                commitProof: head.commitProof, inclusion: inclusion, issuer: issuer,
                standing: standing)
        else { throw .damaged("batch \(entry.batch)") }
        return file
    }

    /// Answers a query; asking is an access, which the desk writes down first.
    private func page(
        _ request: QueryRequest, _ terms: [Term], _ state: StateAnswer, _ responder: Responder
    ) throws(QueryError) {
        let head = try nodes.head(state.height)
        var maker = PageMaker(
            request, genesis: genesis, nodes: nodes, lists: lists, head: head)
        let answer = try maker.page(
            Dictionary(zip(terms, state.items)) { first, _ in first }
        ).encoded
        desk.post(.queried(request.query, request.purpose, answer, responder))
    }

    /// What an archive of these blocks stands on, and the institutions as they are now.
    private func archiveHead(
        _ heights: HeightRange, _ state: StateAnswer
    ) throws(QueryError) -> ArchiveHead {
        guard heights.first > .genesis, !heights.isEmpty, heights.last <= state.height else {
            throw .noBlock(heights.last)
        }
        return try nodes.archiveHead(heights, ledger: ledger, state)
    }

    /// Shows the blocks that were committed before somebody began to watch, then hands over.
    private func show(
        _ first: Height, through last: Height, _ responder: Responder
    ) throws(QueryError) {
        var height = first
        while height <= last {
            guard responder.emit(try nodes.notice(height).encoded) else { return }
            height = height.next
        }
        loop.post(.control(.watch(from: height), responder, nil))
    }
}
