/// Numbers that follow from a seed and a key, and from nothing else.
///
/// Each happening has its own key, such as person and day, so that what happens to one person
/// does not depend on how many others there are before. Integers only: the same on any machine.
///
/// Source: SplitMix64, Steele, Lea and Flood, OOPSLA 2014.
struct Chance {
    private var state: UInt64

    init(_ seed: UInt64, _ keys: UInt64...) {
        state = seed
        for key in keys {
            state = Chance.mixed(state &+ 0x9E37_79B9_7F4A_7C15) ^ Chance.mixed(key &+ 1)
        }
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        return Chance.mixed(state)
    }

    /// From 0 to `bound` − 1; 0 where the bound is not positive.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// From `low` to `high`, both among them.
    mutating func between(_ low: Int, _ high: Int) -> Int { low + below(high - low + 1) }

    /// True `number` times in 1,000.
    mutating func perMille(_ number: Int) -> Bool { below(1_000) < number }

    /// The place of one of several weights, more often of a greater one.
    mutating func place(_ weights: [Int]) -> Int {
        var rest = below(weights.reduce(0, +))
        for (place, weight) in weights.enumerated() {
            if rest < weight { return place }
            rest -= weight
        }
        return 0
    }
}
