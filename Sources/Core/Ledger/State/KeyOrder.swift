internal import Primitives

/// The slots of a map in the sorted order of their keys, in runs that split when they are full.
///
/// Finding a place costs the logarithm of the count; putting a slot there moves at most one run.
/// The first eight bytes of each key lie beside its slot, so that keys themselves, which lie
/// anywhere, are looked at where these are equal only.
struct KeyOrder: Sendable {
    private var runs: [Run]
    /// The first eight bytes of the first key of each run.
    private var starts: [UInt64]

    private struct Run: Sendable {
        var prefixes: [UInt64]
        var slots: [UInt32]
    }

    private static let runCountMax = 1_024

    /// The order of all keys, which are given by slot; slot 0 is the sentinel, the least.
    init(of keys: [Digest]) {
        let sorted = (0..<UInt32(keys.count)).sorted { keys[Int($0)] < keys[Int($1)] }
        let half = KeyOrder.runCountMax / 2
        runs = stride(from: 0, to: sorted.count, by: half).map { start in
            let slots = Array(sorted[start..<min(start + half, sorted.count)])
            return Run(prefixes: slots.map { keys[Int($0)].words.0 }, slots: slots)
        }
        starts = runs.map { $0.prefixes[0] }
    }

    /// The slot of the greatest key below `key`; the sentinel's key is below all.
    func predecessor(of key: Digest, in keys: [Digest]) -> UInt32 {
        let run = runs[place(of: key, in: keys)]
        return run.slots[KeyOrder.countBelow(key, run, keys) - 1]
    }

    /// Puts a slot, whose key stands in `keys` already, into its place.
    mutating func insert(_ slot: UInt32, in keys: [Digest]) {
        let key = keys[Int(slot)]
        let index = place(of: key, in: keys)
        let offset = KeyOrder.countBelow(key, runs[index], keys)
        runs[index].prefixes.insert(key.words.0, at: offset)
        runs[index].slots.insert(slot, at: offset)
        if offset == 0 { starts[index] = key.words.0 }
        guard runs[index].slots.count > KeyOrder.runCountMax else { return }
        let half = runs[index].slots.count / 2
        let upper = Run(
            prefixes: Array(runs[index].prefixes[half...]), slots: Array(runs[index].slots[half...])
        )
        runs[index].prefixes.removeSubrange(half...)
        runs[index].slots.removeSubrange(half...)
        runs.insert(upper, at: index + 1)
        starts.insert(upper.prefixes[0], at: index + 1)
    }

    /// All slots, by increasing key.
    var slots: [UInt32] { runs.flatMap(\.slots) }

    /// The run that `key` belongs into: the last one that begins below it.
    private func place(of key: Digest, in keys: [Digest]) -> Int {
        let count = KeyOrder.countBelow(key, starts) { keys[Int(runs[$0].slots[0])] }
        return max(0, count - 1)
    }

    /// How many keys of a run are below `key`.
    private static func countBelow(_ key: Digest, _ run: Run, _ keys: [Digest]) -> Int {
        countBelow(key, run.prefixes) { keys[Int(run.slots[$0])] }
    }

    /// How many of the sorted keys with these first bytes are below `key`.
    private static func countBelow(
        _ key: Digest, _ prefixes: [UInt64], _ keyAt: (Int) -> Digest
    ) -> Int {
        let prefix = key.words.0
        return prefixes.indices.partitioningIndex { index in
            prefixes[index] > prefix || prefixes[index] == prefix && keyAt(index) >= key
        }
    }
}
