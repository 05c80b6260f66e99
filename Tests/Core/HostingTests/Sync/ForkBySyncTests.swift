import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("Catching up with another past")
struct ForkBySyncTests {
    private static let messenger = Region.id("regulator")
    private static let names = ["city-hospital", "county-hospital", "insurer"]

    private static func precommits(
        _ height: UInt64, _ block: BlockID, in region: Region
    ) throws -> CommitProof {
        let precommits = try names.map { name in
            let key = try Region.key("\(name) consensus")
            let vote = Vote(
                kind: .precommit, height: Height(height), round: .zero, voter: Region.id(name),
                block: block, validRound: nil, signature: key.sign(.zero))
            let digest = SigningBytes(ledger: region.genesis.ledger).digest(
                of: vote, key: key.keyID)
            return CommitProof.Precommit(voter: Region.id(name), signature: key.sign(digest))
        }
        return CommitProof(
            height: Height(height), round: .zero, block: block, precommits: precommits)
    }

    @Test("a decided block after another one than stands here convicts who signed, not who sent")
    func otherPast() throws {
        var world = try HostWorld()
        world.clientsAreBusy = false
        world.submitEntry(at: 0)
        #expect(world.run(for: 2_000) { $0.heights.allSatisfy { $0 == 1 } })
        world.cutOff = [0, 1, 2, 3]
        let head = try #require(world.nodes[0].disk.commits.last).executed.header

        // Block 2 of another past, in which block 1 is another, decided by the same three.
        let other = BlockID(hash: SHA256.hash([1]), treeRoot: head.treeRoot)
        let below = try Self.precommits(1, other, in: world.region).encoded
        let header = BlockHeader(
            ledger: head.ledger, height: Height(2), time: Timestamp(milliseconds: world.now),
            proposer: Self.messenger, previous: other.hash, batchesRoot: Block.batchesRoot([]),
            treeSize: head.treeSize, treeRoot: head.treeRoot, stateRoot: head.stateRoot,
            nextValidators: head.nextValidators, active: head.active,
            previousCommit: Block.commitDigest(below))
        let block = Block(header: header, batches: [], commitProof: below)
        let proof = try Self.precommits(
            2, BlockID(hash: block.hash, treeRoot: header.treeRoot), in: world.region)
        let status = ReplicaStatus(
            height: Height(3), round: .zero, hasProposal: false, prevotes: [0], precommits: [0],
            missing: nil)
        func send(_ bytes: [UInt8]) {
            world.step(0, .received(.status(status), from: Self.messenger))
            world.step(
                0,
                .received(
                    .block(
                        SyncedBlock(
                            height: Height(2), block: bytes, proof: Unverified(proof),
                            batches: [])), from: Self.messenger))
        }
        send(block.encode())
        #expect(world.drops == [])
        let convicted = Set(world.convictions.map(\.about))
        // Of three who decided each, at least two are the same.
        #expect(convicted.count >= 2 && convicted.isSubset(of: Self.names.map(Region.id)))
        #expect(world.convictions.allSatisfy { $0.kind == .doubleVote })
        let known = world.convictions.count
        send(block.encode())
        #expect(world.drops == [] && world.convictions.count == known, "and once")

        // Without what its header names, it is the sender's doing.
        send(Block(header: header, batches: [], commitProof: nil).encode())
        #expect(world.drops.count == 1 && world.heights[0] == 1)
    }
}
