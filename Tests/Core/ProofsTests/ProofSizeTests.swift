import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import TestSupport
import Testing

/// A proof file as it would be on a ledger of a billion entries, made without the ledger: the
/// hashes beside the ways are drawn, and the roots follow from them, so every step still holds.
@Suite("Size of proofs")
struct ProofSizeTests {
    private static let validatorCount = 34
    /// All that ever was: patients, practitioners and event days of a region.
    private static let slotCount: UInt64 = 100_000_000
    private static let treeSize: UInt64 = 1_000_000_000

    private let genesis: Genesis
    private var random = SplitMix(seed: 34)

    init() throws {
        genesis = try Genesis(
            name: "a region", start: Timestamp(milliseconds: 1_790_000_000_000),
            institutions: try (0..<Self.validatorCount).map { index in
                let name = "district-hospital-\(index)"
                return Institution(
                    id: ProofNetwork.id(name), name: "District Hospital Number \(index)",
                    kind: .hospital, tier: .county, power: 1,
                    submitKeys: [
                        Institution.SubmitKey(
                            stream: StreamID(0),
                            key: try ProofNetwork.key("\(name) submit").publicKey)
                    ],
                    consensusKey: try ProofNetwork.key("\(name) consensus").publicKey,
                    governKeys: try (0..<2).map {
                        try ProofNetwork.key("\(name) govern \($0)").publicKey
                    },
                    sealKey: [UInt8](repeating: 1, count: 32),
                    witnessKey: [UInt8](repeating: 2, count: 32),
                    tlsPin: ProofNetwork.digest(name))
            }, parameters: .standard)
    }

    private mutating func path(_ count: Int) -> [Digest] {
        (0..<count).map { _ in
            Digest(words: (random.next(), random.next(), random.next(), random.next()))
        }
    }

    private func institution(_ index: Int) -> Institution { genesis.institutions[index] }

    /// The proof of an entry in a full batch, signed by the quorum or by all.
    private mutating func proof(signers: Int) throws -> ProofFile {
        let issuer = institution(7)
        let entry = Entry(
            kind: .link, issuer: issuer.id, stream: StreamID(0), number: 90_000_000 + 2_500,
            eventTime: genesis.start,
            subjects: ["a", "b"].map { Subject.patient(ProofNetwork.patient($0)) }.sorted()
        ).encode()
        let leafHash = SHA256.leaf(entry)
        let batchPath = path(12)
        let batch = BatchHeader(
            ledger: genesis.ledger, issuer: issuer.id, stream: StreamID(0),
            firstNumber: 90_000_000, expiry: Height(9_000_000), count: 4_096,
            root: try InclusionProof(leafIndex: 2_500, treeSize: 4_096, path: batchPath)
                .root(leafHash: leafHash))
        let key = try ProofNetwork.key("\(issuer.id) submit")
        let signed = COSESign1(
            payload: batch.encode(),
            header: COSEHeader(keyID: key.publicKey.keyID, purpose: .batch),
            signedBy: key)
        let leafIndex: UInt64 = 734_003_200 - 1
        let ranges = try MerklePlan.inclusion(of: leafIndex, treeSize: Self.treeSize)
        let inclusion = InclusionProof(
            leafIndex: leafIndex, treeSize: Self.treeSize, path: path(ranges.count))
        let place = MapProof(
            slotCount: Self.slotCount, slot: 8,
            key: StateKey.institution(issuer.id).digest(in: genesis.ledger), nextKey: .zero,
            value: issuer.encode(), path: path(27))
        let header = BlockHeader(
            ledger: genesis.ledger, height: Height(8_000_000),
            time: Timestamp(milliseconds: 1_900_000_000_000), proposer: issuer.id,
            previous: ProofNetwork.digest("previous"), batchesRoot: ProofNetwork.digest("batches"),
            treeSize: Self.treeSize, treeRoot: try inclusion.root(leafHash: leafHash),
            stateRoot: try #require(place.root), nextValidators: genesis.validatorsDigest,
            active: ProofNetwork.digest("active"), previousCommit: ProofNetwork.digest("commit"))
        return ProofFile(
            ledger: genesis.ledger, entry: entry, signedHeader: signed.encoded,
            batchPosition: 2_500, batchPath: batchPath,
            head: ClaimedHead(
                header: header, commitProof: try commitProof(of: header, signers: signers)),
            leafIndex: leafIndex, ledgerPath: inclusion.path, issuer: place)
    }

    private func commitProof(of header: BlockHeader, signers: Int) throws -> CommitProof {
        let id = BlockID(hash: header.hash, treeRoot: header.treeRoot)
        let signing = SigningBytes(ledger: genesis.ledger)
        return CommitProof(
            height: header.height, round: Round(0), block: id,
            precommits: try genesis.institutions.prefix(signers).map { voter in
                let key = try ProofNetwork.key("\(voter.id) consensus")
                let unsigned = Vote(
                    kind: .precommit, height: header.height, round: Round(0), voter: voter.id,
                    block: id, validRound: nil,
                    signature: try Signature([UInt8](repeating: 1, count: 64)))
                return CommitProof.Precommit(
                    voter: voter.id,
                    signature: key.sign(signing.digest(of: unsigned, key: key.publicKey.keyID)))
            })
    }

    @Test("at a billion entries and 34 validators a proof file has at most 8 KB beside the entry")
    mutating func entryProof() throws {
        for signers in [23, 34] {
            let file = try proof(signers: signers)
            let proven = try Auditor(genesis: genesis).verify(file.encode())
            #expect(proven.head.header.treeSize == Self.treeSize)
            let byteCount = file.encode().count - file.entry.count
            #expect(byteCount <= 8_192, "\(signers) signers: \(byteCount) bytes")
            #expect(byteCount > 4_096, "\(signers) signers: \(byteCount) bytes")
        }
    }

    @Test("a change of validators among 34 costs at most 7 KB of chain")
    mutating func chainLink() throws {
        let ledger = genesis.ledger
        for signers in [23, 34] {
            let before = try proof(signers: signers).head.header
            let header = BlockHeader(
                ledger: ledger, height: before.height.next,
                time: Timestamp(milliseconds: before.time.milliseconds + 1),
                proposer: before.proposer, previous: before.hash,
                batchesRoot: before.batchesRoot, treeSize: before.treeSize,
                treeRoot: before.treeRoot, stateRoot: before.stateRoot,
                nextValidators: before.nextValidators, active: before.active,
                previousCommit: before.previousCommit)
            let head = ClaimedHead(
                header: header, commitProof: try commitProof(of: header, signers: signers))
            let link = GovernanceChain.Link(
                before: before, head: head, validators: genesis.charter.validators.encoded)
            let chain = GovernanceChain(links: [link])
            #expect(throws: Never.self) { try Auditor(genesis: genesis, chain: chain) }
            let byteCount =
                chain.encode(ledger: ledger).count
                - GovernanceChain(links: []).encode(ledger: ledger).count
            #expect(byteCount <= 7_168, "\(signers) signers: \(byteCount) bytes")
            #expect(byteCount > 3_072, "\(signers) signers: \(byteCount) bytes")
        }
    }
}
