import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import TestSupport

/// A ledger of random entries, an honest answerer, and the model: every entry, one by one.
struct QueryWorld {
    private(set) var network: ProofNetwork
    private var random: SplitMix

    static let patients = (0..<4).map { "patient \($0)" }
    static let practitioners = (0..<3).map { ProofNetwork.patient("practitioner \($0)") }
    static let rules = ["CE-01", "PR-03"]
    static let claims = (0..<3).map { ProofNetwork.patient("claim \($0)") }

    init(
        seed: UInt64, blockCount: Int = 12, epochDays: UInt64 = 0, listsRules: Bool = false
    ) throws {
        network = try ProofNetwork(epochDays: epochDays, listsRules: listsRules)
        random = SplitMix(seed: seed)
        for _ in 0..<blockCount { try addBlock() }
    }

    /// A world of the blocks that a network has decided.
    init(_ network: ProofNetwork) {
        self.network = network
        random = SplitMix(seed: 0)
    }

    var auditor: Auditor {
        get throws { try Auditor(genesis: network.genesis) }
    }

    /// Decides a block with an entry that says that two pseudonyms are one person's.
    mutating func link(_ first: String, _ second: String) throws {
        let ids = [first, second].map(ProofNetwork.patient)
        var link = network.entry("insurer", about: first)
        link.kind = .link
        link.commitment = nil
        link.sealedPayload = nil
        link.recipients = []
        link.subjects = ids.sorted().map { .patient($0) }
        link.body = .link(LinkBody(first: ids[0], second: ids[1], relation: .same))
        try network.decide([[link]])
    }

    mutating func addBlock() throws {
        let batches = (0..<random.below(4)).map { member in
            (0..<(1 + random.below(4))).map { _ in entry(ProofNetwork.names[member]) }
        }
        try network.decide(batches)
    }

    private mutating func entry(_ issuer: String) -> Entry {
        let patient = QueryWorld.patients[random.below(QueryWorld.patients.count)]
        var entry = network.entry(issuer, about: patient)
        entry.eventTime = Timestamp(
            milliseconds: network.genesis.start.milliseconds + Int64(random.below(5)) * 86_400_000)
        switch random.below(4) {
        case 2:
            let rules = random.below(2) == 0 ? QueryWorld.rules : [pick(QueryWorld.rules)]
            entry.kind = .notice
            entry.body = .case(
                CaseBody(
                    blindedCase: ProofNetwork.patient("case"),
                    step: .noticed(CaseBody.Opening(findings: [0], rules: rules)), previous: 0))
        case 0:
            entry.kind = .access
            entry.access = AccessHeader(
                action: pick(AccessHeader.Action.allCases),
                purpose: pick(AccessHeader.Purpose.allCases),
                basis: pick(AccessHeader.Basis.allCases),
                outcome: pick(AccessHeader.Outcome.allCases))
            entry.subjects.append(.practitioner(pick(QueryWorld.practitioners)))
        case 1:
            entry.kind = random.below(2) == 0 ? .claim : .claimResponse
            entry.subjects.append(.claim(pick(QueryWorld.claims)))
            if issuer != "insurer" {
                entry.subjects.insert(.institution(ProofNetwork.id("insurer")), at: 1)
            }
        default: break
        }
        return entry
    }

    /// A query of some of the properties that entries of this world have.
    mutating func query() -> Query {
        var query = Query()
        if random.below(3) == 0 {
            query.patient = ProofNetwork.patient("patient \(random.below(5))")
        }
        if random.below(4) == 0 { query.practitioner = pick(QueryWorld.practitioners) }
        if random.below(5) == 0 { query.institution = ProofNetwork.id(pick(ProofNetwork.names)) }
        if random.below(5) == 0 { query.issuer = ProofNetwork.id(pick(ProofNetwork.names)) }
        if random.below(6) == 0 { query.claim = pick(QueryWorld.claims) }
        if random.below(4) == 0 {
            query.kinds = [pick([.access, .claim, .record]), pick([.claimResponse, .dispense])]
        }
        if random.below(4) == 0 { query.action = pick(AccessHeader.Action.allCases) }
        if random.below(6) == 0 { query.purpose = pick(AccessHeader.Purpose.allCases) }
        if random.below(6) == 0 { query.basis = pick(AccessHeader.Basis.allCases) }
        if random.below(6) == 0 { query.outcome = pick(AccessHeader.Outcome.allCases) }
        if random.below(6) == 0 { query.rule = pick(QueryWorld.rules) }
        let start = network.genesis.start.milliseconds
        if random.below(3) == 0 {
            let first = random.below(5)
            query.happenedFrom = Timestamp(milliseconds: start + Int64(first) * 86_400_000)
            query.happenedBefore = Timestamp(
                milliseconds: start + Int64(first + random.below(3)) * 86_400_000 + 1)
        }
        if random.below(3) == 0 {
            query.anchoredFrom = Timestamp(milliseconds: start + Int64(random.below(15)) * 30 - 15)
        }
        if random.below(3) == 0 {
            query.anchoredBefore = Timestamp(
                milliseconds: start + Int64(random.below(15)) * 30)
        }
        return query.named
    }

