extension Column {
    /// Calls `body` with each of these places, different ones in order, and the word there; how
    /// words are kept is asked once.
    @inline(__always)
    func read(_ places: [Int32], _ body: (Int32, Int64) -> Void) {
        switch self {
        case .same(let word):
            for place in places { body(place, word) }
        case .short(let base, let words):
            guard places.count < words.count else { return Self.all(base, words, body) }
            for place in places { body(place, base + Int64(words[Int(place)])) }
        case .narrow(let base, let words):
            guard places.count < words.count else { return Self.all(base, words, body) }
            for place in places { body(place, base + Int64(words[Int(place)])) }
        case .wide(let words):
            guard places.count < words.count else { return Self.all(0, words, body) }
            for place in places { body(place, words[Int(place)]) }
        }
    }

    /// Different places, as many as there are words, in order: all of them.
    @inline(__always)
    private static func all<Word: FixedWidthInteger>(
        _ base: Int64, _ words: [Word], _ body: (Int32, Int64) -> Void
    ) {
        var place: Int32 = 0
        for word in words {
            body(place, base &+ Int64(truncatingIfNeeded: word))
            place &+= 1
        }
    }

    /// The words at these places.
    func gathered(_ places: [Int32]) -> [Int64] {
        var gathered: [Int64] = []
        gathered.reserveCapacity(places.count)
        read(places) { _, word in gathered.append(word) }
        return gathered
    }
}

extension Segment {
    private static let fullPlaces = Array(0..<Int32(rowCountMax))

    /// All places of the segment.
    var places: [Int32] {
        count == Segment.rowCountMax ? Segment.fullPlaces : Array(0..<Int32(count))
    }

    /// Of these places, different ones in order, those where all fields of these bits are known,
    /// and the others.
    func split(
        _ places: [Int32], knowing bits: Int64
    ) -> (known: [Int32], missing: [Int32]) {
        if always & bits == bits { return (places, []) }
        if ever & bits != bits { return ([], places) }
        var known: [Int32] = []
        known.reserveCapacity(places.count)
        var missing: [Int32] = []
        words[0].read(places) { place, word in
            if word & bits == bits { known.append(place) } else { missing.append(place) }
        }
        return (known, missing)
    }

    /// Of these places, different ones in order, those where all fields of these bits are known.
    func places(_ places: [Int32], knowing bits: Int64) -> [Int32] {
        if always & bits == bits { return places }
        if ever & bits != bits { return [] }
        // Written whether it stays or not: to guess which rows stay takes longer.
        var known = [Int32](repeating: 0, count: places.count + 1)
        var count = 0
        words[0].read(places) { place, word in
            known[count] = place
            count += word & bits == bits ? 1 : 0
        }
        known.removeSubrange(count...)
        return known
    }
}
