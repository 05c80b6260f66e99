internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Testing

@testable import custos

/// `custos head` before a server that lies about blocks.
@Suite("Heads from a server that lies", .timeLimit(.minutes(30)))
struct LyingHeadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What is said of a block instead.
    private func said(
        _ change: @escaping @Sendable (BlockAnswer) -> BlockAnswer
    ) -> @Sendable (ControlRequest, [UInt8]) -> [UInt8]? {
        { request, bytes in
            guard case .block = request, let answer = try? BlockAnswer.decode(bytes[...]) else {
                return bytes
            }
            return change(answer).encoded
        }
    }

    /// The block with a bit of its header's tree root flipped.
    private static func bent(_ block: [UInt8]) -> [UInt8] {
        guard let root = try? Block.decode(block).header.treeRoot else { return block }
        let bytes = Array(root.bytes)
        var block = block
        for start in block.indices.dropLast(bytes.count)
        where Array(block[start..<start + bytes.count]) == bytes {
            block[start] ^= 1
        }
        return block
    }

    private func lies(_ foreign: BlockAnswer, _ another: BlockAnswer) -> [Lie] {
        func quoted(_ steps: ProofStep...) -> [String] { steps.map { "\"\($0.rawValue)\"" } }
        return [
            Lie.none,
            Lie(
                name: "a block of another ledger", words: quoted(.ledger, .validators),
                answer: said { _ in foreign }),
            Lie(
                name: "the signatures of another block", words: quoted(.header),
                answer: said {
                    BlockAnswer(
                        height: $0.height, block: $0.block, commitProof: another.commitProof)
                }),
            Lie(
                name: "a header that was not signed", words: quoted(.header),
                answer: said {
                    BlockAnswer(
                        height: $0.height, block: Self.bent($0.block),
                        commitProof: $0.commitProof)
                }),
            Lie(
                name: "no commit proof", words: quoted(.form),
                answer: said {
                    BlockAnswer(height: $0.height, block: $0.block, commitProof: [])
                }),
            Lie(name: "another height", words: quoted(.header), answer: said { _ in another }),
        ]
    }

    @Test("what is of another ledger or height, or not signed, is not kept")
    func heads() async throws {
        let node = try OneVote(folder.path + "/n")
        let foreign = try OneVote(folder.path + "/f", named: "foreign")
        try await OneVote.live([node, foreign]) { clients in
            let stranger = try await clients[1].block(Height(5))
            let another = try await clients[0].block(Height(4))
            let out = folder.path + "/kept.head"
            for lie in lies(stranger, another) {
                try await LyingServer.tell(
                    lie, about: node, in: folder.path,
                    ["head", "--height", "5", "--out", out])
                #expect(Files.isThere(out) == lie.words.isEmpty, "\(lie.name)")
                Files.remove(out)
            }
            // Without a height, the last block is taken: any that is signed.
            try await LyingServer.run(["head", "--out", out, "--node", node.place.file])
            #expect(try BlockHeader.kept(out).treeSize > 9)
        }
    }
}
