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

    fileprivate struct Run: Sendable {
        var prefixes: [UInt64]
        var slots: [UInt32]
    }

    private static let runCountMax = 1_024

    /// The order of all keys, which are given by slot; slot 0 is the sentinel, the least.
    init(of keys: [Digest]) {
        let sorted = KeyOrder.sorted(keys).map { UInt32($0) }
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

    /// Puts slots, given by increasing key, into their places; `keys` has theirs already.
    mutating func insert(_ slots: [UInt32], in keys: [Digest]) {
        var rest = slots[...]
        while let first = rest.first {
            let index = place(of: keys[Int(first)], in: keys)
            var end = rest.endIndex
            if index + 1 < runs.count {
                let limit = keys[Int(runs[index + 1].slots[0])]
                end = rest.indices.partitioningIndex { keys[Int(rest[$0])] > limit }
            }
            merge(rest[..<end], into: index, keys)
            rest = rest[end...]
        }
    }

    /// Puts slots into a run that all of them belong into, and parts it where it becomes too long.
    private mutating func merge(
        _ added: ArraySlice<UInt32>, into index: Int, _ keys: [Digest]
    ) {
        let run = runs[index]
        var merged = Run(prefixes: [], slots: [])
        merged.prefixes.reserveCapacity(run.slots.count + added.count)
        merged.slots.reserveCapacity(run.slots.count + added.count)
        var position = 0
        for slot in added {
            let key = keys[Int(slot)]
            let end = KeyOrder.countBelow(key, run, keys)
            merged.append(run, position..<end)
            merged.prefixes.append(key.words.0)
            merged.slots.append(slot)
            position = end
        }
        merged.append(run, position..<run.slots.count)
        let parts = merged.parts(atMost: KeyOrder.runCountMax)
        runs.replaceSubrange(index...index, with: parts)
        starts.replaceSubrange(index...index, with: parts.map { $0.prefixes[0] })
    }

    /// The places of these keys, by increasing key.
    static func sorted(_ keys: [Digest]) -> [Int] {
        let words = keys.indices.map { (prefix: keys[$0].words.0, index: $0) }
        return words.sorted { left, right in
            left.prefix != right.prefix
                ? left.prefix < right.prefix : keys[left.index] < keys[right.index]
        }.map(\.index)
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

extension KeyOrder.Run {
    /// Appends a stretch of another run.
    fileprivate mutating func append(_ run: KeyOrder.Run, _ range: Range<Int>) {
        prefixes.append(contentsOf: run.prefixes[range])
        slots.append(contentsOf: run.slots[range])
    }

    /// The run itself, or parts of about the same length where it is longer than it may be.
    fileprivate func parts(atMost countMax: Int) -> [KeyOrder.Run] {
        guard slots.count > countMax else { return [self] }
        let partCount = (slots.count - 1) / (countMax / 2) + 1
        return (0..<partCount).map { part in
            var run = KeyOrder.Run(prefixes: [], slots: [])
            run.append(
                self, slots.count * part / partCount..<slots.count * (part + 1) / partCount)
            return run
        }
    }
}
