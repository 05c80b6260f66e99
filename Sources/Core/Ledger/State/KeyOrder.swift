internal import Primitives

/// The slots of a map in the sorted order of their keys, in runs that split when they are full.
///
/// Finding a place costs the logarithm of the count; putting a slot there moves at most one run.
struct KeyOrder: Sendable {
    private var runs: [[UInt32]]

    private static let runCountMax = 1_024

    /// The order of all keys, which are given by slot; slot 0 is the sentinel, the least.
    init(of keys: [Digest]) {
        let sorted = (0..<UInt32(keys.count)).sorted { keys[Int($0)] < keys[Int($1)] }
        let half = KeyOrder.runCountMax / 2
        runs = stride(from: 0, to: sorted.count, by: half).map { start in
            Array(sorted[start..<min(start + half, sorted.count)])
        }
    }

    /// The slot of the greatest key below `key`; the sentinel's key is below all.
    func predecessor(of key: Digest, in keys: [Digest]) -> UInt32 {
        let run = runs[place(of: key, in: keys)]
        return run[KeyOrder.countBelow(key, in: run) { keys[Int($0)] } - 1]
    }

    /// Puts a slot, whose key stands in `keys` already, into its place.
    mutating func insert(_ slot: UInt32, in keys: [Digest]) {
        let key = keys[Int(slot)]
        let index = place(of: key, in: keys)
        let offset = KeyOrder.countBelow(key, in: runs[index]) { keys[Int($0)] }
        runs[index].insert(slot, at: offset)
        guard runs[index].count > KeyOrder.runCountMax else { return }
        let half = runs[index].count / 2
        let upper = Array(runs[index][half...])
        runs[index].removeSubrange(half...)
        runs.insert(upper, at: index + 1)
    }

    /// All slots, by increasing key.
    var slots: [UInt32] { Array(runs.joined()) }

    /// The run that `key` belongs into: the last one that begins below it.
    private func place(of key: Digest, in keys: [Digest]) -> Int {
        max(0, KeyOrder.countBelow(key, in: runs) { keys[Int($0[0])] } - 1)
    }

    /// How many elements of a sorted array have a key below `key`.
    private static func countBelow<Element>(
        _ key: Digest, in array: [Element], _ keyOf: (Element) -> Digest
    ) -> Int {
        array.indices.partitioningIndex { keyOf(array[$0]) >= key }
    }
}
