import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Knowledge tables on the ledger")
struct TableGovernanceTests {
    private static let three = ["city-hospital", "county-hospital", "insurer"]

    private static func version(_ label: String, _ name: String = "limits") -> TableVersion {
        TableVersion(name: name, hash: TestNetwork.digest(label), byteCount: 1_000)
    }

    private func history(_ chamber: GovernanceTests.Chamber) throws -> TableHistory {
        guard case .bytes(let bytes) = chamber.state.map.value(of: .tableHistory("limits")) else {
            throw LedgerError.restore("no history of the table")
        }
        return try TableHistory.decode(bytes)
    }

    @Test("a table comes into force, changes and ends, and the state map tells when")
    func lifeCycle() throws {
        var chamber = try GovernanceTests.Chamber()
        let steps: [(GovernanceAction, [TableVersion])] = [
            (.setTables([Self.version("one")], retire: []), [Self.version("one")]),
            (
                .setTables([Self.version("two"), Self.version("codes", "codes")], retire: []),
                [Self.version("codes", "codes"), Self.version("two")]
            ),
            (
                .setTables([Self.version("three", "codes")], retire: ["limits"]),
                [Self.version("three", "codes")]
            ),
        ]
        var digests: Set<Digest> = [try chamber.activeDigest()]
        var expected: [Height: TableVersion?] = [:]
        for (action, tables) in steps {
            try chamber.agree(on: action, by: Self.three)
            #expect(chamber.state.charter.tables == tables, "\(action)")
            #expect(digests.insert(try chamber.activeDigest()).inserted, "\(action)")
            expected[chamber.state.head.height.next] = tables.first { $0.name == "limits" }
            // The state tells of every height before, too.
            for (height, version) in expected {
                #expect(try history(chamber).standing(at: height)?.version == version, "\(height)")
            }
        }
        #expect(try history(chamber).standing(at: Height(1)) == nil)
        // What is there after a restart is what was there before.
        let timeline = CharterTimeline(chamber.network.genesis, chamber.state.governance)
        #expect(timeline.current == chamber.state.charter)
        let summary = GovernanceSummary(chamber.state)
        #expect(try GovernanceSummary.decode(summary.encode()[...]).tables == summary.tables)
    }

    @Test("a version is proposed to those who lack it before it is in force")
    func proposed() throws {
        var chamber = try GovernanceTests.Chamber()
        let action = GovernanceAction.setTables([Self.version("one")], retire: [])
        try chamber.agree(on: action, by: ["insurer"])
        let timeline = CharterTimeline(chamber.network.genesis, chamber.state.governance)
        #expect(timeline.proposedTables == [Self.version("one")])
        #expect(timeline.current.tables.isEmpty && chamber.state.charter.tables.isEmpty)
    }

    @Test(
        "what cannot be agreed on fails with the reason",
        arguments: [
            GovernanceAction.setTables([], retire: ["limits"]),
            .setTables([version("one"), version("two")], retire: []),
        ])
    func refused(_ action: GovernanceAction) throws {
        var chamber = try GovernanceTests.Chamber()
        try chamber.agree(on: action, by: Self.three)
        #expect(chamber.outcomes.contains { $0 != nil })
        #expect(chamber.state.charter.tables.isEmpty)
    }
}
