/// Keys from `lower` up to but not including `upper`, bytewise; nil leaves an end open.
public struct KeyRange: Equatable, Sendable {
    public let lower: [UInt8]?
    public let upper: [UInt8]?

    public static let all = KeyRange(lower: nil, upper: nil)

    public init(lower: [UInt8]?, upper: [UInt8]?) {
        self.lower = lower
        self.upper = upper
    }

    /// Every key that begins with `prefix`.
    public init(prefix: [UInt8]) {
        lower = prefix.isEmpty ? nil : prefix
        upper = KeyRange.successor(ofPrefix: prefix)
    }

    public func contains(_ key: RawSpan) -> Bool {
        if let lower, unsafe KeyRange.precedes(key, lower.span.bytes) { return false }
        if let upper, unsafe !KeyRange.precedes(key, upper.span.bytes) { return false }
        return true
    }

    /// The first key after all that begin with `prefix`, or nil where there is none.
    private static func successor(ofPrefix prefix: [UInt8]) -> [UInt8]? {
        var bytes = prefix
        while let last = bytes.popLast() {
            if last < 0xff {
                bytes.append(last + 1)
                return bytes
            }
        }
        return nil
    }

    private static func precedes(_ left: RawSpan, _ right: RawSpan) -> Bool {
        for index in 0..<min(left.byteCount, right.byteCount) {
            let (a, b) = (left[index], right[index])
            if a != b { return a < b }
        }
        return left.byteCount < right.byteCount
    }
}

extension RawSpan {
    fileprivate subscript(index: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }
}
