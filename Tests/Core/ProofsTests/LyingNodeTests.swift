import Consensus
import Cryptography
import Ledger
import Strangers
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

    @Test("what is cut short, swapped, another's or of another head is refused")
    func lies() throws {
        func page(of patient: OpaqueID) throws -> AnswerPage {
            var other = query
            other.patient = patient
            return try world.page(other, heights, cover: 0)
        }
        let older = world.network.blocks[5]
        let material = LieMaterial(
            honest: honest, another: try page(of: ProofNetwork.patient("patient 1")),
            stranger: try page(of: ProofNetwork.patient("stranger")),
            older: ClaimedHead(header: older.executed.header, commitProof: older.commitProof))
        for lie in AnswerLie.all {
            let failure = #expect(throws: ProofFailure.self, "\(lie.name)") {
                try auditor.verify(lie.page(material))
            }
            if let failure {
                #expect(lie.steps.contains(failure.step), "\(lie.name): \(failure)")
            }
        }
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

    @Test("an answer to a narrower query says so")
    func narrowerQuery() throws {
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
    }

    @Test("a range of time that begins too late or ends too early is refused")
    func timeRange() throws {
        let time = try #require(query.anchoredFrom)
        let blocks = world.network.blocks
        let later = world.bound(Timestamp(milliseconds: time.milliseconds + 60))
        let right = world.bound(time)
        for bound in [
            later, TimeBound(before: nil, from: right.from),
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
        let minority = ClaimedHead(
            header: last.executed.header,
            commitProof: try world.network.commitProof(
                of: last.executed.block, by: ["insurer", "regulator"]))
        try refuses(honest.with(head: minority), at: .commitProof, lie: "two of four signed")
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
