internal import Cryptography
internal import Primitives

/// How much quicker many hashes are together than one after the other, in the same run.
enum Hashing {
    private static let rounds = 200

    static let nodes = Benchmark(
        name: "hash.nodes", unit: "times", better: .higher, runs: 5,
        settings: "a level of 4,096 nodes at once against one after the other, one core"
    ) {
        let children = (0..<8_192).map { SHA256.hash([UInt8($0 & 255), UInt8($0 >> 8)]) }
        var parents = [Digest](repeating: .zero, count: 4_096)
        let alone = least {
            for place in 0..<4_096 {
                parents[place] = SHA256.node(children[2 * place], children[2 * place + 1])
            }
        }
        var level = children
        replaceByNodes(&level)
        guard level.prefix(4_096) == parents[...] else { throw BenchError("nodes differ") }
        let together = least { replaceByNodes(&level) }
        return tell("a node", together, alone, count: 4_096)
    }

    static let leaves = Benchmark(
        name: "hash.leaves", unit: "times", better: .higher, runs: 5,
        settings: "256 leaves of 256 bytes at once against one after the other, one core"
    ) {
        let bytes = (0..<(256 * 260)).map { UInt8(truncatingIfNeeded: $0 * 31) }
        let ranges = (0..<256).map { ($0 * 260)..<($0 * 260 + 256) }
        var hashes: [Digest] = []
        let together = least { hashes = SHA256.leaves(at: ranges, in: bytes.span.bytes) }
        let expected = hashes
        let alone = least { hashes = ranges.map { SHA256.leaf(bytes[$0]) } }
        guard hashes == expected else { throw BenchError("leaves differ") }
        return tell("a leaf", together, alone, count: 256)
    }

    private static func replaceByNodes(_ level: inout [Digest]) {
        var span = level.mutableSpan
        SHA256.replaceByNodes(&span)
    }

    /// The least time of many rounds: what else the machine does only ever adds.
    private static func least(_ work: () -> Void) -> Double {
        (0..<rounds).map { _ in processorSeconds(work) }.min() ?? 0
    }

    private static func tell(
        _ what: String, _ together: Double, _ alone: Double, count: Double
    ) -> Double {
        func text(_ time: Double) -> String { "\(Int(time * 1_000_000_000 / count)) ns" }
        Progress.say("\(what): \(text(together)) of many, \(text(alone)) alone")
        return alone / together
    }
}
