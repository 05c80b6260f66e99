import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import TestSupport
import Testing

/// A node that lies: each lie bends an honest page, and must be refused at the step that names it.
@Suite("A lying node")
struct LyingNodeTests {
    private let world: QueryWorld
    private let auditor: Auditor
    private let query: Query
    private let honest: AnswerPage
    private let heights: HeightRange
    private let seed: UInt64

    init() throws {
        let heights = HeightRange(Height(5), Height(9))
        self.heights = heights
        // The first world whose page has hashes before and after, and rows enough to lie about.
        for seed in UInt64(0)..<100 {
            let world = try QueryWorld(seed: seed)
            var query = Query()
            query.patient = ProofNetwork.patient("patient 2")
            query.anchoredFrom = Timestamp(
                milliseconds: world.network.genesis.start.milliseconds + 60)
            let page = try world.page(query, heights, cover: 0)
            guard let slice = page.parts[0].slice, slice.firstRun > 0, !slice.after.isEmpty,
                page.parts[0].entries.count >= 3,
                slice.runs.count(where: { heights.contains($0.height) }) >= 2,
                slice.runs.contains(where: { $0.height == Height(5) }),
                slice.runs.contains(where: { $0.height == Height(9) })
            else { continue }
            (self.world, self.query, self.seed, honest) = (world, query, seed, page)
            auditor = try world.auditor
            _ = try auditor.verify(page)
            return
        }
        throw QueryWorld.Missing()
    }

