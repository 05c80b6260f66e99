import Ledger
import Primitives
import RuleEngine
import RuleLanguage
import SampleRules
import Storage
import Testing

@testable import Supervision

@Suite("Knowledge tables between desks")
struct TableRequestsTests {
    private func table(_ count: Int) throws -> KnowledgeTable {
        try .blocked((0..<count).map { "a type of claims that nobody bills, \($0)" })
    }

    /// A region whose ledger names a table that lies at the insurer alone.
    private func region(_ table: KnowledgeTable, byteCount: Int? = nil) throws -> Region {
        let region = try Region()
        for id in [Region.insurer, Region.regulator] {
            _ = try region.open(id) { $0.rulesFolder = region.path(id) + "/rules" }
        }
        try SmallFile.write(table.encode(), to: path(of: table, at: Region.insurer, region))
        let version = TableVersion(
            name: "blocked", hash: table.hash,
            byteCount: UInt64(byteCount ?? table.byteCount))
        let timeline = try CharterTimeline(region.genesis).after(
            .setTables([version], retire: []), from: Height(1))
        for id in [Region.insurer, Region.regulator] { try region.node(id).follow(timeline) }
        try region.commit([])
        return region
    }

    private func path(
        of table: KnowledgeTable, at id: InstitutionID, _ region: Region
    ) -> String {
        "\(region.path(id))/rules/\(table.hash).\(id == Region.insurer ? "table" : "fetched")"
    }

    /// Asks the insurer what the regulator wants of it, and answers with something else.
    private func answer(
        _ forge: (TableQuestion, TableAnswer) throws -> TableAnswer, _ region: Region
    ) throws {
        let regulator = try region.node(Region.regulator)
        let bytes = try #require(
            try regulator.outgoing(to: Region.insurer, at: region.now))
        guard case .table(let question) = try PeerQuestion.decode(bytes) else {
            Issue.record("another question")
            return
        }
        let reply = try region.node(Region.insurer).answer(
            bytes, from: Region.regulator, at: region.now)
        let forged = try forge(question, try TableAnswer.decode(reply.answer))
        try regulator.answered(forged.encode(), by: Region.insurer, at: region.now)
    }

    @Test("a table of many chunks comes whole, in as many answers as it takes")
    func travels() throws {
        let table = try table(120_000)
        let region = try region(table)
        // The outline, and two answers of 4 MiB at most.
        #expect(try region.deliver(from: Region.regulator, to: Region.insurer) == 3)
        let here = try SmallFile.read(path(of: table, at: Region.regulator, region))
        #expect(here == table.encode())
        #expect(try region.deliver(from: Region.regulator, to: Region.insurer) == 0)
    }

    @Test("what came from a peer is looked up in only where the ledger names it")
    func isUsedWhereNamed() throws {
        let table = try table(10)
        let region = try region(table)
        #expect(try region.deliver(from: Region.regulator, to: Region.insurer) > 0)
        let version = TableVersion(
            name: "blocked", hash: table.hash, byteCount: UInt64(table.byteCount))
        for (id, unnamed) in [(Region.regulator, []), (Region.insurer, [table.hash])] {
            let shelf = TableShelf(folder: region.path(id) + "/rules")
            #expect(try RuleLibrary(shelf, []).tables.map(\.hash) == unnamed, "\(id)")
            #expect(try RuleLibrary(shelf, [version]).tables.map(\.hash) == [table.hash])
        }
    }

    @Test("an outline or a chunk that is false is refused, and its sender not asked again")
    func falsified() throws {
        let (table, other) = (try table(5_000), try table(4_999))
        let outlined = try region(table)
        #expect(throws: SupervisionError.self) {
            try answer({ _, _ in .outline(other.outline) }, outlined)
        }
        let regulator = try outlined.node(Region.regulator)
        #expect(try regulator.outgoing(to: Region.insurer, at: outlined.now) == nil)

        let chunked = try region(table)
        try answer({ $1 }, chunked)
        #expect(throws: SupervisionError.self) {
            try answer(
                { _, right in
                    guard case .chunks(var chunks) = right else { return right }
                    chunks[1][5] ^= 1
                    return .chunks(chunks)
                }, chunked)
        }
        let node = try chunked.node(Region.regulator)
        #expect(try node.outgoing(to: Region.insurer, at: chunked.now) == nil)
        #expect(!SmallFile.exists(path(of: table, at: Region.regulator, chunked)))
    }

    @Test("more than was voted on is not fetched")
    func tooLong() throws {
        let table = try table(5_000)
        let region = try region(table, byteCount: 70_000)
        try answer({ $1 }, region)
        #expect(throws: SupervisionError.self) { try answer({ $1 }, region) }
        let node = try region.node(Region.regulator)
        #expect(try node.outgoing(to: Region.insurer, at: region.now) == nil)
    }

    @Test("who has nothing is asked again later, and no answer of it is taken for a part")
    func nothing() throws {
        let table = try table(10)
        let region = try region(table)
        try answer({ _, _ in .nothing }, region)
        let node = try region.node(Region.regulator)
        #expect(try node.outgoing(to: Region.insurer, at: region.now) == nil)
        for _ in 0..<16 { try region.commit([]) }
        #expect(try region.deliver(from: Region.regulator, to: Region.insurer) == 2)
    }
}
