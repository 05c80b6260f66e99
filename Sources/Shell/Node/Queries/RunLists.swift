internal import Cryptography
internal import Ledger
internal import Primitives

/// The lists of terms that were asked about last: where their runs lie, and the trees over them.
///
/// Runs lie with their blocks, each naming the one before, so a list that is asked about for the
/// first time is read from its end to its start; later only what came since.
final class RunLists {
    /// The runs of one term: by their place, from 0.
    struct List {
        fileprivate(set) var heights: [Height] = []
        fileprivate var tree = MerkleFrontier()
        /// Hashes of complete subtrees, by level and place.
        private var levels: [[Digest]] = []

        fileprivate mutating func append(_ run: TermRun) {
            heights.append(run.height)
            var levels = levels
            self.levels = []
            tree.append(run.leafHash) { node, hash in
                if node.level == levels.count { levels.append([]) }
                levels[node.level].append(hash)
            }
            self.levels = levels
        }

        func hash(of node: MerkleNode) -> Digest { levels[node.level][Int(node.index)] }

        /// The places of the runs in a range of heights.
        func places(in range: (first: Height, last: Height)) -> Range<Int> {
            let start = count(below: range.first)
            return start..<max(start, count(below: range.last.next))
        }

        private func count(below height: Height) -> Int {
            heights.indices.partitioningIndex { heights[$0] >= height }
        }
    }

    private let nodes: TreeReader
    private var lists: [UInt32: List] = [:]
    private var runCount = 0

    /// How many runs are kept at most, in all lists: about 100 bytes each.
    private static let runCountMax = 1 << 20

    init(_ nodes: TreeReader) {
        self.nodes = nodes
    }

    /// The list that a head commits to.
    func list(ofSlot slot: UInt32, _ head: TermHead) throws(QueryError) -> List {
        var list = lists.removeValue(forKey: slot) ?? List()
        runCount -= list.heights.count
        let fresh = try nodes.runs(
            ofSlot: slot, back: head.lastHeight, above: list.heights.last ?? .genesis)
        for run in fresh { list.append(run) }
        guard list.tree == head.runs else { throw .damaged("the list in slot \(slot)") }
        runCount += list.heights.count
        if runCount > RunLists.runCountMax {
            lists.removeAll()
            runCount = list.heights.count
        }
        lists[slot] = list
        return list
    }
}
