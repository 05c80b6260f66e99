import Consensus
import Primitives
import Testing

@Suite("Networks in bad weather")
struct NetworkTests {
    /// One kind of network, to be run from many seeds.
    struct Kind: CustomTestStringConvertible, Sendable {
        let name: String
        let powers: [UInt64]
        let byzantine: Set<Int>
        var weather = Network.Weather()
        let seeds: Range<UInt64>

        var testDescription: String { name }
    }

    static let kinds = [
        Kind(name: "four honest, rain", powers: [1, 1, 1, 1], byzantine: [], seeds: 0..<60),
        Kind(
            name: "four honest, storm", powers: [1, 1, 1, 1], byzantine: [],
            weather: .init(dropPercent: 40, duplicatePercent: 30, delayMax: 600), seeds: 0..<40),
        Kind(
            name: "four honest, crashing", powers: [1, 1, 1, 1], byzantine: [],
            weather: .init(restartPercent: 60), seeds: 0..<80),
        Kind(
            name: "one of four byzantine", powers: [1, 1, 1, 1], byzantine: [3],
            seeds: 0..<100),
        Kind(
            name: "one of four byzantine, others crashing", powers: [1, 1, 1, 1], byzantine: [0],
            weather: .init(dropPercent: 20, delayMax: 300, restartPercent: 60), seeds: 0..<80),
        Kind(
            name: "two of seven byzantine", powers: [1, 1, 1, 1, 1, 1, 1], byzantine: [1, 4],
            seeds: 0..<30),
        Kind(
            name: "uneven powers, the byzantine just below a third", powers: [5, 3, 4, 3, 2],
            byzantine: [0], seeds: 0..<40),
        Kind(name: "one alone", powers: [1], byzantine: [], seeds: 0..<5),
    ]

    @Test("agree always, and go on when faults stop", arguments: kinds)
    func agreesAndGoesOn(kind: Kind) {
        for seed in kind.seeds {
            var network = Network(
                seed: seed, powers: kind.powers, byzantine: kind.byzantine, weather: kind.weather)
            let stormy = kind.weather.stormyHeights
            _ = network.run(untilHeight: stormy, within: 60_000)
            network.isStormy = false
            let reached = network.honest.map { network.nodes[$0].chain.count }.max() ?? 0
            let isLive = network.run(untilHeight: UInt64(reached) + 3, within: 60_000)
            #expect(network.problems.isEmpty, "\(kind.name), seed \(seed)")
            #expect(
                isLive || !network.problems.isEmpty,
                "\(kind.name), seed \(seed): \(network.nodes.map { "\($0.replica.why())" })")
        }
    }

    @Test("hundreds of heights in a row, with one byzantine replica all along")
    func goesOnForLong() {
        var network = Network(seed: 7, powers: [1, 1, 1, 1], byzantine: [2])
        let isThere = network.run(untilHeight: 300, within: 100_000_000)
        #expect(network.problems.isEmpty)
        #expect(isThere)
    }

    @Test("two byzantine of four do break it, and the votes say who: the adversary is no straw man")
    func tooManyByzantineBreakIt() {
        var forks = 0
        for seed in 0..<20 as Range<UInt64> {
            var network = Network(seed: seed, powers: [1, 1, 1, 1], byzantine: [1, 3])
            _ = network.run(untilHeight: 8, within: 60_000)
            let suspects = network.heard.values.flatMap(\.suspects).map(\.name)
            #expect(Set(suspects).isSubset(of: ["node-b", "node-d"]), "seed \(seed)")
            guard let fork = network.problems.first(where: { $0.hasPrefix("fork at ") }),
                let height = UInt64(fork.dropFirst(8).prefix { $0.isNumber })
            else { continue }
            forks += 1
            let culprits = network.heard[height]?.suspects.map(\.name)
            #expect(culprits == ["node-b", "node-d"], "seed \(seed): \(fork)")
        }
        #expect(forks > 0)
    }

    @Test("the same seed gives the same run")
    func isReproducible() {
        func chain() -> [String] {
            var network = Network(seed: 11, powers: [1, 1, 1, 1], byzantine: [3])
            _ = network.run(untilHeight: 6, within: 60_000)
            return network.nodes[0].chain.map(\.blockID.hash.description)
        }
        let first = chain()
        #expect(first.count >= 6)
        #expect(first == chain())
    }
}
