import Consensus
import Cryptography
import Findings
import Hosting
import Ledger
import Primitives
import Proofs
import Records
import RuleEngine
import RuleLanguage

/// What nodes, auditors and replicas read.
extension Decoders {
    static let consensus = [
        Decoder("peer message") { try PeerMessage.decode($0[...]) },
        Decoder("log record") { try LogRecord.decode($0[...]) },
        Decoder("last-signed state") { try SignedState.decode($0[...]) },
        Decoder("proposal") { try Proposal.decode($0[...]) },
        Decoder("vote") { try Vote.decode($0[...]) },
        Decoder("commit proof") { try CommitProof.decode($0[...]) },
        Decoder("proof of lock") { try ProofOfLock.decode($0[...]) },
        Decoder("validator set") { try ValidatorSet.decode($0) },
        Decoder("COSE_Sign1") { try UnverifiedSign1(decoding: $0) },
        Decoder("COSE header") { try COSEHeader(decoding: $0[...]) },
        Decoder("COSE receipt") { try COSEReceipt(decoding: $0) },
    ]

    static let ledger = [
        Decoder("genesis") { try Genesis.decode($0) },
        Decoder("institution") { try Institution.decode($0) },
        Decoder("block") { try Block.decode($0) },
        Decoder("block header") { try BlockHeader.decode($0[...]) },
        Decoder("batch") { try UnverifiedBatch(decoding: $0) },
        Decoder("batch header") { try BatchHeader.decode($0[...]) },
        Decoder("tree row") { try TreeRow.decode($0) },
        Decoder("first piece of a batch") { bytes -> [UInt8]? in
            BatchPieces.cut(bytes).first.flatMap { BatchPieces.entry(1, in: unsafe $0.span.bytes) }
        },
        Decoder("later piece of a batch") {
            BatchPieces.entry(BatchPieces.entryCount + 1, in: unsafe $0.span.bytes)
        },
        Decoder("first piece of a tree row") { bytes -> Digest? in
            TreePieces.cut(bytes).first.flatMap {
                TreePieces.hash(
                    of: MerkleNode(level: 0, index: 1), firstLeaf: 0, in: unsafe $0.span.bytes)
            }
        },
        Decoder("unfit row") { try UnfitRow.decode($0) },
        Decoder("unfitness") { try Unfitness.decode($0) },
        Decoder("trail row") { try TermTrail.decode($0, slot: 20) },
        Decoder("entry") { try Entry.decode($0) },
        Decoder("submission") { try Submission.decode($0) },
        Decoder("payload") { try Payload.decode($0) },
        Decoder("governance proposal") { try GovernanceProposal.decode($0) },
        Decoder("governance summary") { try GovernanceSummary.decode($0[...]) },
        Decoder("history of a rule") { try RuleHistory.decode($0) },
        Decoder("history of a table") { try TableHistory.decode($0) },
        Decoder("record of a proposal") { try ProposalRecord.decode($0) },
        Decoder("ledger below") { try AnchoredLedger.decode($0) },
        Decoder("anchored head") { try AnchoredHead.decode($0) },
        Decoder("statement of a stranger") { try StatementBody(decoding: $0[...]) },
        Decoder("claim on a lock") { bytes -> LockClaim? in
            guard case .evidence(let body) = try Entry.decode(bytes).body else { return nil }
            return try LockClaim.reading(body)
        },
        Decoder("runs row") { bytes in
            let table = try RunsTable(bytes, height: Height(7))
            // A block of three entries, of which the second closes a pair.
            let tree = try TreeRow.decode(
                [0x84, 1, 0, 0x81, 3, 0x58, 128] + [UInt8](repeating: 0, count: 128))
            return (0..<table.count).map { try? table.run($0, tree) }
        },
        Decoder("head of a list") { TermHead($0) },
        Decoder("key of the map") { bytes in
            bytes.first.flatMap { StateKey(space: $0, bytes: Array(bytes.dropFirst())) }
        },
        row("changes row", .changes), row("chunk row", .chunk),
        Decoder("changes row of an older version") { bytes -> [UInt8]? in
            guard bytes.starts(with: [0x86, 0x01]) else { return nil }
            return row("", .changes).read(bytes) ? bytes : nil
        },
        Decoder("state of a finding") { try FindingState.decode($0) },
        Decoder("state of a case") { try CaseState.decode($0) },
        Decoder("snapshot manifest") { try SnapshotManifest.decode($0) },
        Decoder("snapshot") { try snapshot($0) },
    ]

