internal import Ledger
internal import Primitives
internal import Records
internal import Testing

@testable import Node
@testable import custos

@Suite("A node at rest")
struct RestTests {
    private func status(_ change: (inout NodeStatus) -> Void) throws -> NodeStatus {
        let id = try #require(InstitutionID("regulator"))
        var status = NodeStatus(
            institution: id, ledger: LedgerID(.zero), height: Height(9), hash: .zero,
            time: Timestamp(milliseconds: 1), treeSize: 5, round: 0, standing: "", missing: [],
            isCatchingUp: false, connected: [], peers: [], mempoolEntries: 0, mempoolBytes: 0,
            outboxes: [.init(stream: StreamID(0), nextNumber: 3, waiting: 0)], convictions: 0,
            deskHeight: Height(9), uptimeSeconds: 10, clockOffset: nil, certificateDays: nil,
            rulesHeight: Height(9))
        change(&status)
        return status
    }

    @Test("is one whose rules have seen every payload, not only every block")
    func rest() throws {
        #expect(try status { _ in }.isAtRest)
        #expect(try !status { $0.rulesHeight = Height(8) }.isAtRest)
        #expect(try !status { $0.deskHeight = Height(8) }.isAtRest)
        #expect(try !status { $0.mempoolEntries = 1 }.isAtRest)
        #expect(try !status { $0.outboxes[0].waiting = 1 }.isAtRest)
        #expect(try !status { $0.isCatchingUp = true }.isAtRest)
    }
}
