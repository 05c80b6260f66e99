import Hosting
import Primitives
import TestSupport
import Testing

/// The commit path, effect by effect.
///
/// The process ends before each and after each, with all that was not synced lost, and with all of
/// it kept.
///
/// `DurableStepTests` breaks the writes themselves; here no moment between two effects is left out.
@Suite("Every single effect, each broken four ways")
struct EveryEffectTests {
    /// The node proposes one of the first blocks and votes for all of them.
    static let node = 1
    /// How long the others and it run before the plan is given up.
    static let milliseconds: Int64 = 400

    struct Way: Sendable {
        let moment: HostWorld.EffectBreak.Moment
        let keepsUnsynced: Bool
    }

    static let ways = [false, true].flatMap { kept in
        HostWorld.EffectBreak.Moment.allCases.map { Way(moment: $0, keepsUnsynced: kept) }
    }

    /// What the node does in its first milliseconds, with nothing broken.
    static func effects() throws -> [String] {
        var world = try HostWorld(seed: 12)
        world.plannedEffect = HostWorld.EffectBreak(
            node: node, effect: .max, moment: .after, keepsUnsynced: false)
        world.run(for: milliseconds) { $0.heights[node] >= 2 }
        return world.effectKinds
    }

    @Test("nothing that was acknowledged is lost, and nobody is convicted", arguments: ways)
    func breaksEverywhere(way: Way) throws {
        let kinds = try Self.effects()
        for effect in kinds.indices {
            var world = try HostWorld(seed: 12)
            world.outageMilliseconds = 100
            world.plannedEffect = HostWorld.EffectBreak(
                node: Self.node, effect: effect, moment: way.moment,
                keepsUnsynced: way.keepsUnsynced)
            world.run(for: Self.milliseconds) { $0.nodes[Self.node].life == 1 }
            let what = "\(way.moment) effect \(effect), \(kinds[effect]), \(way.keepsUnsynced)"
            #expect(world.nodes[Self.node].life == 1, "\(what): never reached")
            #expect(world.effectKinds.last == kinds[effect], "\(what)")
            let isSettled = world.settle()
            #expect(isSettled, "\(what)")
            #expect(world.problems == [], "\(what)")
            #expect(world.convictions.isEmpty && world.drops.isEmpty, "\(what)")
            #expect(world.broken.first == nil, "\(what)")
        }
    }

    @Test("the effects that are broken are those of two whole commits")
    func coversTheCommitPath() throws {
        let kinds = try Self.effects()
        #expect(kinds.count { $0 == "commit" } >= 2)
        for kind in [
            "append input", "append body", "persist propose", "persist prevote",
            "persist precommit", "broadcast proposal", "broadcast vote", "start timer",
        ] {
            #expect(kinds.contains(kind), "no \(kind) among \(kinds.count) effects")
        }
    }
}