    private func refuses(
        _ page: @autoclosure () throws -> AnswerPage, at steps: ProofStep..., lie: Comment
    ) throws {
        let page = try page()
        let failure = #expect(throws: ProofFailure.self, lie) { try auditor.verify(page) }
        if let failure { #expect(steps.contains(failure.step), "\(lie): \(failure)") }
    }

    private func bend(_ change: (inout TermSlice.Parts, inout [[UInt8]]) -> Void) -> AnswerPage {
        let part = honest.parts[0]
        guard let slice = part.slice else { return honest }
        var parts = TermSlice.Parts(slice)
        var entries = part.entries
        change(&parts, &entries)
        return honest.with(part: part.with(slice: parts.slice, entries: entries))
    }

    @Test("answers that are cut short are refused")
    func truncated() throws {
        try refuses(bend { _, rows in rows.removeLast() }, at: .rows, lie: "the last row")
        try refuses(bend { _, rows in rows.removeFirst() }, at: .rows, lie: "the first row")
        try refuses(
            bend { slice, rows in
                let cut = slice.runs.remove(at: 1)
                rows.removeFirst(cut.entries.count)
            }, at: .completeness, lie: "a run and its rows")
        try refuses(
            bend { slice, _ in slice.runs.removeLast() }, at: .completeness,
            lie: "the neighbour after")
        try refuses(
            bend { slice, _ in slice.runs.removeFirst() }, at: .completeness,
            lie: "the neighbour before")
        try refuses(
            bend { slice, rows in
                slice.runs = []
                rows = []
            }, at: .completeness, lie: "everything")
        let place = honest.parts[0].place
        try refuses(
            honest.with(
                part: AnswerPage.Part(
                    term: honest.parts[0].term, place: place, slice: nil, entries: [])),
            at: .completeness, lie: "the list")
    }

    @Test("a neighbour hidden behind hashes that are honest is missed")
    func hiddenRuns() throws {
        // The runs of fewer blocks, proved as honestly as can be, under the range of more.
        for (first, last) in [(6, 8), (5, 8), (6, 9)] as [(UInt64, UInt64)] {
            let range = HeightRange(Height(first), Height(last))
            let other = try world.page(query, range, cover: 0)
            #expect(other.parts[0].entries.count < honest.parts[0].entries.count)
            try refuses(
                honest.with(part: other.parts[0]), at: .completeness, lie: "blocks of \(range)")
        }
    }

    @Test("rows that are swapped, changed or another's are refused")
    func rows() throws {
        try refuses(bend { _, rows in rows.swapAt(0, 1) }, at: .rows, lie: "swapped")
        try refuses(bend { _, rows in rows[1] = rows[0] }, at: .rows, lie: "one row twice")
        try refuses(bend { _, rows in rows[0][rows[0].count - 1] ^= 1 }, at: .rows, lie: "a bit")
        try refuses(bend { _, rows in rows.append(rows[0]) }, at: .rows, lie: "one row more")
        try refuses(
            bend { slice, rows in
                let run = slice.runs[1]
                let extra = TermRun.Item(leafIndex: 0, leafHash: SHA256.leaf(rows[0]))
                slice.runs[1] = TermRun(
                    height: run.height, totalBefore: run.totalBefore,
                    entries: run.entries + [extra])
                rows.insert(rows[0], at: run.entries.count)
            }, at: .completeness, lie: "an entry added to a run")
    }

    @Test("the list of somebody else is refused, and so is one for another query")
    func wrongSubject() throws {
        var other = query
        other.patient = ProofNetwork.patient("patient 1")
        let theirs = try world.page(other, heights, cover: 0)
        try refuses(honest.with(part: theirs.parts[0]), at: .cover, lie: "another patient's list")
        let renamed = AnswerPage.Part(
            term: honest.parts[0].term, place: theirs.parts[0].place,
            slice: theirs.parts[0].slice, entries: theirs.parts[0].entries)
        try refuses(honest.with(part: renamed), at: .termHead, lie: "it, under the right name")
        let stranger = try world.part(.patient(ProofNetwork.patient("stranger")), heights)
        try refuses(
            honest.with(
                part: AnswerPage.Part(
                    term: honest.parts[0].term, place: stranger.place, slice: nil, entries: [])),
            at: .termHead, lie: "there is no such patient")
        var narrower = query
        narrower.kinds = [.dispense]
        let proven = try auditor.verify(honest.with(query: narrower))
        #expect(proven.query != query, "who asked compares the query, as the command does")
    }

    @Test("a shorter cover than the query needs is refused")
    func cover() throws {
        var all = Query()
        all.kinds = [.access, .claim]
        let page = try world.page(all, heights, cover: 0)
        try refuses(page.with(parts: [page.parts[0]]), at: .cover, lie: "one kind of two")
        try refuses(page.with(parts: page.parts.reversed()), at: .cover, lie: "another order")
        try refuses(page.with(parts: []), at: .cover, lie: "no list")
    }

    @Test("a range of time that begins too late or ends too early is refused")
    func timeRange() throws {
        let time = try #require(query.anchoredFrom)
        let blocks = world.network.blocks
        let later = world.bound(Timestamp(milliseconds: time.milliseconds + 60))
        let right = world.bound(time)
        for bound in [
            nil, later, TimeBound(before: nil, from: right.from),
            TimeBound(before: right.before, from: later.from),
            TimeBound(before: blocks.last?.executed.header, from: nil),
            TimeBound(before: nil, from: nil),
        ] {
            try refuses(
                honest.with(from: bound), at: .timeRange, lie: "\(String(describing: bound))")
        }
        let weak = ClaimedHead(
            header: blocks[0].executed.header,
            commitProof: try world.network.commitProof(
                of: blocks[0].executed.block, by: ["insurer", "regulator"]))
        try refuses(
            honest.with(from: TimeBound(before: nil, from: weak)), at: .commitProof,
            lie: "a block that half of the power signed")
        try refuses(
            honest.with(heights: HeightRange(Height(1), Height(13))), at: .cover,
            lie: "blocks that are not there")
    }

    @Test("heads that no quorum signed, of forks and of other ledgers are refused")
    func heads() throws {
        let last = try #require(world.network.blocks.last)
        let block = last.executed.block
        let minority = ClaimedHead(
            header: block.header,
            commitProof: try world.network.commitProof(of: block, by: ["insurer", "regulator"]))
        try refuses(honest.with(head: minority), at: .commitProof, lie: "two of four signed")
        let stale = world.network.blocks[5]
        let old = ClaimedHead(header: stale.executed.header, commitProof: stale.commitProof)
        try refuses(
            honest.with(head: old).with(heights: HeightRange(Height(5), Height(6))),
            at: .termHead, lie: "an old head for new proofs")
        let mixed = ClaimedHead(header: block.header, commitProof: stale.commitProof)
        try refuses(honest.with(head: mixed), at: .header, lie: "signatures of another block")
        let elsewhere = try ProofNetwork(named: "elsewhere")
        #expect(throws: ProofFailure.self) {
            try Auditor(genesis: elsewhere.genesis).verify(honest)
        }
    }

