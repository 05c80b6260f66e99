internal import Cryptography
internal import Primitives

/// Serves the hashes of a tree after a block, from its peaks before and the nodes of the block.
struct NodeSource {
    private let peaks: [MerkleNode: Digest]
    private let firstLeaf: UInt64
    private let nodes: [Digest]

    private struct Missing: Error {}

    init(peaksBefore frontier: MerkleFrontier, nodes: [Digest]) {
        let places = MerkleRange(start: 0, end: frontier.size).nodes
        peaks = Dictionary(zip(places, frontier.peaks)) { first, _ in first }
        firstLeaf = frontier.size
        self.nodes = nodes
    }

    /// The hash over a range of leaves that a proof for a leaf of the block needs.
    func hash(of range: MerkleRange) -> Digest? {
        try? range.hash { node throws(Missing) in
            if let peak = peaks[node] { return peak }
            guard let place = TreeRow.place(of: node, firstLeaf: firstLeaf, nodes.count) else {
                throw Missing()
            }
            return nodes[place]
        }
    }
}
