import Consensus
import Cryptography
import Hosting
import Primitives
import Testing

@Suite("Block sync")
struct BlockSyncTests {
    @Test("blocks that come in any order are applied in order, and asked for once")
    func appliesInOrder() throws {
        let world = try World()
        var sync = world.sync()
        let asked = sync.step(.reported(world.peers[0], Height(5))).requests
        #expect(asked.map(\.height.blocks) == [1, 2, 3, 4, 5])
        var applied: [UInt64] = []
        for blocks in [3, 5, 1, 2, 4] as [UInt64] {
            var effects = sync.step(
                .received(world.peers[0], try world.block(blocks)))
            while let proved = effects.proved {
                applied.append(proved.height.blocks)
                effects = sync.step(.applied(proved.height, world.validators))
            }
        }
        #expect(applied == [1, 2, 3, 4, 5])
        #expect(!sync.isCatchingUp)
    }

    enum Lie: CaseIterable, Sendable {
        case tooFewSignatures, strangersSignature, proofOfOtherBlock, proofOfOtherHeight
        case otherHeader, garbage, bodiesThatDoNotFit
    }

    @Test(
        "a peer that lies is dropped and named, and an honest one is asked", arguments: Lie.allCases
    )
    func dropsLiars(lie: Lie) throws {
        let world = try World()
        let (liar, honest) = (world.peers[0], world.peers[1])
        var sync = world.sync()
        _ = sync.step(.reported(liar, Height(1)))
        _ = sync.step(.reported(honest, Height(1)))
        var effects = sync.step(.received(liar, try world.lie(lie)))
        if let proved = effects.proved {
            effects = sync.step(.unusable(liar, proved.height, reason: "a batch is missing"))
        }
        #expect(effects.dropped == [liar])
        #expect(effects.requests.map(\.peer) == [honest])
        let proved = sync.step(.received(honest, try world.block(1))).proved
        #expect(proved?.peer == honest)
    }

    @Test("a block that is not asked for now is left alone: it may be late, and no lie")
    func leavesLateBlocksAlone() throws {
        let world = try World()
        var sync = world.sync()
        #expect(sync.step(.received(world.peers[0], try world.block(1))).isEmpty)
        _ = sync.step(.reported(world.peers[0], Height(1)))
        // Nobody else has it: the request is given up, and the answer comes after all.
        #expect(sync.step(.timedOut(Height(1), attempt: 0)).isEmpty)
        #expect(sync.step(.received(world.peers[0], try world.block(1))).isEmpty)
        let asked = sync.step(.reported(world.peers[0], Height(1))).requests
        #expect(asked.map(\.peer) == [world.peers[0]])
        #expect(sync.step(.received(world.peers[0], try world.block(1))).proved != nil)
    }

    @Test("a peer that is silent, or lacks what it claimed, is asked no more for that")
    func asksOthers() throws {
        let world = try World()
        var sync = world.sync()
        _ = sync.step(.reported(world.peers[0], Height(1)))
        _ = sync.step(.reported(world.peers[1], Height(1)))
        _ = sync.step(.reported(world.peers[2], Height(1)))
        let second = sync.step(.timedOut(Height(1), attempt: 0)).requests
        #expect(second.count == 1 && second[0].peer != world.peers[0])
        #expect(sync.step(.timedOut(Height(1), attempt: 0)).isEmpty, "a timer of an old request")
        let third = sync.step(.lacking(second[0].peer, Height(1))).requests
        #expect(third.count == 1)
        #expect(Set([world.peers[0], second[0].peer, third[0].peer]).count == 3)
        #expect(sync.step(.lacking(third[0].peer, Height(1))).isEmpty)
        #expect(sync.isCatchingUp, "nobody has it, but more than a third say that it is there")
    }

    @Test("a claim of a height that does not exist costs a window of requests and no more")
    func boundsClaims() throws {
        let world = try World()
        var sync = world.sync()
        let asked = sync.step(.reported(world.peers[0], Height(.max / 2))).requests
        #expect(asked.count == Int(BlockSync.windowBlocks))
        #expect(sync.step(.reported(world.peers[0], Height(.max / 2))).isEmpty)
    }

