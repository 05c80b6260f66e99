import Consensus
import Cryptography
import Hosting
import Ledger
import Primitives
import Records
import Testing

@Suite("A host among peers that lie")
struct HostilePeerTests {
    private static let liar = Region.id("insurer")

    /// A world in which one block stands everywhere.
    private func world() throws -> HostWorld {
        var world = try HostWorld()
        world.clientsAreBusy = false
        world.submitEntry(at: 0)
        #expect(world.run(for: 2_000) { $0.heights.allSatisfy { $0 == 1 } })
        return world
    }

    @Test("a proposal whose bytes are not the block that it names is dropped with its sender")
    func proposalOfOtherBytes() throws {
        var world = try world()
        let block = world.nodes[0].disk.commits[0].executed.block.encode()
        let id = BlockID(hash: SHA256.hash([1]), treeRoot: SHA256.hash([2]))
        for bytes in [block, [], [0xff], Array(block.dropLast())] {
            let proposal = Proposal(
                height: Height(2), round: .zero, validRound: nil, blockID: id, block: bytes,
                signature: try Signature([UInt8](repeating: 1, count: 64)))
            let before = world.drops.count
            world.step(1, .received(.proposal(Unverified(proposal)), from: Self.liar))
            #expect(world.drops.count == before + 1)
            #expect(world.drops.last?.contains("insurer") == true)
        }
        #expect(world.problems == [])
    }

    @Test("a block not asked for is left alone, and one without proof names its sender")
    func blocksWithoutProof() throws {
        var world = try world()
        let real = try #require(world.nodes[0].disk.block(at: Height(1)))
        world.crash(1)
        world.nodes[1].disk.commits = []
        world.nodes[1].disk.signed = nil
        world.nodes[1].disk.log = []
        world.cutOff = [0, 1, 2, 3]
        world.boot(1)
        world.step(1, .received(.block(real), from: Self.liar))
        #expect(world.heights[1] == 0)
        // Now it asks, because the liar claims to be ahead; the proof lacks signatures.
        let status = ReplicaStatus(
            height: Height(2), round: .zero, hasProposal: false, prevotes: [0], precommits: [0],
            missing: nil)
        let claimed = real.proof.claimed
        let weak = CommitProof(
            height: claimed.height, round: claimed.round, block: claimed.block,
            precommits: Array(claimed.precommits.prefix(2)))
        for proof in [weak, moved(claimed)] {
            world.step(1, .received(.status(status), from: Self.liar))
            let before = world.drops.count
            world.step(
                1,
                .received(
                    .block(
                        SyncedBlock(
                            height: Height(1), block: real.block, proof: Unverified(proof),
                            batches: real.batches)), from: Self.liar))
            #expect(world.drops.count == before + 1)
        }
        // The right block with other batches.
        world.step(1, .received(.status(status), from: Self.liar))
        world.step(
            1,
            .received(
                .block(
                    SyncedBlock(
                        height: Height(1), block: real.block, proof: real.proof, batches: [])),
                from: Self.liar))
        #expect(world.heights[1] == 0)
        // And the whole block from another.
        world.step(1, .received(.status(status), from: Region.id("regulator")))
        world.step(1, .received(.block(real), from: Region.id("regulator")))
        #expect(world.nodes[1].host?.state.head.height == Height(1))
        #expect(world.problems == [])
    }

    private func moved(_ proof: CommitProof) -> CommitProof {
        CommitProof(
            height: proof.height, round: Round(7), block: proof.block,
            precommits: proof.precommits)
    }

    @Test("a claimed height costs a request and nothing else")
    func claimedHeightsAreNotBelieved() throws {
        var world = try world()
        let status = ReplicaStatus(
            height: Height(.max >> 2), round: Round(.max), hasProposal: true,
            prevotes: [0xff], precommits: [0xff], missing: nil)
        world.cutOff = [2]
        world.step(0, .received(.status(status), from: Self.liar))
        world.submitEntry(at: 0)
        #expect(world.run(for: 4_000) { world in [0, 1, 3].allSatisfy { world.heights[$0] >= 2 } })
        #expect(world.problems == [])
    }

    @Test("a proposer whose block does not execute gets no votes, and the next one goes on")
    func invalidBlocksGetNoVotes() throws {
        var world = try world()
        // Height 2 begins with the insurer, whose node bends the state root and signs the result.
        let key = try Region.key("insurer consensus")
        let ledger = world.region.genesis.ledger
        world.tamper = { message, from, _ in
            guard case .proposal(let proposal) = message, from == 2,
                let block = try? Block.decode(proposal.claimed.block)
            else { return message }
            return HostilePeerTests.bent(block, proposal.claimed, ledger: ledger, key: key)
        }
        world.submitEntry(at: 0)
        #expect(world.run(for: 5_000) { $0.heights.allSatisfy { $0 >= 2 } })
        let commit = world.nodes[0].disk.commits[1]
        #expect(commit.proof.round > .zero)
        #expect(commit.executed.block.header.proposer != Self.liar)
        #expect(world.problems == [])
    }

    private static func bent(
        _ block: Block, _ proposal: Proposal, ledger: LedgerID, key: SigningKey
    ) -> PeerMessage {
        let header = block.header
        let other = Block(
            header: BlockHeader(
                ledger: header.ledger, height: header.height, time: header.time,
                proposer: header.proposer, previous: header.previous,
                batchesRoot: header.batchesRoot, treeSize: header.treeSize,
                treeRoot: header.treeRoot, stateRoot: SHA256.hash([9]),
                nextValidators: header.nextValidators, active: header.active,
                previousCommit: header.previousCommit), batches: block.batches,
            commitProof: block.commitProof)
        let id = BlockID(hash: other.hash, treeRoot: header.treeRoot)
        func with(_ signature: Signature) -> Proposal {
            Proposal(
                height: proposal.height, round: proposal.round, validRound: proposal.validRound,
                blockID: id, block: other.encode(), signature: signature)
        }
        let digest = SigningBytes(ledger: ledger).digest(
            of: with(proposal.signature), key: key.keyID)
        return .proposal(Unverified(with(key.sign(digest))))
    }

