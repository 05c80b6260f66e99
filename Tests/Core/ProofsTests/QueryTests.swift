import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Answer to a query")
struct QueryTests {
    @Test("an honest page holds exactly what the model finds, seeds 0 to 59", arguments: 0..<60)
    func agreesWithTheModel(seed: UInt64) throws {
        var world = try QueryWorld(seed: seed)
        let auditor = try world.auditor
        for _ in 0..<8 {
            let query = world.query()
            let heights = world.heights(in: world.asked(by: query))
            for cover in query.covers.indices {
                let bytes = try world.page(query, heights, cover: cover).encode()
                let page = try auditor.verify(try AnswerPage.decode(bytes))
                #expect(
                    page.items.map(\.leafIndex) == world.leaves(of: query, heights),
                    "seed \(seed), \(query), blocks \(heights), lists \(page.terms)")
                #expect(page.asked == world.asked(by: query))
            }
        }
    }

    @Test("pages that follow one another, up or down, make the whole answer")
    func pages() throws {
        let world = try QueryWorld(seed: 7)
        let auditor = try world.auditor
        var query = Query()
        query.patient = ProofNetwork.patient("patient 1")
        let ranges = [(1, 3), (4, 4), (5, 12)].map { HeightRange(Height($0.0), Height($0.1)) }
        for order in [ranges, ranges.reversed()] {
            var chain = AnswerChain()
            var leaves: [UInt64] = []
            for heights in order {
                #expect(!chain.isWhole)
                let page = try auditor.verify(world.page(query, heights, cover: 0))
                try chain.append(page)
                leaves += page.items.map(\.leafIndex)
            }
            #expect(chain.isWhole)
            #expect(
                leaves.sorted() == world.leaves(of: query, HeightRange(Height(1), Height(12))))
        }
    }

    @Test("a page left out, given twice, or of another query does not follow")
    func brokenChain() throws {
        let world = try QueryWorld(seed: 8)
        let auditor = try world.auditor
        func page(_ first: UInt64, _ last: UInt64, _ name: String) throws -> ProvenPage {
            var query = Query()
            query.patient = ProofNetwork.patient(name)
            return try auditor.verify(
                world.page(query, HeightRange(Height(first), Height(last)), cover: 0))
        }
        let rows = [
            [try page(1, 3, "patient 1"), try page(5, 12, "patient 1")],
            [try page(1, 3, "patient 1"), try page(1, 3, "patient 1")],
            [try page(1, 3, "patient 1"), try page(4, 12, "patient 2")],
            [
                try page(4, 6, "patient 1"), try page(7, 8, "patient 1"),
                try page(1, 3, "patient 1"),
            ],
        ]
        for pages in rows {
            let failure = #expect(throws: ProofFailure.self) {
                var chain = AnswerChain()
                for page in pages { try chain.append(page) }
            }
            #expect(failure?.step == .cover)
        }
    }

    @Test("a cursor stays good while the ledger grows")
    func stableWhileGrowing() throws {
        var world = try QueryWorld(seed: 9)
        var query = Query()
        query.kinds = [.access]
        var chain = AnswerChain()
        try chain.append(
            try world.auditor.verify(
                world.page(query, HeightRange(Height(6), Height(12)), cover: 0)))
        for _ in 0..<3 { try world.addBlock() }
        try chain.append(
            try world.auditor.verify(
                world.page(query, HeightRange(Height(1), Height(5)), cover: 0)))
        #expect(chain.isWhole)
        #expect(chain.heights == HeightRange(Height(1), Height(12)))
    }

    @Test("a query comes back as it was written, seeds 0 to 199")
    func codec() throws {
        for seed in UInt64(0)..<200 {
            var world = try QueryWorld(seed: seed, blockCount: 0)
            var query = world.query()
            query.prescription = query.claim
            var writer = CBORWriter()
            query.encode(into: &writer)
            var reader = CBORReader(writer.bytes)
            #expect(try Query(from: &reader) == query)
        }
    }

    @Test("event days are pieced together only where issuer and both ends are named")
    func eventDays() {
        var query = Query()
        query.issuer = ProofNetwork.id("insurer")
        query.happenedFrom = Timestamp(milliseconds: 0)
        func days() -> Int {
            query.covers.first { terms in
                guard case .institutionDay = terms.first else { return false }
                return true
            }?.count ?? 0
        }
        #expect(days() == 0)
        query.happenedBefore = Timestamp(milliseconds: 86_400_000)
        #expect(days() == 1)
        query.happenedBefore = Timestamp(milliseconds: 86_400_001)
        #expect(days() == 2)
        query.happenedFrom = Timestamp(milliseconds: .min)
        query.happenedBefore = Timestamp(milliseconds: .max)
        #expect(days() == 0)
    }
}
