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
        let together = least {
            var span = parents.mutableSpan
            SHA256.nodes(of: children.span, into: &span)
        }
        let expected = parents
        let pairs = least {
            for place in stride(from: 0, to: 4_096, by: 2) {
                (parents[place], parents[place + 1]) = SHA256.nodes(
                    (children[2 * place], children[2 * place + 1]),
                    (children[2 * place + 2], children[2 * place + 3]))
            }
        }
        guard parents == expected else { throw BenchError("nodes differ by pairs") }
        let alone = least {
            for place in 0..<4_096 {
                parents[place] = SHA256.node(children[2 * place], children[2 * place + 1])
            }
        }
        guard parents == expected else { throw BenchError("nodes differ") }
        return tell("a node", together, pairs, alone, count: 4_096)
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
        let pairs = least {
            for place in stride(from: 0, to: 256, by: 2) {
                let (one, two) = (bytes[ranges[place]], bytes[ranges[place + 1]])
                (hashes[place], hashes[place + 1]) = SHA256.leaves(one.span.bytes, two.span.bytes)
            }
        }
        guard hashes == expected else { throw BenchError("leaves differ by pairs") }
        let alone = least { hashes = ranges.map { SHA256.leaf(bytes[$0]) } }
        guard hashes == expected else { throw BenchError("leaves differ") }
        return tell("a leaf", together, pairs, alone, count: 256)
    }

    /// The least time of many rounds: what else the machine does only ever adds.
    private static func least(_ work: () -> Void) -> Double {
        (0..<rounds).map { _ in processorSeconds(work) }.min() ?? 0
    }

    private static func tell(
        _ what: String, _ together: Double, _ pairs: Double, _ alone: Double, count: Double
    ) -> Double {
        func text(_ time: Double) -> String { "\(Int(time * 1_000_000_000 / count)) ns" }
        Progress.say(
            "\(what): \(text(together)) of many, \(text(pairs)) of two, \(text(alone)) alone")
        return alone / together
    }
}
