extension Column {
    /// Calls `body` with each of these places and the word there; how words are kept is asked once.
    @inline(__always)
    func read(_ places: [Int32], _ body: (Int32, Int64) -> Void) {
        switch self {
        case .same(let word):
            for place in places { body(place, word) }
        case .short(let base, let words):
            for place in places { body(place, base + Int64(words[Int(place)])) }
        case .narrow(let base, let words):
            for place in places { body(place, base + Int64(words[Int(place)])) }
        case .wide(let words):
            for place in places { body(place, words[Int(place)]) }
        }
    }

    /// The words at these places.
    func gathered(_ places: [Int32]) -> [Int64] {
        switch self {
        case .same(let word): Array(repeating: word, count: places.count)
        case .short(let base, let words): places.map { base + Int64(words[Int($0)]) }
        case .narrow(let base, let words): places.map { base + Int64(words[Int($0)]) }
        case .wide(let words): places.map { words[Int($0)] }
        }
    }
}

extension Segment {
    /// All places of the segment.
    var places: [Int32] { Array(0..<Int32(count)) }

    /// Of these places those where all fields of these bits are known, and the others.
    func split(
        _ places: [Int32], knowing bits: Int64
    ) -> (known: [Int32], missing: [Int32]) {
        if case .same(let known) = words[0] {
            return known & bits == bits ? (places, []) : ([], places)
        }
        var known: [Int32] = []
        known.reserveCapacity(places.count)
        var missing: [Int32] = []
        words[0].read(places) { place, word in
            if word & bits == bits { known.append(place) } else { missing.append(place) }
        }
        return (known, missing)
    }
}