    /// A range of heights inside another.
    mutating func heights(in asked: HeightRange) -> HeightRange {
        guard !asked.isEmpty else { return asked }
        let count = Int(asked.last.blocks - asked.first.blocks) + 1
        let first = random.below(count)
        let last = first + random.below(count - first)
        return HeightRange(
            Height(asked.first.blocks + UInt64(first)), Height(asked.first.blocks + UInt64(last)))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

    mutating func below(_ bound: Int) -> Int { random.below(bound) }
}

extension QueryWorld {
    /// The model: the leaves of all entries that a query asks for in these heights.
    func leaves(of query: Query, _ heights: HeightRange) -> [UInt64] {
        var leaves: [UInt64] = []
        for block in network.blocks {
            let header = block.executed.header
            var leaf = block.executed.firstLeaf
            for entry in block.executed.batches.flatMap(\.entries) {
                defer { leaf += 1 }
                guard heights.contains(header.height), query.matches(entry),
                    query.anchoredFrom.map({ header.time >= $0 }) ?? true,
                    query.anchoredBefore.map({ header.time < $0 }) ?? true
                else { continue }
                leaves.append(leaf)
            }
        }
        return leaves
    }

    /// The heights that a query asks for, block by block.
    func asked(by query: Query) -> HeightRange {
        let headers = network.blocks.map(\.executed.header)
        let from = query.anchoredFrom.map { time in
            headers.first { $0.time >= time }?.height ?? Height(UInt64(headers.count) + 1)
        }
        let before = query.anchoredBefore.map { time in
            headers.first { $0.time >= time }?.height ?? Height(UInt64(headers.count) + 1)
        }
        return HeightRange(
            from ?? Height(1),
            before.map { Height($0.blocks - 1) } ?? Height(UInt64(headers.count)))
    }

    /// An honest page by the cover with this number, made the slow way.
    func page(_ query: Query, _ heights: HeightRange, cover: Int) throws -> AnswerPage {
        guard let last = network.blocks.last else { throw Missing() }
        let covers = query.covers(under: network.genesis.parameters)
        let terms = covers[cover % covers.count]
        return AnswerPage(
            ledger: network.ledger, query: query,
            head: ClaimedHead(header: last.executed.header, commitProof: last.commitProof),
            heights: heights, from: query.anchoredFrom.map(bound),
            before: query.anchoredBefore.map(bound),
            parts: try terms.map { try part($0, heights) })
    }

    func part(_ term: Term, _ heights: HeightRange) throws -> AnswerPage.Part {
        let key = StateKey.term(term)
        let map = network.state.map
        guard let place = map.proof(of: key) else {
            guard let absence = map.absence(of: key) else { throw Missing() }
            return AnswerPage.Part(term: term, place: absence, slice: nil, entries: [])
        }
        let runs = try network.runs(of: term)
        let inside = runs.indices.filter { heights.contains(runs[$0].height) }
        let firstInside = inside.first ?? runs.count { $0.height < heights.first }
        let end = inside.last.map { $0 + 1 } ?? firstInside
        let first = max(0, firstInside - 1)
        let shown = Array(runs[first..<min(runs.count, end + 1)])
        let leaves = runs.map(\.leafHash)
        func root(_ nodes: [MerkleNode]) -> [Digest] {
            nodes.map { node in
                MerkleTree.root(of: leaves[Int(node.range.start)..<Int(node.range.end)])
            }
        }
        let slice = TermSlice(
            firstRun: UInt64(first),
            before: root(MerkleRange(start: 0, end: UInt64(first)).nodes), runs: shown,
            after: root(
                TermSlice.nodes(from: UInt64(first + shown.count), to: UInt64(runs.count))))
        let entries = inside.flatMap { runs[$0].entries }.map { bytes(at: $0.leafIndex) }
        return AnswerPage.Part(term: term, place: place, slice: slice, entries: entries)
    }

    private func bytes(at leaf: UInt64) -> [UInt8] {
        network.blocks.flatMap { $0.executed.batches.flatMap(\.entries) }[Int(leaf)].encode()
    }

    func bound(_ time: Timestamp) -> TimeBound {
        let index = network.blocks.firstIndex { $0.executed.header.time >= time }
        let before = index.map { $0 - 1 } ?? network.blocks.count - 1
        return TimeBound(
            before: before >= 0 ? network.blocks[before].executed.header : nil,
            from: index.map {
                ClaimedHead(
                    header: network.blocks[$0].executed.header,
                    commitProof: network.blocks[$0].commitProof)
            })
    }

    struct Missing: Error {}
}
