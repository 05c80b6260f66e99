import Consensus
import Cryptography
import Hosting
import Primitives
import Records
import TestSupport
import Testing

@Suite("Messages between nodes as bytes")
struct PeerMessageTests {
    static func messages() throws -> [PeerMessage] {
        let signature = try Signature([UInt8](repeating: 7, count: 64))
        let block = BlockID(hash: SHA256.hash([1]), treeRoot: SHA256.hash([2]))
        let voter = Region.id("insurer")
        let proof = CommitProof(
            height: Height(3), round: Round(1), block: block,
            precommits: [CommitProof.Precommit(voter: voter, signature: signature)])
        return [
            .proposal(
                Unverified(
                    Proposal(
                        height: Height(3), round: Round(2), validRound: Round(1), blockID: block,
                        block: [1, 2, 3], signature: signature))),
            .vote(
                Unverified(
                    Vote(
                        kind: .prevote, height: Height(3), round: Round(2), voter: voter,
                        block: block, validRound: nil, signature: signature))),
            .status(
                ReplicaStatus(
                    height: Height(3), round: Round(2), hasProposal: true, prevotes: [0b1010],
                    precommits: [1], missing: block)),
            .status(
                ReplicaStatus(
                    height: Height(1), round: .zero, hasProposal: false, prevotes: [],
                    precommits: [], missing: nil)),
            .batch([0x83, 1, 2]),
            .batchesWanted([SHA256.hash([1]), SHA256.hash([2])]),
            .blockWanted(Height(9)),
            .block(
                SyncedBlock(
                    height: Height(3), block: [1, 2], proof: Unverified(proof),
                    batches: [[1], [2, 3]])),
            .blockLacking(Height(9)),
            .evidence(
                EvidenceBody(kind: .brokenLock, about: voter, first: [1, 2], second: [3])),
            .lockWanted(Height(3), Round(1), block),
            .lock(
                Unverified(
                    ProofOfLock(
                        height: Height(3), round: Round(1), block: block,
                        votes: [
                            Vote(
                                kind: .prevote, height: Height(3), round: Round(1), voter: voter,
                                block: block, validRound: .zero, signature: signature)
                        ]))),
            .votesWanted(Height(9)),
            .snapshotWanted,
            .snapshot(SnapshotOffer(manifest: [1, 2], proof: Unverified(proof))),
            .chunkWanted(SHA256.hash([1])),
            .chunk(SHA256.hash([1]), [1, 2, 3]),
            .chunkLacking(SHA256.hash([1])),
            .unsupported(kind: 200),
        ]
    }

    @Test("each is read as it was written")
    func roundTrips() throws {
        for message in try Self.messages() {
            let bytes = message.encoded
            #expect(try PeerMessage.decode(bytes[...]).encoded == bytes)
        }
    }

    @Test("cut, lengthened, bent: an error, or another message, never a trap")
    func hostileBytes() throws {
        var generator = SplitMix(seed: 1)
        for bytes in try Self.messages().map(\.encoded) {
            for count in 0..<bytes.count {
                #expect(throws: PeerMessageFault.self) {
                    try PeerMessage.decode(bytes.prefix(count))
                }
            }
            #expect(throws: PeerMessageFault.self) { try PeerMessage.decode((bytes + [0])[...]) }
            for _ in 0..<500 {
                var bent = bytes
                bent[Int.random(in: 0..<bent.count, using: &generator)] ^= UInt8.random(
                    in: 1...255, using: &generator)
                if let message = try? PeerMessage.decode(bent[...]) {
                    #expect(message.encoded == bent)
                }
            }
        }
    }

    @Test("a count that the bytes cannot hold is refused before anything is made of it")
    func liesAboutCounts() {
        let wanted: [UInt8] = [0x83, 1, 5, 0x9a, 0xff, 0xff, 0xff, 0xff]
        #expect(throws: PeerMessageFault.self) { try PeerMessage.decode(wanted[...]) }
    }

    @Test("a block of the past has no more batches than a block has room to name")
    func emptyBatches() throws {
        let id = BlockID(hash: SHA256.hash([1]), treeRoot: SHA256.hash([2]))
        let proof = CommitProof(height: Height(3), round: .zero, block: id, precommits: [])
        for (count, isRead) in [(32_768, true), (32_769, false)] {
            let message = PeerMessage.block(
                SyncedBlock(
                    height: Height(3), block: [1], proof: Unverified(proof),
                    batches: Array(repeating: [], count: count)))
            let read = try? PeerMessage.decode(message.encoded[...])
            #expect((read != nil) == isRead, "\(count)")
        }
    }

    @Test("a kind of a later version is told from garbage")
    func unknownKinds() throws {
        let later: [UInt8] = [0x83, 1, 24, 200, 0x82, 1, 0x41, 7]
        #expect(throws: PeerMessageFault.unknown(kind: 200)) {
            try PeerMessage.decode(later[...])
        }
        // Another version of the envelope, a kind beyond all bounds, content that is no item.
        let garbage: [[UInt8]] = [
            [0x83, 2, 24, 200, 0], [0x83, 1, 0x1a, 0, 1, 0, 0, 0], Array(later.dropLast()),
            later + [0], [0x83, 1, 24, 200, 0x82, 1], [0x83, 1, 24, 200, 0xff],
        ]
        for bytes in garbage {
            #expect {
                try PeerMessage.decode(bytes[...])
            } throws: { error in
                if case .malformed = error as? PeerMessageFault { true } else { false }
            }
        }
    }

    @Test("who speaks the first version alone knows no kind that came later")
    func kindsByVersion() throws {
        for message in try Self.messages() {
            let bytes = message.encoded
            if message.since == .first {
                let read = try PeerMessage.decode(bytes[...], speaking: .first)
                #expect(read.encoded == bytes)
            } else {
                #expect(throws: PeerMessageFault.self) {
                    try PeerMessage.decode(bytes[...], speaking: .first)
                }
            }
        }
        #expect(try Set(Self.messages().map(\.since)) == [.first, .newest])
    }
}
