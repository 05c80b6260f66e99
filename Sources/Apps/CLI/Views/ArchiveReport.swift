internal import Ledger
internal import Primitives
internal import Proofs

/// What an archive was found to prove.
struct ArchiveReport: Report {
    let holds = true
    let kind = "archive"
    let blocks: String
    let batches: UInt64
    let entries: UInt64
    let treeSize: UInt64
    let treeRoot: String
    let stateRoot: String
    let lastTime: String
    let isExecuted: Bool
    let anchor: String

    init(_ auditor: ArchiveAuditor, isExecuted: Bool) throws(ProofFailure) {
        blocks = auditor.heights.description
        batches = auditor.batchCount
        entries = auditor.treeSize - auditor.firstLeaf
        treeSize = auditor.treeSize
        treeRoot = auditor.last?.treeRoot.description ?? ""
        stateRoot = auditor.last?.stateRoot.description ?? ""
        lastTime = auditor.last?.time.description ?? ""
        anchor = "\(try auditor.anchor())"
        self.isExecuted = isExecuted
    }

    private enum CodingKeys: CodingKey {
        case holds, kind, blocks, batches, entries, treeSize, treeRoot, stateRoot, lastTime
        case isExecuted, anchor
    }

    var lines: [String] {
        [
            "  holds  every block: signed by a quorum, following the one before",
            "  holds  every batch: named by its block, signed by its issuer, over these entries",
            "  holds  the ledger tree after every block",
            isExecuted
                ? "  holds  every state root: the blocks were executed again"
                : "  left   state roots, which only --full computes again",
            "", "blocks \(blocks), the last of \(lastTime)",
            "  holds   \(entries) entries in \(batches) batches",
            "  tree    \(treeSize) entries, root \(treeRoot)",
            "  state   root \(stateRoot)", "  trust   \(anchor)", "", "PROVED: archive",
        ]
    }
}