    @Test("a fork with leaked keys, and a stale answer, fail against a trusted head")
    func trustedHead() throws {
        let head = try #require(world.network.blocks.last).executed.header
        let auditor = try Auditor(
            genesis: world.network.genesis, trusted: TrustedHead(head))
        #expect(try auditor.verify(honest).head.anchor == .trustedHead(head.height))
        let fork = try QueryWorld(seed: seed + 1)
        let forked = try fork.page(query, heights, cover: 0)
        #expect(throws: Never.self) { try fork.auditor.verify(forked) }
        let failure = #expect(throws: ProofFailure.self) { try auditor.verify(forked) }
        #expect(failure?.step == .trustedHead)
        // Older than the trusted head, and nothing links the two.
        let stale = try QueryWorld(seed: seed, blockCount: 9).page(query, heights, cover: 0)
        let refusal = #expect(throws: ProofFailure.self) { try auditor.verify(stale) }
        #expect(refusal?.step == .trustedHead)
    }

    @Test("no page with one byte changed proves anything, but what makes no difference")
    func everyByteCounts() throws {
        let bytes = honest.encode()
        let right = try auditor.verify(honest).items.map(\.leafIndex)
        for index in bytes.indices {
            var bent = bytes
            bent[index] ^= 0x01
            guard let page = try? auditor.verify(try AnswerPage.decode(bent)) else { continue }
            // Another range, or another moment between the same two blocks, may be as true.
            #expect(
                page.items.map(\.leafIndex) == world.leaves(of: page.query, page.heights),
                "byte \(index)")
            let isOfTheSame = page.query == query && page.heights == heights
            #expect(!isOfTheSame || page.items.map(\.leafIndex) == right)
        }
    }

    @Test("random lies are refused or tell the truth, seeds 0 to 399")
    func randomLies() throws {
        for seed in UInt64(0)..<400 {
            var random = SplitMix(seed: seed)
            var bytes = honest.encode()
            for _ in 0..<(1 + random.below(4)) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            guard let page = try? auditor.verify(try AnswerPage.decode(bytes)) else { continue }
            #expect(
                page.items.map(\.leafIndex) == world.leaves(of: page.query, page.heights),
                "seed \(seed)")
        }
    }
}

extension TermSlice {
    /// A slice that can be bent.
    struct Parts {
        var firstRun: UInt64
        var before: [Digest]
        var runs: [TermRun]
        var after: [Digest]

        init(_ slice: TermSlice) {
            firstRun = slice.firstRun
            before = slice.before
            runs = slice.runs
            after = slice.after
        }

        var slice: TermSlice {
            TermSlice(firstRun: firstRun, before: before, runs: runs, after: after)
        }
    }
}

extension AnswerPage.Part {
    func with(slice: TermSlice, entries: [[UInt8]]) -> Self {
        Self(term: term, place: place, slice: slice, entries: entries)
    }
}

extension AnswerPage {
    func with(part: Part) -> AnswerPage { with(parts: [part]) }

    func with(
        query: Query? = nil, head: ClaimedHead? = nil, heights: HeightRange? = nil,
        parts: [Part]? = nil
    ) -> AnswerPage {
        AnswerPage(
            ledger: ledger, query: query ?? self.query, head: head ?? self.head,
            heights: heights ?? self.heights, from: from, before: before,
            parts: parts ?? self.parts)
    }

    func with(from bound: TimeBound?) -> AnswerPage {
        AnswerPage(
            ledger: ledger, query: query, head: head, heights: heights, from: bound,
            before: before, parts: parts)
    }
}
