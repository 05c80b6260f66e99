import Consensus
import Cryptography
import Findings
import Hosting
import Ledger
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
        Decoder("unfit row") { try UnfitRow.decode($0) },
        Decoder("unfitness") { try Unfitness.decode($0) },
        Decoder("trail row") { try TermTrail.decode($0, slot: 1) },
        Decoder("entry") { try Entry.decode($0) },
        Decoder("submission") { try Submission.decode($0) },
        Decoder("payload") { try Payload.decode($0) },
        Decoder("governance proposal") { try GovernanceProposal.decode($0) },
        Decoder("governance summary") { try GovernanceSummary.decode($0[...]) },
        Decoder("history of a table") { try TableHistory.decode($0) },
        Decoder("state of a finding") { try FindingState.decode($0) },
        Decoder("state of a case") { try CaseState.decode($0) },
        Decoder("snapshot manifest") { try SnapshotManifest.decode($0) },
    ]

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
        Decoder("statement of a case") { try CaseStatement.decode($0) },
        Decoder("outline of a finding") { try FindingOutline.decode($0) },
        Decoder("knowledge table") { try KnowledgeTable.decode($0) },
        Decoder("outline of a table") { try TableOutline.decode($0) },
        Decoder("proof of a table") { try TableProof.decode($0) },
        Decoder("canonical rule") { try Rule.decode($0) },
    ]
}
