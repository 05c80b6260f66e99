import Cryptography
import Primitives
import Testing

/// The 518 cases of transparency-dev/merkle.
@Suite("Merkle vectors")
struct MerkleVectorTests {
    @Test func inclusion() throws {
        let rows: [InclusionRow] = try Vectors.load("merkle/inclusion.json")
        #expect(rows.count == 98)
        for row in rows {
            let isAccepted = accepts {
                try InclusionProof(
                    leafIndex: row.leafIdx, treeSize: row.treeSize ?? 0, path: row.path()
                ).verify(leafHash: digest(row.leafHash), root: digest(row.root))
            }
            #expect(isAccepted != row.wantErr, "\(row.file): \(row.desc)")
        }
    }

    @Test func inclusionInASubtree() throws {
        let rows: [InclusionRow] = try Vectors.load("merkle/subtreeinclusion.json")
        #expect(rows.count == 204)
        for row in rows {
            let subtree = MerkleRange(start: row.start ?? 0, end: row.end ?? 0)
            let isAccepted = accepts {
                try InclusionProof(
                    leafIndex: row.leafIdx, subtree: subtree, path: row.path()
                ).verify(leafHash: digest(row.leafHash), root: digest(row.root))
            }
            #expect(isAccepted != row.wantErr, "\(row.file): \(row.desc)")
        }
    }

    @Test func consistency() throws {
        let rows: [ConsistencyRow] = try Vectors.load("merkle/consistency.json")
        #expect(rows.count == 98)
        for row in rows {
            let isAccepted = accepts {
                try ConsistencyProof(
                    firstSize: row.size1 ?? 0, secondSize: row.size2 ?? 0, path: row.path()
                ).verify(firstRoot: root(row.root1), secondRoot: root(row.root2))
            }
            #expect(isAccepted != row.wantErr, "\(row.file): \(row.desc)")
        }
    }

    @Test func consistencyOfASubtree() throws {
        let rows: [ConsistencyRow] = try Vectors.load("merkle/subtreeconsistency.json")
        #expect(rows.count == 118)
        for row in rows {
            let subtree = MerkleRange(start: row.start ?? 0, end: row.end ?? 0)
            let isAccepted = accepts {
                try SubtreeProof(subtree: subtree, treeSize: row.size ?? 0, path: row.path())
                    .verify(subtreeRoot: root(row.root1), root: root(row.root2))
            }
            #expect(isAccepted != row.wantErr, "\(row.file): \(row.desc)")
        }
    }

    private func accepts(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            return false
        }
    }
}

private struct InclusionRow: Decodable {
    let file: String
    let desc: String
    let wantErr: Bool
    let leafIdx: UInt64
    let treeSize: UInt64?
    let start: UInt64?
    let end: UInt64?
    let leafHash: String
    let root: String
    let proof: [String]?

    func path() throws -> [Digest] { try (proof ?? []).map(digest) }
}

private struct ConsistencyRow: Decodable {
    let file: String
    let desc: String
    let wantErr: Bool
    let size1: UInt64?
    let size2: UInt64?
    let start: UInt64?
    let end: UInt64?
    let size: UInt64?
    let root1: String
    let root2: String
    let proof: [String]?

    func path() throws -> [Digest] { try (proof ?? []).map(digest) }
}

/// A hash of the wrong length is refused before any tree is asked, as a decoder would.
private func digest(_ base64: String) throws -> Digest {
    let bytes = try Vectors.base64(base64)
    guard let digest = Digest(bytes) else { throw WrongLength(byteCount: bytes.count) }
    return digest
}

/// Where a root does not matter, the vectors write words for it; their hash stands for them here.
private func root(_ base64: String) throws -> Digest {
    let bytes = try Vectors.base64(base64)
    return Digest(bytes) ?? SHA256.hash(bytes)
}

private struct WrongLength: Error {
    let byteCount: Int
}
