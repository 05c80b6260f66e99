internal import Primitives

/// Places in the order in which what stands there begins; `begin` tells when that is.
///
/// `Int64.min` and `Int64.max` are no bounds: from ever, and for ever.
extension Range where Bound == Int {
    /// Those that begin in `low ... high`.
    @inline(__always)
    func beginning(low: Int64, high: Int64, _ begin: (Int) -> Int64) -> Range<Int> {
        let first = low == .min ? lowerBound : partitioningIndex { begin($0) >= low }
        let end = high == .max ? upperBound : partitioningIndex { begin($0) > high }
        return first..<Swift.max(first, end)
    }

    /// Those that may share a moment with `low ... high`, where none is longer than `longest`.
    @inline(__always)
    func overlapping(
        low: Int64, high: Int64, longest: Int64, _ begin: (Int) -> Int64
    ) -> Range<Int> {
        let (earliest, overflow) = low.subtractingReportingOverflow(longest)
        return beginning(low: overflow ? .min : earliest, high: high, begin)
    }
}
