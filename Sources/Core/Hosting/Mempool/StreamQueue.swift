internal import Primitives

/// The batches of one stream that wait, by number; no two of them overlap.
///
/// The first ones, without a gap from the stream's next number on, are *ready*: blocks can take
/// them as they stand. Looking up costs the logarithm of the count, adding at the end nothing more.
struct StreamQueue: Sendable {
    private var batches: [BatchTicket] = []
    /// How many of the first are ready.
    private(set) var readyCount = 0

    var count: Int { batches.count }
    var isEmpty: Bool { batches.isEmpty }
    /// The batches that wait for others with lower numbers.
    var earlyCount: Int { batches.count - readyCount }
    var all: ArraySlice<BatchTicket> { batches[...] }
    var ready: ArraySlice<BatchTicket> { batches[..<readyCount] }

    /// Where those stand that have numbers in common with a batch.
    func overlap(with batch: BatchTicket) -> Range<Int> {
        let lower = firstPlace { $0.end > batch.first }
        let upper = firstPlace { $0.first >= batch.end }
        return lower..<max(lower, upper)
    }

    subscript(places: Range<Int>) -> ArraySlice<BatchTicket> { batches[places] }

    /// Puts a batch in the place of those that it overlaps with.
    mutating func replace(_ places: Range<Int>, with batch: BatchTicket, next: UInt64) {
        batches.replaceSubrange(places, with: CollectionOfOne(batch))
        readyCount = min(readyCount, places.lowerBound)
        extend(from: next)
    }

    /// Takes out the batches that begin below the stream's next number.
    mutating func removeAll(below next: UInt64) -> ArraySlice<BatchTicket> {
        let place = firstPlace { $0.first >= next }
        let gone = batches[..<place]
        batches.removeFirst(place)
        // Where one that straddles the number is gone, its rest is missing before what follows.
        readyCount = batches.first?.first == next ? max(0, readyCount - place) : 0
        extend(from: next)
        return gone
    }

    /// Takes out those for which the condition holds, wherever they stand.
    mutating func removeAll(where leaves: (BatchTicket) -> Bool) -> [BatchTicket] {
        let gone = batches.filter(leaves)
        guard !gone.isEmpty else { return [] }
        let next = ready.first?.first
        batches.removeAll(where: leaves)
        readyCount = 0
        if let next { extend(from: next) }
        return gone
    }

    /// Counts on while the next batch begins where the one before it ends.
    private mutating func extend(from next: UInt64) {
        while readyCount < batches.count,
            batches[readyCount].first == (readyCount == 0 ? next : batches[readyCount - 1].end)
        {
            readyCount += 1
        }
    }

    /// The first place at which a condition holds that holds for all after it, too.
    private func firstPlace(where condition: (BatchTicket) -> Bool) -> Int {
        // What comes last is asked for most.
        if let last = batches.last, !condition(last) { return batches.count }
        return batches.indices.partitioningIndex { condition(batches[$0]) }
    }
}