    /// `[genesis, manifest, [* chunk]]`: what a node fetches from peers, put together.
    private static func snapshot(_ bytes: [UInt8]) throws -> LedgerState {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 3)
        var restoration = SnapshotRestoration(
            genesis: try Genesis.decode(Array(try reader.bytes())),
            manifest: try SnapshotManifest.decode(Array(try reader.bytes())))
        for _ in 0..<(try reader.array(atMost: 16)) {
            try restoration.add(Array(try reader.bytes()))
        }
        try reader.finish()
        return try restoration.finish()
    }

    /// A row that a node reads at its start, as the first of a ledger.
    private static func row(_ name: String, _ kind: LedgerRow.Kind) -> Decoder {
        Decoder(name) { bytes in
            var restoration = LedgerRestoration(genesis: try genesis.get())
            try restoration.add(kind, at: Height(1), bytes)
            return bytes
        }
    }

    private struct Nameless: Error {}

    private static let genesis = Result { try smallGenesis() }

    private static func smallGenesis() throws -> Genesis {
        guard let insurer = InstitutionID("insurer") else { throw Nameless() }
        return try Genesis(
            name: "fuzzed", start: Timestamp(milliseconds: 0),
            institutions: [
                Institution(
                    id: insurer, name: "insurer", kind: .insurer, tier: .county, power: 1,
                    submitKeys: [
                        Institution.SubmitKey(stream: StreamID(0), key: try key(1))
                    ], consensusKey: try key(2), governKeys: [try key(3)])
            ], parameters: .standard)
    }

    private static func key(_ number: UInt8) throws -> PublicKey {
        try SigningKey(secret: SHA256.hash([number]).bytes).publicKey
    }

    static let proofs = [
        Decoder("proof file") { try ProofFile.decode($0) },
        Decoder("page of an answer") { try AnswerPage.decode($0) },
        Decoder("chain of governance") { try GovernanceChain.decode($0) },
        Decoder("head of an archive") { try ArchiveHead.decode($0) },
        Decoder("succession") { try Succession.decode($0) },
        Decoder("block of an archive") { try ArchiveBlock.decode($0) },
        Decoder("bundle of a finding") { try FindingBundle.decode($0) },
        Decoder("statement of a finding") { try FindingStatement.decode($0) },
        Decoder("withdrawal") { try WithdrawalStatement.decode($0) },
        Decoder("file of a case") { try CaseFile.decode($0) },
        Decoder("standing of a case or finding") { try StandingProof.decode($0) },
        Decoder("statement of a case") { try CaseStatement.decode($0) },
        Decoder("outline of a finding") { try FindingOutline.decode($0) },
        Decoder("knowledge table") { try KnowledgeTable.decode($0) },
        Decoder("outline of a table") { try TableOutline.decode($0) },
        Decoder("proof of a table") { try TableProof.decode($0) },
        Decoder("canonical rule") { try Rule.decode($0) },
        Decoder("proof of a rule") { try RuleProof.decode($0) },
        Decoder("disclosure") { try Disclosure.decode($0) },
        Decoder("proof of a fork") { try ForkProof.decode($0) },
        Decoder("step of an anchor") { try AnchorStep.decode($0) },
        Decoder("proof of a tier") { try TieredProof.decode($0) },
    ]
}
