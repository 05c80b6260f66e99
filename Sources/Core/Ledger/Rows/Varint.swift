/// Numbers in as few bytes as they need: seven bits a byte, the lowest first, and the eighth set
/// where another byte follows.
extension [UInt8] {
    @inline(__always)
    mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

/// Reads numbers that lie one behind the other in bytes that stay with whoever has them: a slice of
/// them for each reader would count their owner up and down.
struct VarintReader: Sendable {
    private var position: Int
    private let end: Int

    /// Reads those that lie in this range of the bytes.
    init(_ places: Range<Int>) {
        (position, end) = (places.lowerBound, places.upperBound)
    }

    var isAtEnd: Bool { position == end }

    /// The next number; nil where the range ends before, or it has more than 64 bits.
    @inline(__always)
    mutating func next(in bytes: borrowing Span<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte < 2 else { return nil }
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}
