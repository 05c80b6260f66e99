internal import Cryptography
internal import Primitives

/// Serves the hashes of a tree after a block, from its peaks before and the nodes of the block.
struct NodeSource {
    private let peaks: [MerkleNode: Digest]
    private let row: TreeRow

    private struct Missing: Error {}

    init(peaksBefore frontier: MerkleFrontier, nodes: [Digest]) {
        let places = MerkleRange(start: 0, end: frontier.size).nodes
        peaks = Dictionary(zip(places, frontier.peaks)) { first, _ in first }
        row = TreeRow(firstLeaf: frontier.size, batchCounts: [], nodes: nodes)
    }

    /// The hash over a range of leaves that a proof for a leaf of the block needs.
    func hash(of range: MerkleRange) -> Digest? {
        try? range.hash { node throws(Missing) in
            guard let hash = peaks[node] ?? row.hash(of: node) else { throw Missing() }
            return hash
        }
    }
}
