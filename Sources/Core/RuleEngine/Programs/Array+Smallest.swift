extension [Int64] {
    /// The element that would stand at a place were the array in order; leaves it in any order.
    ///
    /// By parting around one of three elements, in linear time for what is not made to defeat it;
    /// what is left after many rounds is sorted.
    mutating func smallest(_ wanted: Int) -> Int64 {
        var low = 0
        var high = count - 1
        var rounds = 0
        while high - low > 16 {
            rounds += 1
            guard rounds < 64 else { break }
            let pivot = middle(self[low], self[low + (high - low) / 2], self[high])
            var (left, right) = (low, high)
            while left <= right {
                while self[left] < pivot { left += 1 }
                while self[right] > pivot { right -= 1 }
                guard left <= right else { break }
                swapAt(left, right)
                left += 1
                right -= 1
            }
            if wanted <= right {
                high = right
            } else if wanted >= left {
                low = left
            } else {
                return pivot
            }
        }
        self[low...high].sort()
        return self[wanted]
    }

    private func middle(_ a: Int64, _ b: Int64, _ c: Int64) -> Int64 {
        Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
    }
}
