import Primitives
import TestSupport
import Testing

@testable import Cryptography

/// Many hashes at once, by each engine that there is here; the last of them is everywhere.
@Suite("SHA-256 of levels and leaves")
struct SHA256LevelsTests {
    private static func digests(_ count: Int) -> [Digest] {
        (0..<count).map { SHA256.hash([UInt8($0 & 255), UInt8($0 >> 8)]) }
    }

    private static func parents(of children: [Digest]) -> [Digest] {
        (0..<(children.count / 2)).map { SHA256.node(children[2 * $0], children[2 * $0 + 1]) }
    }

    @Test("the engine that is everywhere comes last")
    func fallsBack() {
        #expect(HashEngine.supported.last == .one)
        #expect(HashEngine.quickest == HashEngine.supported.first)
    }

    @Test("a level's parents, over their children", arguments: HashEngine.supported)
    func hashesLevels(engine: HashEngine) {
        for count in 0...140 {
            let children = Self.digests(count)
            let expected = Self.parents(of: children)
            // What stands behind the parents is left alone.
            let before = children + [Digest.zero]
            var level = before
            var over = level.mutableSpan
            SHA256.replaceByNodes(&over, first: count, by: engine)
            #expect(Array(level.prefix(count / 2)) == expected, "\(count) children")
            #expect(level.dropFirst(count / 2) == before.dropFirst(count / 2))
        }
    }

    @Test("fewer children than a level has give fewer parents, and no more")
    func fillsWhatItIsGiven() {
        let children = Self.digests(8)
        for count in 0...4 {
            var level = children
            var span = level.mutableSpan
            SHA256.replaceByNodes(&span, first: 2 * count)
            #expect(level.prefix(count) == Self.parents(of: children).prefix(count))
            #expect(level.dropFirst(count) == children.dropFirst(count))
        }
        var level = children
        var span = level.mutableSpan
        SHA256.replaceByNodes(&span)
        #expect(Array(level.prefix(4)) == Self.parents(of: children))
    }

    @Test("leaves of every length up to 300, side by side", arguments: HashEngine.supported)
    func hashesLeavesOfEveryLength(engine: HashEngine) {
        let bytes: [UInt8] = (0..<700).map { UInt8(truncatingIfNeeded: $0 * 31 + 7) }
        for length in 0...300 {
            // Sixteen of this length, so that each lane has it, from places that share no block.
            let ranges = (0..<16).map { place in (place * 23)..<(place * 23 + length) }
            let found = unsafe SHA256.leaves(at: ranges, in: bytes.span.bytes, by: engine)
            #expect(found == ranges.map { SHA256.leaf(bytes[$0]) }, "\(length) bytes")
        }
    }

    @Test("any number of leaves of any lengths", arguments: HashEngine.supported)
    func hashesLeavesOfMixedLengths(engine: HashEngine) {
        var random = SplitMix(seed: 11)
        let bytes = (0..<20_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for count in 0...70 {
            let ranges = (0..<count).map { _ in
                let start = random.below(bytes.count + 1)
                let length = random.below(random.chance(10) ? bytes.count : 400)
                return start..<min(bytes.count, start + length)
            }
            let found = unsafe SHA256.leaves(at: ranges, in: bytes.span.bytes, by: engine)
            #expect(found == ranges.map { SHA256.leaf(bytes[$0]) }, "\(count) leaves")
        }
    }

    @Test("leaves of no bytes at all")
    func hashesEmptyLeaves() {
        let nothing: [UInt8] = []
        let found = unsafe SHA256.leaves(
            at: [Range<Int>](repeating: 0..<0, count: 33), in: nothing.span.bytes)
        #expect(found == [Digest](repeating: SHA256.leaf(nothing), count: 33))
    }
}
