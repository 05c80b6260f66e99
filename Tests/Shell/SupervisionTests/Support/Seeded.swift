/// A small seeded generator, so that a failure can be run again from its seed.
struct Seeded {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678_9abc_def1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    /// The bytes with one to four of them changed, or cut.
    mutating func bend(_ bytes: [UInt8]) -> [UInt8] {
        var bent = bytes
        if next() % 5 == 0 { bent.removeLast(Int(next() % UInt64(bytes.count))) }
        for _ in 0...(next() % 4) where !bent.isEmpty {
            bent[Int(next() % UInt64(bent.count))] = UInt8(truncatingIfNeeded: next())
        }
        return bent
    }
}
