import Consensus
import Hosting
import Ledger
import Primitives
import Testing

@Suite("What peers understand")
struct PeerWordsTests {
    private let peers = ["city-hospital", "insurer", "regulator"].map(Region.id)
    private let now = Timestamp(milliseconds: Region.start.milliseconds + 1_000)

    private func host(joins: Bool = false) throws -> Host {
        let region = try Region()
        var host = try Host(
            identity: Region.id("county-hospital"), state: LedgerState(genesis: region.genesis),
            headCommit: nil,
            authenticator: KeyAuthenticator(key: try Region.key("county-hospital consensus")),
            joins: joins)
        _ = host.start(now: now)
        return host
    }

    private func sent(_ effects: [HostEffect]) -> [(message: PeerMessage, peer: InstitutionID)] {
        effects.compactMap { effect in
            guard case .send(let message, let peer) = effect else { return nil }
            return (message, peer)
        }
    }

    private func isDropped(_ effects: [HostEffect]) -> Bool {
        effects.contains { if case .drop = $0 { true } else { false } }
    }

    @Test("a message of a kind that is not known is ignored, and answered once a connection")
    func unknownKinds() throws {
        var host = try host()
        _ = host.step(.connected(peers[0]), now: now)
        for expected in [1, 0, 0] {
            let effects = host.step(.receivedUnknown(kind: 99, from: peers[0]), now: now)
            #expect(!isDropped(effects))
            let answers = sent(effects).filter {
                if case .unsupported(kind: 99) = $0.message { $0.peer == peers[0] } else { false }
            }
            #expect(answers.count == expected)
        }
        let other = host.step(.receivedUnknown(kind: 100, from: peers[0]), now: now)
        #expect(sent(other).count == 1)
        _ = host.step(.disconnected(peers[0]), now: now)
        _ = host.step(.connected(peers[0]), now: now)
        let again = host.step(.receivedUnknown(kind: 99, from: peers[0]), now: now)
        #expect(sent(again).count == 1)
        // One of the first version would hang up on the answer.
        _ = host.step(.connected(peers[1], speaks: .first), now: now)
        let silent = host.step(.receivedUnknown(kind: 99, from: peers[1]), now: now)
        #expect(sent(silent).isEmpty && !isDropped(silent))
        // However many kinds a peer makes up, little is kept and said of them.
        var answerCount = 0
        for kind in 200..<2_000 as Range<UInt64> {
            let effects = host.step(.receivedUnknown(kind: kind, from: peers[0]), now: now)
            answerCount += sent(effects).count
        }
        #expect(answerCount < 100)
    }

    @Test("nobody is asked for a snapshot who does not know the question")
    func asksThoseWhoKnow() throws {
        var host = try host(joins: true)
        let first = host.step(.connected(peers[0], speaks: .first), now: now)
        #expect(wanted(first).isEmpty)
        let second = host.step(.connected(peers[1]), now: now)
        #expect(wanted(second) == [peers[1]])
        _ = host.step(.connected(peers[2]), now: now)
        #expect(wanted(host.step(.timedOut(.join), now: now)) == [peers[1], peers[2]])
        // And nobody again who has said that it does not.
        _ = host.step(.received(.unsupported(kind: 13), from: peers[2]), now: now)
        #expect(wanted(host.step(.timedOut(.join), now: now)) == [peers[1]])
        // Nobody answers: blocks are tried for, then snapshots again.
        while host.joining != nil { _ = host.step(.timedOut(.join), now: now) }
        #expect(wanted(host.step(.timedOut(.join), now: now)) == [peers[1]])
    }

    private func wanted(_ effects: [HostEffect]) -> [InstitutionID] {
        sent(effects).compactMap {
            if case .snapshotWanted = $0.message { $0.peer } else { nil }
        }
    }
}
