import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Answer to a query")
struct QueryTests {
    @Test("an honest page holds exactly what the model finds, seeds 0 to 59", arguments: 0..<60)
    func agreesWithTheModel(seed: UInt64) throws {
        var world = try QueryWorld(seed: seed, listsRules: seed % 2 == 0)
        let auditor = try world.auditor
        for _ in 0..<8 {
            let query = world.query()
            let heights = world.heights(in: world.asked(by: query))
            for cover in query.covers(under: world.network.genesis.parameters).indices {
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

    @Test("an answer of no block is one page, and none follows it")
    func nothingTwice() throws {
        let world = try QueryWorld(seed: 9)
        var query = Query()
        query.kinds = [.access]
        let all = try world.auditor.verify(
            world.page(query, HeightRange(Height(1), Height(12)), cover: 0))
        query.anchoredBefore = Timestamp(milliseconds: 0)
        let none = try world.auditor.verify(
            world.page(query, HeightRange(Height(1), Height(0)), cover: 0))
        for pages in [[none, none], [none, all], [all, none]] {
            var chain = AnswerChain()
            try chain.append(pages[0])
            let failure = #expect(throws: ProofFailure.self) { try chain.append(pages[1]) }
            #expect(failure?.step == .cover)
        }
    }

    /// One patient by these pseudonyms, each in an epoch of its own from the first on.
    private func spanning(_ names: [String], from first: UInt32 = 0) -> Query {
        var query = Query()
        query.epochs = names.enumerated().map { index, name in
            PatientEpoch(
                epoch: first + UInt32(index), pseudonym: ProofNetwork.patient(name))
        }
        return query
    }

    @Test("over epochs each pseudonym has its own complete list, and all are there")
    func epochs() throws {
        var world = try QueryWorld(seed: 11)
        // A link stands in the lists of both pseudonyms, and once in the answer.
        try world.link("patient 1", "patient 2")
        let query = spanning(["patient 1", "nobody", "patient 2"])
        #expect(query.covers(under: .standard).count == 1)
        let heights = HeightRange(Height(1), Height(13))
        let whole = try world.page(query, heights, cover: 0)
        let page = try world.auditor.verify(try AnswerPage.decode(whole.encode()))
        #expect(page.terms == query.epochs.map { .patient($0.pseudonym) })
        #expect(page.items.map(\.leafIndex) == world.leaves(of: query, heights))
        #expect(page.listedCounts[1] == 0)
        #expect(page.listedCount == page.items.count + 1)
        // A page that leaves an epoch out, or gives another's list for it, is found out.
        var lists = [Array(whole.parts.dropFirst()), Array(whole.parts.dropLast())]
        lists.append([whole.parts[0], whole.parts[0], whole.parts[2]])
        lists.append([whole.parts[0], whole.parts[2]])
        for parts in lists {
            let lie = AnswerPage(
                ledger: whole.ledger, query: query, head: whole.head, heights: whole.heights,
                parts: parts)
            let failure = #expect(throws: ProofFailure.self) {
                try world.auditor.verify(lie)
            }
            #expect(failure?.step == .cover)
        }
        // One that asks for fewer epochs than the query named is another query.
        #expect(throws: ProofFailure.self) {
            var chain = AnswerChain()
            try chain.append(page)
            try chain.append(
                world.auditor.verify(
                    world.page(spanning(["patient 1", "nobody"]), heights, cover: 0)))
        }
    }

    @Test("notices are proved by the list of their rule, and by nothing else in its place")
    func rules() throws {
        for seed in UInt64(0)..<8 {
            let world = try QueryWorld(seed: seed, listsRules: true)
            let heights = HeightRange(Height(1), Height(12))
            var query = Query()
            query.rule = "PR-03"
            let wanted = world.leaves(of: query, heights)
            let covers = query.covers(under: world.network.genesis.parameters)
            #expect(covers == [[.rule("PR-03")], [.kind(.notice)]])
            let whole = try world.page(query, heights, cover: 0)
            let page = try world.auditor.verify(try AnswerPage.decode(whole.encode()))
            #expect(page.terms == [.rule("PR-03")])
            #expect(page.items.map(\.leafIndex) == wanted)
            // Nothing was looked at that was not asked for.
            #expect(page.listedCount == wanted.count)
            guard wanted.count > 1 else { continue }
            let auditor = try world.auditor
            func lie(_ parts: [AnswerPage.Part]) -> ProofStep? {
                let lie = AnswerPage(
                    ledger: whole.ledger, query: query, head: whole.head, heights: heights,
                    parts: parts)
                do throws(ProofFailure) {
                    _ = try auditor.verify(lie)
                    return nil
                } catch {
                    return error.step
                }
            }
            let part = whole.parts[0]
            let other = try world.part(.rule("CE-01"), heights)
            let absent = try world.part(.rule("no such rule"), heights)
            let lies: [(AnswerPage.Part, ProofStep)] = [
                (other, .cover), (absent, .cover),
                (
                    AnswerPage.Part(
                        term: part.term, place: absent.place, slice: nil, entries: []), .termHead
                ),
                (
                    AnswerPage.Part(
                        term: part.term, place: other.place, slice: other.slice,
                        entries: other.entries), .termHead
                ),
                (
                    AnswerPage.Part(
                        term: part.term, place: part.place, slice: nil, entries: []),
                    .completeness
                ),
                (
                    AnswerPage.Part(
                        term: part.term, place: part.place, slice: part.slice,
                        entries: Array(part.entries.dropLast())), .rows
                ),
            ]
            for (part, step) in lies { #expect(lie([part]) == step, "seed \(seed)") }
        }
    }

    @Test("a ledger whose genesis lists no rules proves a rule's notices by those of the kind")
    func olderLedger() throws {
        let world = try QueryWorld(seed: 3)
        let heights = HeightRange(Height(1), Height(12))
        var query = Query()
        query.rule = "PR-03"
        #expect(
            query.covers(under: world.network.genesis.parameters) == [[.kind(.notice)]])
        let page = try world.auditor.verify(try world.page(query, heights, cover: 0))
        #expect(page.items.map(\.leafIndex) == world.leaves(of: query, heights))
        #expect(!page.items.isEmpty)
        // There, that a rule has no list says nothing.
        let absent = AnswerPage(
            ledger: world.network.ledger, query: query,
            head: try world.page(query, heights, cover: 0).head, heights: heights,
            parts: [try world.part(.rule("PR-03"), heights)])
        #expect(absent.parts[0].slice == nil)
        let failure = #expect(throws: ProofFailure.self) { try world.auditor.verify(absent) }
        #expect(failure?.step == .cover)
    }

    @Test("epochs that do not reach over the days that are asked for are refused")
    func epochsOfDays() throws {
        var world = try QueryWorld(seed: 12, blockCount: 3, epochDays: 100)
        let heights = HeightRange(Height(1), Height(3))
        func days(_ first: Int32, _ end: Int32, epochs: [UInt32]) throws -> ProofStep? {
            var query = Query()
            query.epochs = epochs.map {
                PatientEpoch(epoch: $0, pseudonym: ProofNetwork.patient("patient \($0)"))
            }
            query.happenedFrom = Day(number: first).start
            query.happenedBefore = Day(number: end).start
            let page = try world.page(query, heights, cover: 0)
            let auditor = try world.auditor
            do throws(ProofFailure) {
                _ = try auditor.verify(page)
                return nil
            } catch {
                return error.step
            }
        }
        #expect(try days(150, 300, epochs: [1, 2]) == nil)
        #expect(try days(150, 301, epochs: [1, 2]) == .cover)
        #expect(try days(99, 300, epochs: [1, 2]) == .cover)
        #expect(try days(150, 160, epochs: [0, 1, 2]) == nil)
        try world.addBlock()
    }

    @Test("epochs out of order, with a gap, twice, or beside another patient are no query")
    func badEpochs() throws {
        func problem(_ query: Query) -> Bool {
            var writer = CBORWriter()
            query.encode(into: &writer)
            var reader = CBORReader(writer.bytes)
            return (try? Query(from: &reader)) == nil
        }
        let one = PatientEpoch(epoch: 1, pseudonym: ProofNetwork.patient("a"))
        let alsoOne = PatientEpoch(epoch: 1, pseudonym: ProofNetwork.patient("b"))
        let two = PatientEpoch(epoch: 2, pseudonym: ProofNetwork.patient("c"))
        let four = PatientEpoch(epoch: 4, pseudonym: ProofNetwork.patient("d"))
        let twice = PatientEpoch(epoch: 2, pseudonym: one.pseudonym)
        for (epochs, isBad) in [
            ([one], false), ([one, alsoOne].sorted() + [two], false), ([two, one], true),
            ([two, four], true), ([one, twice], true), ([one, one], true),
        ] {
            var query = Query()
            query.epochs = epochs
            #expect(problem(query) == isBad, "\(epochs)")
        }
        var both = Query()
        both.epochs = [one]
        both.patient = one.pseudonym
        #expect(problem(both))
    }

    @Test("a query comes back as it was written, seeds 0 to 199")
    func codec() throws {
        for seed in UInt64(0)..<200 {
            var world = try QueryWorld(seed: seed, blockCount: 0)
            var query = world.query()
            query.prescription = query.claim
            if seed % 3 == 0 {
                query.patient = nil
                query.epochs = spanning(["a", "b"], from: UInt32(seed)).epochs
            }
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
            query.covers(under: .standard).first { terms in
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

    @Test("a range without a block says which blocks it lies between")
    func rangesInWords() {
        #expect("\(HeightRange(Height(3), Height(5)))" == "3-5")
        #expect("\(HeightRange(Height(3), Height(3)))" == "3-3")
        #expect("\(HeightRange(Height(305), Height(304)))" == "between 304 and 305")
    }
}