    @Test("two batches of an issuer under one number convict it; the first one stands")
    func equivocatingIssuerIsConvicted() throws {
        var world = try world()
        let first = try world.region.batch(
            "county-hospital", first: 1, entries: [Region.entry("county-hospital", 1, salt: "a")])
        let second = try world.region.batch(
            "county-hospital", first: 1, entries: [Region.entry("county-hospital", 1, salt: "b")])
        world.cutOff = [0, 1, 2, 3]
        world.step(0, .received(.batch(first), from: Region.id("county-hospital")))
        world.step(0, .received(.batch(second), from: Region.id("county-hospital")))
        #expect(world.convictions.count == 1)
        let body = try #require(world.convictions.first)
        #expect(body.kind == .doubleEntry && body.about == Region.id("county-hospital"))
        #expect(throws: Never.self) { try world.nodes[1].host?.state.check(body) }
    }

    @Test("another entry under a number on the ledger convicts; the same, signed anew, does not")
    func secondEntriesConvict() throws {
        var world = try world()
        world.clientsAreBusy = false
        let settled = world.run(for: 3_000) { world in
            world.nodes.allSatisfy { $0.outbox?.waitingCount == 0 }
        }
        #expect(settled)
        let committed = try #require(
            world.nodes[0].disk.commits.flatMap(\.executed.batches).first)
        let (issuer, first) = (committed.header.issuer, committed.header.firstNumber)
        let name = issuer.name
        let expiry = Height(committed.header.expiry.blocks + 1)
        let own = try #require(world.nodes.firstIndex { $0.id == issuer })
        let peer = world.nodes[(own + 1) % 4].id
        // What an outbox does that does not know how its first batch fared.
        let again = try world.region.batch(
            name, first: first, entries: committed.entryBytes.map { Array($0) }, expiry: expiry)
        #expect(again != committed.bytes)
        for index in world.nodes.indices {
            world.step(index, .received(.batch(again), from: peer))
            world.step(index, .submitted(batch: again, token: 99))
        }
        world.run(for: 2_000) { _ in false }
        #expect(world.convictions.isEmpty)

        let other = try world.region.batch(
            name, first: first, entries: [Region.entry(name, first, salt: "another")],
            expiry: expiry)
        world.step((own + 2) % 4, .received(.batch(other), from: peer))
        let isAnchored = world.run(for: 40_000) { world in
            world.nodes.allSatisfy { node in
                node.disk.commits.flatMap(\.executed.batches).flatMap(\.entries)
                    .contains { $0.kind == .evidence }
            }
        }
        #expect(isAnchored)
        #expect(world.convictions.count == 4, "gossip has told each node once")
        #expect(world.convictions.allSatisfy { $0.kind == .doubleEntry && $0.about == issuer })
        let state = try #require(world.nodes[3].host?.state)
        let offence = try state.check(try #require(world.convictions.first))
        #expect(state.evidence(of: offence)?.kind == .doubleEntry)
        #expect(world.problems + world.drops == [])
    }

    @Test("a batch of one byte too many, or of another ledger, is refused with the reason")
    func badBatchesAreRefused() throws {
        var world = try world()
        let good = try world.region.batch(
            "insurer", first: 1, entries: [Region.entry("insurer", 1)])
        let elsewhere = try Region { $0.heartbeatMilliseconds = 1 }.batch(
            "insurer", first: 1, entries: [Region.entry("insurer", 1)])
        var bent = good
        bent[bent.count - 1] ^= 1
        for (token, bytes) in [good + [0], elsewhere, bent, []].enumerated() {
            let clock = Timestamp(milliseconds: world.now)
            let effects = world.nodes[0].host?.step(
                .submitted(batch: bytes, token: UInt64(token)), now: clock)
            let isRefused = effects?.contains { effect in
                if case .answer(UInt64(token), .refused(let refusal)) = effect {
                    return !refusal.isTemporary && !"\(refusal)".isEmpty
                }
                return false
            }
            #expect(isRefused == true, "batch \(token)")
        }
    }

    @Test("the same batch again is answered as before, waiting or on the ledger")
    func duplicatesAreAnsweredAsBefore() throws {
        var world = try world()
        let batch = world.nodes[0].disk.commits[0].executed.batches[0].bytes
        let clock = Timestamp(milliseconds: world.now)
        let effects = world.nodes[1].host?.step(
            .submitted(batch: batch, token: 9), now: clock)
        let isCommitted = effects?.contains { effect in
            if case .answer(9, .committed(let place)) = effect { return place.height == Height(1) }
            return false
        }
        #expect(isCommitted == true)
        let fresh = try world.region.batch(
            "regulator", first: 1, entries: [Region.entry("regulator", 1)])
        _ = world.nodes[0].host?.step(.submitted(batch: fresh, token: 1), now: clock)
        let again = world.nodes[0].host?.step(.submitted(batch: fresh, token: 2), now: clock)
        let isWaiting = again?.contains { effect in
            if case .answer(2, .waiting(let digests)) = effect { return digests.count == 1 }
            return false
        }
        #expect(isWaiting == true)
    }
}
