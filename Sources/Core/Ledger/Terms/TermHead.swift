public import Cryptography
public import Primitives

/// The commitment to a term's whole list: how long it is, and the peaks of the tree of its runs.
public struct TermHead: Hashable, Sendable {
    /// How many entries all runs have.
    public private(set) var total: UInt64
    /// The height of the last run.
    public private(set) var lastHeight: Height
    /// The RFC 9162 tree over the run leaves; its size is the number of runs.
    public private(set) var runs: MerkleFrontier

    /// The head of a term without entries.
    public init() {
        total = 0
        lastHeight = .genesis
        runs = MerkleFrontier()
    }

    /// Adds the run of a block: `entryCount` entries under a leaf with this hash.
    mutating func append(runLeaf: Digest, entryCount: Int, height: Height) {
        runs.append(runLeaf)
        total += UInt64(entryCount)
        lastHeight = height
    }

    /// The head over these runs, which must stand in the order of their heights.
    ///
    /// - Returns: nil unless heights increase, and each run counts what stands before it.
    public init?(over list: [TermRun]) {
        self.init()
        for run in list {
            guard run.totalBefore == total, run.height > lastHeight, !run.entries.isEmpty else {
                return nil
            }
            append(runLeaf: run.leafHash, entryCount: run.entries.count, height: run.height)
        }
    }

    /// The head with these counts and peaks; nil unless there is a peak for each set bit of runs.
    init?(_ counts: HeadCounts, peaks: [Digest]) {
        guard let runs = try? MerkleFrontier(size: counts.runs, peaks: peaks) else { return nil }
        self.runs = runs
        total = counts.total
        lastHeight = counts.lastHeight
    }

    /// All but its peaks.
    var counts: HeadCounts {
        HeadCounts(runs: runs.size, total: total, lastHeight: lastHeight)
    }

    /// Appends the head's bytes: runs, total, last height, peaks; integers are 8 bytes.
    func append(to bytes: inout some ByteSink & ~Copyable) {
        counts.append(to: &bytes)
        for peak in runs.peaks { bytes.append(peak) }
    }

    /// The head's bytes: its value in the state map.
    public func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24 + 32 * runs.peaks.count)
        append(to: &bytes)
        return bytes
    }

    /// The head with exactly these bytes, or nil where they are none.
    public init?(_ bytes: [UInt8]) {
        guard let counts = HeadCounts(prefixOf: bytes[...]) else { return nil }
        let peakCount = (bytes.count - 24) / 32
        guard bytes.count == 24 + 32 * peakCount else { return nil }
        let peaks = (0..<peakCount).compactMap { index in
            Digest(bytes[(24 + 32 * index)..<(56 + 32 * index)])
        }
        self.init(counts, peaks: peaks)
    }
}
