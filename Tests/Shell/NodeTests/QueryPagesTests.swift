internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Testing
internal import Transport

@testable import Node

@Suite("What a node answers from its disk", .timeLimit(.minutes(30)), .serialized)
struct QueryPagesTests {
    /// Nodes whose ledger has seven blocks with entries of two institutions.
    private func running() async throws -> RunningNetwork {
        let running = RunningNetwork(try TestNetwork())
        try await running.start([0, 1, 2, 3])
        let client = try await running.client(0)
        for round in UInt64(0)..<7 {
            for issuer in [1, 2] {
                let batch = running.network.batch(of: issuer, first: 1 + 3 * round, count: 3)
                _ = try await client.submitBatch(batch, waits: true)
            }
        }
        await client.close()
        return running
    }

    private func page(
        _ request: QueryRequest, _ client: NodeClient, _ auditor: Auditor
    ) async throws -> (page: ProvenPage, next: HeightRange?) {
        let answer = try await client.query(request)
        let bytes = try #require(answer.page)
        return (try auditor.verify(try AnswerPage.decode(bytes)), answer.next)
    }

    @Test func pagesProveThemselvesAndMakeTheWholeAnswer() async throws {
        let running = try await running()
        let client = try await running.client(0)
        let auditor = try Auditor(genesis: running.network.genesis)
        var queries: [(Query, Int)] = []
        var query = Query()
        query.issuer = running.network.ids[1]
        queries.append((query, 21))
        query = Query()
        query.kinds = [.link, .access]
        queries.append((query, 42))
        queries.append((Query(), 42))
        query = Query()
        query.patient = TestNetwork.patient(8)
        queries.append((query, 2))
        for (query, count) in queries {
            for isNewestFirst in [false, true] {
                for rowCount in [1, 4, 1_000] as [UInt64] {
                    var request = QueryRequest(
                        query, isNewestFirst: isNewestFirst, rowCount: rowCount)
                    var chain = AnswerChain()
                    var leaves: [UInt64] = []
                    repeat {
                        let found = try await page(request, client, auditor)
                        try chain.append(found.page)
                        let own = found.page.items.map(\.leafIndex)
                        leaves += isNewestFirst ? own.reversed() : own
                        request.heights = found.next
                    } while request.heights != nil
                    #expect(chain.isWhole)
                    #expect(leaves.count == count)
                    let sorted = leaves.sorted()
                    #expect(leaves == (isNewestFirst ? sorted.reversed() : sorted))
                    let plain = QueryRequest(
                        query, isNewestFirst: isNewestFirst, isProved: false)
                    let rows = try await client.query(plain).rows.map(\.leafIndex)
                    #expect(rows == sorted)
                }
            }
        }
        await client.close()
        try await running.stopAll()
    }

    @Test func rangesOfAnchoringTimeBeginAndEndWhereTheyShould() async throws {
        let running = try await running()
        let client = try await running.client(1)
        let auditor = try Auditor(genesis: running.network.genesis)
        let entry = try await client.entry(leaf: 20)
        for (from, before) in [
            (entry.time, nil), (nil, entry.time),
            (entry.time, Timestamp(milliseconds: entry.time.milliseconds + 1)),
            (Timestamp(milliseconds: .max), nil), (nil, Timestamp(milliseconds: .min)),
        ] as [(Timestamp?, Timestamp?)] {
            var query = Query()
            query.kinds = [.link]
            query.anchoredFrom = from
            query.anchoredBefore = before
            let found = try await page(QueryRequest(query), client, auditor).page
            var right: [UInt64] = []
            for leaf in UInt64(0)..<42 {
                let time = try await client.entry(leaf: leaf).time
                if time >= from ?? time, before.map({ time < $0 }) ?? true { right.append(leaf) }
            }
            #expect(found.items.map(\.leafIndex) == right)
        }
        await client.close()
        try await running.stopAll()
    }

    @Test func archivesAndLinksVerify() async throws {
        let running = try await running()
        let client = try await running.client(2)
        let genesis = running.network.genesis
        let last = try await client.status().height
        for first in [Height(1), Height(3)] {
            let head = try await client.archiveHead(from: first, through: last)
            var auditor = try ArchiveAuditor(head, genesis: genesis)
            var replay = first == Height(1) ? ArchiveReplay(genesis: genesis) : nil
            var height = first
            while height <= last {
                let block = try ArchiveBlock.decode(try await client.archiveBlock(height))
                try auditor.take(block)
                try replay?.take(block)
                height = height.next
            }
            #expect(auditor.isWhole)
            #expect(replay == nil || replay?.state.stateRoot == auditor.last?.stateRoot)
        }
        let proof = try await client.proof(leaf: 4)
        let old = try ProofFile.decode(proof).head.header
        _ = try await client.submitBatch(
            running.network.batch(of: 1, first: 22, count: 2), waits: true)
        let head = try Block.decode(try await client.block().block).header
        let link = try await client.consistency(from: old.treeSize, to: head.treeSize)
        let trusted = TrustedHead(head, consistency: link)
        let proven = try Auditor(genesis: genesis, trusted: trusted).verify(proof)
        #expect(proven.head.anchor == .tree(ofTrustedHead: head.height))
        await #expect(throws: TransportError.self) {
            try await client.archiveHead(from: Height(1), through: Height(99_999))
        }
        await client.close()
        try await running.stopAll()
    }
}
