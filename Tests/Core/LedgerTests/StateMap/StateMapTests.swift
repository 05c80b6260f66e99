import Cryptography
import Ledger
import Primitives
import Testing

@Suite("State map")
struct StateMapTests {
    @Test("roots equal the slow model's after every block of writes", arguments: 0..<UInt64(24))
    func equalsModel(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var map = StateMap()
        var model = StateMapModel()
        #expect(map.root == model.root)
        for block in 0..<30 {
            let writes = (0..<random.next(below: 12)).map { _ in
                StateWrite(
                    key: key(random.next(below: 90)), value: [UInt8(random.next(below: 256))])
            }
            let staged = map.stage(writes)
            let before = map.root
            for write in writes { model.set(write.key, to: write.value) }
            #expect(staged.root == model.root, "seed \(seed), block \(block)")
            #expect(map.root == before, "staging must not change the map")
            map.apply(staged)
            #expect(map.root == model.root, "seed \(seed), block \(block)")
            #expect(map.slotCount == model.slotCount)
        }
    }

    @Test("a proof answers for present and absent keys, and for no other root")
    func provesPresenceAndAbsence() throws {
        var map = StateMap()
        for number in 0..<100 {
            map.apply(map.stage([StateWrite(key: key(number), value: [UInt8(number)])]))
        }
        for number in 0..<200 {
            let asked = key(number)
            let answer = try map.proof(of: asked).answer(to: asked, under: map.root)
            #expect(answer == (number < 100 ? .present(value: [UInt8(number)]) : .absent))
            #expect(throws: MapProof.Refusal.self) {
                try map.proof(of: asked).answer(to: asked, under: SHA256.hash([1]))
            }
        }
    }

    @Test("a leaf next to another gap proves nothing about a key")
    func refusesOtherGap() {
        var map = StateMap()
        map.apply(map.stage((0..<50).map { StateWrite(key: key($0), value: [1]) }))
        let asked = key(1_000)
        for number in 0..<50 where map.proof(of: asked).key != key(number) {
            #expect(throws: MapProof.Refusal.otherKey(asked)) {
                try map.proof(of: key(number)).answer(to: asked, under: map.root)
            }
        }
    }

    @Test("a proof of which any byte is changed proves nothing or the same")
    func refusesFlippedBytes() throws {
        var map = StateMap()
        map.apply(map.stage((0..<20).map { StateWrite(key: key($0), value: [UInt8($0), 9]) }))
        var writer = CBORWriter()
        map.proof(of: key(7)).encode(into: &writer)
        for index in writer.bytes.indices {
            var bytes = writer.bytes
            bytes[index] ^= 1
            var reader = CBORReader(bytes)
            guard let proof = try? MapProof.decode(from: &reader) else { continue }
            #expect(throws: MapProof.Refusal.self, "byte \(index)") {
                try proof.answer(to: key(7), under: map.root)
            }
        }
    }
}

private func key(_ number: Int) -> Digest {
    SHA256.hash(Array("key \(number)".utf8))
}

/// A small seeded generator, so that a failure names the seed that shows it again.
///
/// Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