    @Test("who claims a height alone makes nobody catch up; more than a third of the power does")
    func believesMoreThanAThird() throws {
        let world = try World()
        var sync = world.sync()
        _ = sync.step(.reported(world.peers[0], Height(1_000)))
        #expect(!sync.isCatchingUp)
        _ = sync.step(.reported(try #require(InstitutionID("stranger")), Height(1_000)))
        #expect(!sync.isCatchingUp, "who has no power vouches for nothing")
        _ = sync.step(.reported(world.peers[1], Height(20)))
        #expect(sync.isCatchingUp)
        for blocks in 1...20 as ClosedRange<UInt64> {
            #expect(sync.isCatchingUp)
            _ = sync.step(.applied(Height(blocks), world.validators))
        }
        #expect(!sync.isCatchingUp, "only the lone claim lies above")
    }

    @Test("blocks that wait for the next one take so much room, and others are asked for later")
    func boundsWhatWaits() throws {
        let world = try World()
        var sync = world.sync()
        _ = sync.step(.reported(world.peers[0], Height(16)))
        let large = [UInt8](repeating: 0, count: BlockSync.waitingByteCountMax / 4)
        var asked: [UInt64] = []
        for blocks in 2...16 as ClosedRange<UInt64> {
            let effects = sync.step(
                .received(world.peers[0], try world.block(blocks, batches: [large])))
            asked += effects.requests.map(\.height.blocks)
        }
        #expect(asked == [], "three wait, and nothing is asked for again meanwhile")
        var applied: [UInt64] = []
        var again: [UInt64] = []
        var effects = sync.step(.received(world.peers[0], try world.block(1)))
        while applied.count < 16 {
            while let proved = effects.proved {
                applied.append(proved.height.blocks)
                effects = sync.step(.applied(proved.height, world.validators))
                again += effects.requests.map(\.height.blocks)
            }
            guard applied.count + 1 < 5 + again.count else { break }
            let next = again[applied.count - 4]
            effects = sync.step(.received(world.peers[0], try world.block(next, batches: [large])))
            again += effects.requests.map(\.height.blocks)
        }
        #expect(again == Array(5...16), "for what did not fit, once each")
        #expect(applied == Array(1...16))
    }

    @Test("one peer is enough to be behind, once it has proved a window of blocks in a row")
    func believesWhatIsProved() throws {
        let world = try World()
        var sync = world.sync()
        _ = sync.step(.reported(world.peers[0], Height(18)))
        for blocks in 1...17 as ClosedRange<UInt64> {
            #expect(sync.isCatchingUp == (blocks > BlockSync.windowBlocks))
            let effects = sync.step(.received(world.peers[0], try world.block(blocks)))
            let proved = try #require(effects.proved)
            _ = sync.step(.applied(proved.height, world.validators))
        }
        #expect(sync.isCatchingUp)
        #expect(sync.step(.timedOut(Height(18), attempt: 0)).isEmpty)
        #expect(!sync.isCatchingUp)
    }

    struct Rumour: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What peers b and c say after so many reports, of 200.
        let others: @Sendable (_ report: UInt64) -> (UInt64?, UInt64?)
        let isLie: Bool
    }

    static let rumours = [
        Rumour(testDescription: "all others stay below", others: { _ in (3, 3) }, isLie: true),
        Rumour(testDescription: "they go on, and stay below", others: { ($0, $0) }, isLie: true),
        Rumour(
            testDescription: "one comes there in the end",
            others: { ($0 < 100 ? 3 : 1_000, 3) }, isLie: false),
        Rumour(testDescription: "one is one block behind", others: { _ in (999, 3) }, isLie: false),
        Rumour(testDescription: "one is not heard", others: { _ in (nil, 3) }, isLie: false),
        Rumour(
            testDescription: "one falls silent",
            others: { ($0 < 100 ? 3 : nil, 3) }, isLie: false),
    ]

    @Test("a claim that all others contradict for long is a lie, and its author named")
    func namesWhoClaimsAlone() throws {
        for rumour in Self.rumours {
            let world = try World()
            var sync = world.sync(of: world.peers[3])
            var dropped: [InstitutionID] = []
            for report in 1...200 as ClosedRange<UInt64> {
                let (b, c) = rumour.others(report)
                let claims: [UInt64?] = [1_000, b, c]
                for (peer, claim) in zip(world.peers, claims) {
                    guard let claim else { continue }
                    dropped += sync.step(.reported(peer, Height(claim))).dropped
                }
            }
            let expected = rumour.isLie ? [world.peers[0]] : []
            #expect(dropped == expected, "\(rumour.testDescription)")
        }
    }

    @Test("who did not answer is asked again only where nobody else can be")
    func asksTheReliableFirst() throws {
        let world = try World()
        var sync = world.sync()
        _ = sync.step(.reported(world.peers[0], Height(1)))
        _ = sync.step(.reported(world.peers[1], Height(40)))
        _ = sync.step(.timedOut(Height(1), attempt: 0))
        let asked = sync.step(.reported(world.peers[0], Height(40))).requests
        #expect(asked.isEmpty, "all were asked of the other already")
        let next = sync.step(.applied(Height(1), world.validators)).requests
        #expect(next.map(\.peer) == [world.peers[1]])
    }
}

extension [SyncEffect] {
    fileprivate var requests: [(peer: InstitutionID, height: Height)] {
        compactMap { effect in
            guard case .request(let peer, let height, _) = effect else { return nil }
            return (peer, height)
        }
    }

