import Cryptography
import Primitives
import Testing

@Suite("Merkle frontier and plans")
struct MerkleFrontierTests {
    private static let sizeMax = 67
    private static let leaves = (0..<sizeMax).map { SHA256.leaf([UInt8($0)]) }

    @Test func hasTheRootOfTheModelAtEverySize() {
        var frontier = MerkleFrontier()
        #expect(frontier.root == MerkleTree.emptyRoot)
        for size in 1...Self.sizeMax {
            frontier.append(Self.leaves[size - 1])
            #expect(frontier.size == UInt64(size))
            #expect(frontier.peaks.count == size.nonzeroBitCount)
            #expect(frontier.root == MerkleTree.root(of: Self.leaves[..<size]))
        }
    }

    @Test func goesOnFromItsPeaks() throws {
        for cut in 0...Self.sizeMax {
            var whole = MerkleFrontier()
            for leaf in Self.leaves[..<cut] { whole.append(leaf) }
            var resumed = try MerkleFrontier(size: whole.size, peaks: whole.peaks)
            for leaf in Self.leaves[cut...] {
                whole.append(leaf)
                resumed.append(leaf)
            }
            #expect(whole == resumed)
        }
    }

    @Test func refusesPeaksOfAnotherSize() {
        #expect(throws: CryptographyError.peaks(count: 1, treeSize: 3)) {
            try MerkleFrontier(size: 3, peaks: [.zero])
        }
    }

    @Test("what it tells of completed subtrees serves every proof of every size")
    func fillsAStoreThatServesAllProofs() throws {
        var frontier = MerkleFrontier()
        var store: [MerkleNode: Digest] = [:]
        for leaf in Self.leaves {
            frontier.append(leaf) { node, hash in
                #expect(store.updateValue(hash, forKey: node) == nil)
                let range = Int(node.range.start)..<Int(node.range.end)
                #expect(hash == MerkleTree.root(of: Self.leaves[range]))
            }
        }
        for size in 1...Self.sizeMax {
            let leaves = Array(Self.leaves[..<size])
            for index in 0..<size {
                let plan = try MerklePlan.inclusion(of: UInt64(index), treeSize: UInt64(size))
                let path = try plan.map { try $0.hash { try #require(store[$0]) } }
                #expect(path == (try MerkleTree.inclusionProof(of: index, in: leaves)).path)
            }
            for first in 1...size {
                let plan = try MerklePlan.consistency(from: UInt64(first), to: UInt64(size))
                let path = try plan.map { try $0.hash { try #require(store[$0]) } }
                #expect(path == (try MerkleTree.consistencyProof(from: first, in: leaves)).path)
            }
        }
    }

    @Test func plansProofsForEverySubtree() throws {
        let size = 21
        let root = MerkleTree.root(of: Self.leaves[..<size])
        var subtreeCount = 0
        for start in 0..<size {
            for end in (start + 1)...size {
                let subtree = MerkleRange(start: UInt64(start), end: UInt64(end))
                guard subtree.isSubtree else {
                    #expect(throws: CryptographyError.self) {
                        try MerklePlan.subtree(subtree, treeSize: UInt64(size))
                    }
                    continue
                }
                subtreeCount += 1
                let path = try MerklePlan.subtree(subtree, treeSize: UInt64(size)).map { range in
                    MerkleTree.root(of: Self.leaves[Int(range.start)..<Int(range.end)])
                }
                let proof = SubtreeProof(subtree: subtree, treeSize: UInt64(size), path: path)
                try proof.verify(
                    subtreeRoot: MerkleTree.root(of: Self.leaves[start..<end]), root: root)
                #expect(throws: CryptographyError.self) {
                    try proof.verify(subtreeRoot: SHA256.hash([]), root: root)
                }
            }
        }
        #expect(subtreeCount > size)
    }

    @Test func plansRefuseWhatIsOutside() {
        #expect(throws: CryptographyError.outsideTree(index: 5, treeSize: 5)) {
            try MerklePlan.inclusion(of: 5, treeSize: 5)
        }
        #expect(throws: CryptographyError.treeSizes(first: 6, second: 5)) {
            try MerklePlan.consistency(from: 6, to: 5)
        }
        #expect(throws: CryptographyError.treeSizes(first: 0, second: 5)) {
            try MerklePlan.consistency(from: 0, to: 5)
        }
    }
}
