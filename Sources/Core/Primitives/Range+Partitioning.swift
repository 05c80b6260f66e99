extension Range where Bound: FixedWidthInteger {
    /// The first of these numbers for which a condition holds that holds for all after it, too;
    /// the upper bound where it holds for none.
    ///
    /// Cost: the logarithm of the count of calls; the range must not be longer than `Bound.max`.
    @inlinable
    @inline(__always)
    public func partitioningIndex<Failure: Error>(
        where isPast: (Bound) throws(Failure) -> Bool
    ) throws(Failure) -> Bound {
        var low = lowerBound
        var high = upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if try isPast(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
