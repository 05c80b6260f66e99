import Cryptography
import Primitives
import Testing

@Suite("Merkle tree")
struct MerkleTreeTests {
    private static let sizeMax = 70
    private static let leaves = (0..<sizeMax).map { SHA256.leaf([UInt8($0)]) }

    @Test("the roots of the tree that Certificate Transparency implementations share")
    func agreesWithKnownRoots() throws {
        let inputs = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        let hashes = try inputs.map { SHA256.leaf(try #require([UInt8](hex: $0))) }
        for (size, root) in roots.enumerated() {
            #expect(MerkleTree.root(of: hashes[..<size]).description == root)
        }
    }

    @Test("a root is what the RFC's recursion gives, for any number of leaves")
    func agreesWithTheRecursion() {
        // MTH(D[n]) of RFC 9162, section 2.1.1, over leaf hashes.
        func hash(_ leaves: ArraySlice<Digest>) -> Digest {
            if leaves.count == 1 { return leaves[leaves.startIndex] }
            var width = 1
            while width * 2 < leaves.count { width *= 2 }
            return SHA256.node(hash(leaves.prefix(width)), hash(leaves.dropFirst(width)))
        }
        let leaves = (0..<1_000).map { SHA256.hash([UInt8($0 & 255), UInt8($0 >> 8)]) }
        for count in Array(1...260) + [511, 512, 513, 777, 999] {
            let slice = leaves[(1_000 - count)...]
            #expect(MerkleTree.root(of: slice) == hash(slice), "\(count) leaves")
        }
    }

    @Test func everyInclusionProofVerifiesAndNoOtherLeafDoes() throws {
        for size in 1...Self.sizeMax {
            let leaves = Array(Self.leaves[..<size])
            let root = MerkleTree.root(of: leaves)
            for index in 0..<size {
                let proof = try MerkleTree.inclusionProof(of: index, in: leaves)
                try proof.verify(leafHash: leaves[index], root: root)
                #expect(throws: CryptographyError.self) {
                    try proof.verify(leafHash: Self.leaves[(index + 1) % Self.sizeMax], root: root)
                }
            }
        }
    }

    @Test func everyConsistencyProofVerifiesAndNoOtherRootDoes() throws {
        for second in 1...Self.sizeMax {
            let leaves = Array(Self.leaves[..<second])
            let secondRoot = MerkleTree.root(of: leaves)
            for first in 1...second {
                let firstRoot = MerkleTree.root(of: leaves[..<first])
                let proof = try MerkleTree.consistencyProof(from: first, in: leaves)
                try proof.verify(firstRoot: firstRoot, secondRoot: secondRoot)
                #expect(throws: CryptographyError.self) {
                    try proof.verify(firstRoot: SHA256.hash([0]), secondRoot: secondRoot)
                }
                #expect(throws: CryptographyError.self) {
                    try proof.verify(firstRoot: firstRoot, secondRoot: SHA256.hash([0]))
                }
            }
        }
    }

    @Test func refusesWhatIsOutsideTheTree() {
        #expect(throws: CryptographyError.outsideTree(index: 3, treeSize: 3)) {
            try MerkleTree.inclusionProof(of: 3, in: Array(Self.leaves[..<3]))
        }
        #expect(throws: CryptographyError.outsideTree(index: 0, treeSize: 0)) {
            try MerkleTree.inclusionProof(of: 0, in: [])
        }
        for (first, count) in [(0, 3), (4, 3), (0, 0), (1, 0), (-1, 3)] {
            #expect(throws: CryptographyError.self) {
                try MerkleTree.consistencyProof(from: first, in: Array(Self.leaves[..<count]))
            }
        }
    }

    @Test("sizes near 2^64 are refused or verified, never a trap")
    func bearsHostileSizes() {
        let path = [Digest](repeating: .zero, count: 64)
        let sizes: [UInt64] = [.max, .max - 1, 1 << 63, (1 << 63) + 1]
        for size in sizes {
            let indices: [UInt64] = [0, 1, size / 2, size - 1]
            for index in indices {
                for count in [0, 1, 63, 64] {
                    let proof = InclusionProof(
                        leafIndex: index, treeSize: size, path: Array(path[..<count]))
                    #expect(throws: CryptographyError.self) {
                        try proof.verify(leafHash: .zero, root: .zero)
                    }
                    let range = MerkleRange(start: index, end: size)
                    #expect(throws: CryptographyError.self) {
                        try SubtreeProof(subtree: range, treeSize: .max, path: proof.path)
                            .verify(subtreeRoot: .zero, root: SHA256.hash([0]))
                    }
                }
            }
        }
    }
}
