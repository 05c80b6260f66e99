public import Cryptography
public import Ledger
public import Primitives

/// A contiguous part of a term's list of runs, with the hashes that show that it is one.
///
/// Shown in full are the runs of the heights that were asked for, and the neighbours on both
/// sides, where there are any: their heights show that none between is left out.
public struct TermSlice: Hashable, Sendable {
    /// The place of the first run in the list.
    public let firstRun: UInt64
    /// The peaks of the tree over the runs before, high to low.
    public let before: [Digest]
    /// The runs, neighbours included, in the order of their heights.
    public let runs: [TermRun]
    /// The roots of the complete subtrees that the runs after fall into, from left to right.
    public let after: [Digest]

    public init(firstRun: UInt64, before: [Digest], runs: [TermRun], after: [Digest]) {
        self.firstRun = firstRun
        self.before = before
        self.runs = runs
        self.after = after
    }

    /// The subtrees that the leaves `start ..< end` of a tree are shown by, where the leaves
    /// before `start` are known by their peaks.
    public static func nodes(from start: UInt64, to end: UInt64) -> [MerkleNode] {
        var nodes: [MerkleNode] = []
        var place = start
        while place < end {
            let level = min(place.trailingZeroBitCount, 63 - (end - place).leadingZeroBitCount)
            nodes.append(MerkleNode(level: level, index: place >> UInt64(level)))
            place += 1 << UInt64(level)
        }
        return nodes
    }

    /// The runs of these heights: all of them that the list with this head has.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/completeness``.
    func runs(of heights: HeightRange, under head: TermHead) throws(ProofFailure) -> [TermRun] {
        let count = head.runs.size
        guard let first = runs.first, let last = runs.last,
            UInt64(runs.count) <= count, firstRun <= count - UInt64(runs.count)
        else { throw ProofFailure(.completeness, "no run is shown, or more than there are") }
        try checkOrder()
        guard try tree(count) == head.runs else {
            throw ProofFailure(.completeness, "the runs are not those that the head commits to")
        }
        if firstRun == 0 {
            try agree(.completeness, "the count before", found: first.totalBefore, right: 0)
        } else if first.height >= heights.first {
            throw ProofFailure(
                .completeness,
                "the list begins at height \(first.height), and the run before is not shown")
        }
        if firstRun + UInt64(runs.count) == count {
            let total = last.totalBefore.addingReportingOverflow(UInt64(last.entries.count))
            try agree(
                .completeness, "the count of entries", found: total.partialValue,
                right: head.total)
        } else if last.height <= heights.last {
            throw ProofFailure(
                .completeness,
                "the list ends at height \(last.height), and the run after is not shown")
        }
        return runs.filter { heights.contains($0.height) }
    }

    /// Heights increase, and each run counts what stands before it.
    private func checkOrder() throws(ProofFailure) {
        var last: TermRun?
        for run in runs {
            if let last {
                let total = last.totalBefore.addingReportingOverflow(UInt64(last.entries.count))
                try agree(
                    .completeness, "the count before height \(run.height)",
                    found: run.totalBefore, right: total.overflow ? nil : total.partialValue)
            }
            guard !run.entries.isEmpty, run.height > last?.height ?? .genesis else {
                throw ProofFailure(
                    .completeness, "runs are empty or not in increasing height")
            }
            last = run
        }
    }

    /// The tree over all runs that the slice gives.
    private func tree(_ count: UInt64) throws(ProofFailure) -> MerkleFrontier {
        var tree = try step(.completeness) { () throws(CryptographyError) in
            try MerkleFrontier(size: firstRun, peaks: before)
        }
        for run in runs { tree.append(run.leafHash) }
        let nodes = TermSlice.nodes(from: tree.size, to: count)
        try agree(
            .completeness, "the count of hashes after", found: after.count, right: nodes.count)
        for (node, hash) in zip(nodes, after) { tree.append(subtree: hash, level: node.level) }
        return tree
    }
}

extension TermSlice {
    func encode(into writer: inout CBORWriter) {
        writer.array(5)
        writer.unsigned(firstRun)
        writer.unsigned(runs.first?.totalBefore ?? 0)
        writer.path(before)
        writer.array(runs.count)
        for run in runs {
            writer.array(2)
            writer.unsigned(run.height.blocks)
            writer.array(run.entries.count)
            for item in run.entries {
                writer.array(2)
                writer.unsigned(item.leafIndex)
                writer.digest(item.leafHash)
            }
        }
        writer.path(after)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 5)
        firstRun = try reader.unsigned()
        var total = try reader.unsigned()
        before = try reader.path()
        var runs: [TermRun] = []
        for _ in 0..<(try reader.array(atMost: .max)) {
            let run = try TermSlice.run(from: &reader, totalBefore: total)
            // A sum that overflows is one that no count will agree with.
            total &+= UInt64(run.entries.count)
            runs.append(run)
        }
        self.runs = runs
        after = try reader.path(atMost: 128)
    }

    private static func run(
        from reader: inout CBORReader, totalBefore: UInt64
    ) throws(CBORError) -> TermRun {
        try reader.array(exactly: 2)
        let height = Height(try reader.unsigned())
        var items: [TermRun.Item] = []
        for _ in 0..<(try reader.array(atMost: .max)) {
            try reader.array(exactly: 2)
            items.append(
                TermRun.Item(
                    leafIndex: try reader.unsigned(), leafHash: try reader.digest()))
        }
        return TermRun(height: height, totalBefore: totalBefore, entries: items)
    }
}