    fileprivate var dropped: [InstitutionID] {
        compactMap { effect in
            guard case .drop(let peer, _) = effect else { return nil }
            return peer
        }
    }

    fileprivate var proved: ProvedBlock? {
        for case .apply(let proved) in self { return proved }
        return nil
    }
}

/// Four validators, and blocks that they committed.
private struct World {
    let peers: [InstitutionID]
    let keys: [SigningKey]
    let validators: ValidatorSet
    let signing = SigningBytes(ledger: LedgerID(SHA256.hash(Array("a ledger".utf8))))

    init() throws {
        peers = ["a", "b", "c", "d"].compactMap { InstitutionID($0) }
        keys = try (1...5).map { try SigningKey(secret: Array(repeating: UInt8($0), count: 32)) }
        validators = try ValidatorSet(
            zip(peers, keys).map { Validator(id: $0, key: $1.publicKey, power: 1) })
    }

    func sync(of identity: InstitutionID? = nil) -> BlockSync {
        BlockSync(
            height: .genesis, validators: validators, signing: signing, check: KeyCheck(),
            identity: identity)
    }

    func block(_ blocks: UInt64, batches: [[UInt8]] = []) throws -> SyncedBlock {
        let height = Height(blocks)
        let header = Array("header \(blocks)".utf8)
        return SyncedBlock(
            height: height, block: bytes(header: header),
            proof: proof(height, id(of: header), signers: [0, 1, 2]), batches: batches)
    }

    func lie(_ lie: BlockSyncTests.Lie) throws -> SyncedBlock {
        let height = Height(1)
        let header = Array("header 1".utf8)
        let honest = proof(height, id(of: header), signers: [0, 1, 2])
        func sent(
            _ proof: Unverified<CommitProof>, height: Height = height, block: [UInt8]? = nil
        ) -> SyncedBlock {
            SyncedBlock(
                height: height, block: block ?? bytes(header: header), proof: proof, batches: [])
        }
        switch lie {
        case .tooFewSignatures: return sent(proof(height, id(of: header), signers: [0, 1]))
        case .strangersSignature: return sent(proof(height, id(of: header), signers: [0, 1, 4]))
        case .proofOfOtherBlock:
            return sent(proof(height, id(of: Array("other".utf8)), signers: [0, 1, 2]))
        case .proofOfOtherHeight: return sent(proof(Height(2), id(of: header), signers: [0, 1, 2]))
        case .otherHeader: return sent(honest, block: bytes(header: Array("header 9".utf8)))
        case .garbage: return sent(honest, block: [0xff, 0x00])
        case .bodiesThatDoNotFit: return sent(honest)
        }
    }

    private func bytes(header: [UInt8]) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(4)
        writer.unsigned(1)
        writer.bytes(header)
        writer.array(0)
        writer.null()
        return writer.bytes
    }

    private func id(of header: [UInt8]) -> BlockID {
        BlockID(hash: SHA256.hash(header), treeRoot: SHA256.hash([7]))
    }

    /// Precommits of the first three validators; the key that makes each is the signer's.
    private func proof(
        _ height: Height, _ block: BlockID, signers: [Int]
    ) -> Unverified<CommitProof> {
        let precommits = signers.enumerated().map { seat, signer in
            let voter = peers[seat]
            let vote = Vote(
                kind: .precommit, height: height, round: .zero, voter: voter, block: block,
                validRound: nil, signature: keys[0].sign(.zero))
            let digest = signing.digest(of: vote, key: keys[seat].publicKey.keyID)
            return CommitProof.Precommit(voter: voter, signature: keys[signer].sign(digest))
        }
        return Unverified(
            CommitProof(height: height, round: .zero, block: block, precommits: precommits))
    }
}
