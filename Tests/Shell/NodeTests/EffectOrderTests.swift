internal import Consensus
internal import Cryptography
internal import Hosting
internal import Primitives
internal import Testing

@testable import Node

@Suite("Effects of one step")
struct EffectOrderTests {
    private static func state(_ kind: Vote.Kind) throws -> HostEffect {
        let vote = Vote(
            kind: kind, height: Height(1), round: .zero,
            voter: try InstitutionID("a").orThrow(), block: nil, validRound: nil,
            signature: try Signature([UInt8](repeating: 1, count: 64)))
        var writer = CBORWriter(reservingCapacity: 256)
        writer.array(4)
        writer.unsigned(1)
        vote.write(to: &writer)
        writer.null()
        writer.null()
        return .persist(try SignedState.decode(writer.bytes[...]))
    }

    private static func describe(_ effect: HostEffect) -> String {
        switch effect {
        case .persist(let state): "persist \(state.step)"
        case .appendLog: "log"
        case .report(let text): text
        default: "other"
        }
    }

    @Test func makesTheLastStateOfAStretchDurableBeforeAnythingLeaves() throws {
        let record = HostEffect.appendLog(.replica(.workArrived(Height(1))))
        let effects: [HostEffect] = [
            record, try Self.state(.prevote), .report("send prevote"), record,
            try Self.state(.precommit), .report("send precommit"),
        ]
        #expect(
            EffectOrder.sharingWaits(effects).map(Self.describe) == [
                "log", "log", "persist precommit", "send prevote", "send precommit",
            ])
    }

    /// A prevote of a later round brings no log to the disk; the precommit before it leaves, too.
    @Test func keepsTheWaitOfAPrecommitBeforeAStateThatRestsOnNoLog() throws {
        let record = HostEffect.appendLog(.replica(.workArrived(Height(1))))
        let effects: [HostEffect] = [
            record, try Self.state(.precommit), .report("send precommit"), record,
            try Self.state(.prevote), .report("send prevote"),
        ]
        #expect(
            EffectOrder.sharingWaits(effects).map(Self.describe)
                == effects.map(Self.describe))
    }

    @Test func leavesASinglePersistWhereItIs() throws {
        let effects: [HostEffect] = [
            .report("first"), try Self.state(.prevote), .report("send prevote"),
        ]
        #expect(
            EffectOrder.sharingWaits(effects).map(Self.describe) == [
                "first", "persist prevote", "send prevote",
            ])
    }
}
