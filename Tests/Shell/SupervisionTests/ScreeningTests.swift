import Ledger
import Primitives
import Records
import Supervision
import Testing

@Suite("Screening at the desk")
struct ScreeningTests {
    @Test("what is on the ledger is judged with, and what is screened leaves no trace")
    func history() throws {
        let region = try Region(rules: [
            RuleVersion(id: OrphanClaims.id, hash: .zero, runners: [Region.regulator])
        ])
        _ = try region.open(Region.regulator) {
            $0.runner = { (versions, _) throws(SupervisionError) in
                try OrphanClaims.maker(versions)
            }
        }
        let facts = try #require(try Samples.claim().payload).facts
        let question = ScreeningQuestion(items: [
            ScreeningQuestion.Item(issuer: Region.hospital, facts: facts)
        ])
        func ask() throws -> ScreeningAnswer {
            let request = DeskRequest.screen(question)
            #expect(try DeskRequest.decode(request.encode()) == request)
            let answer = try region.node(Region.regulator)
                .control(request.encode(), at: region.now).answer
            let read = try ScreeningAnswer.decode(answer)
            #expect(read.encode() == answer)
            return read
        }
        let before = try ask()
        #expect(before.rows.map(\.outcome) == [.found] && before.rules.map(\.id) == ["CE-01"])
        #expect(before.height == .genesis && before.firstLeaf == 0)
        try region.commit(try region.prepare([try Samples.record()], by: Region.hospital))
        try region.deliverAll()
        try region.block([])
        try region.catchUp(Region.regulator)
        let after = try ask()
        #expect(after.rows.isEmpty && after.firstLeaf == 1)
        let list = try FindingList.decode(
            region.node(Region.regulator).control(
                DeskRequest.findings(after: nil).encode(), at: region.now
            ).answer)
        #expect(list.items.isEmpty)
        #expect(throws: SupervisionError.self) {
            try region.node(Region.pharmacy).control(
                DeskRequest.screen(question).encode(), at: region.now)
        }
    }
}
