/// The words of one field of many rows, each as narrow as all of them allow.
enum Column: Sendable {
    /// All rows have this word.
    case same(Int64)
    /// What is to be added to the least word.
    case short(base: Int64, [UInt16])
    case narrow(base: Int64, [UInt32])
    case wide([Int64])

    init(_ words: [Int64]) {
        guard let first = words.first else {
            self = .same(0)
            return
        }
        var (least, greatest) = (first, first)
        for word in words {
            least = min(least, word)
            greatest = max(greatest, word)
        }
        let (span, overflow) = greatest.subtractingReportingOverflow(least)
        if span == 0 {
            self = .same(first)
        } else if overflow || span > Int64(UInt32.max) {
            self = .wide(words)
        } else if span > Int64(UInt16.max) {
            self = .narrow(base: least, words.map { UInt32(truncatingIfNeeded: $0 - least) })
        } else {
            self = .short(base: least, words.map { UInt16(truncatingIfNeeded: $0 - least) })
        }
    }

    @inline(__always)
    subscript(place: Int) -> Int64 {
        switch self {
        case .same(let word): word
        case .short(let base, let words): base + Int64(words[place])
        case .narrow(let base, let words): base + Int64(words[place])
        case .wide(let words): words[place]
        }
    }

    /// The bits that all of so many words have, and those that any has.
    func bits(_ count: Int) -> (always: Int64, ever: Int64) {
        var (always, ever): (Int64, Int64) = (-1, 0)
        for place in 0..<count {
            always &= self[place]
            ever |= self[place]
        }
        return (always, ever)
    }

    /// How many bytes the rows take.
    var byteCount: Int {
        switch self {
        case .same: 0
        case .short(_, let words): 2 * words.count
        case .narrow(_, let words): 4 * words.count
        case .wide(let words): 8 * words.count
        }
    }
}
