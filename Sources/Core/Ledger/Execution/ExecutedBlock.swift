public import Cryptography
public import Primitives

/// A block and what it does to the state it was executed on; nothing is changed yet.
public struct ExecutedBlock: Sendable {
    public let block: Block
    /// The block's batches, in order.
    public let batches: [VerifiedBatch]
    /// The leaf index of the block's first entry.
    public let firstLeaf: UInt64
    /// The ledger tree after the block.
    public let tree: MerkleFrontier
    /// The leaf hashes of the block's entries, in order.
    public let leafHashes: [Digest]
    /// Finding entries that change nothing, ordered like any other.
    ///
    /// They state again what stands already, or withdraw what is not their issuer's to withdraw.
    public let idleFindings: [IdleFinding]

    /// The entries that have no effect, in order.
    public let unfit: [UnfitEntry]

    let nodes: [Digest]
    let changes: StateChanges
    let runs: RunsRow
    let credentials: [RegisteredCredential]
    /// The ledger tree before the block.
    let treeBefore: MerkleFrontier

    let governance: Governance
    /// What became of each entry of governance, in order.
    public let governanceOutcomes: [GovernanceOutcome]

    /// What became of each anchor, in order.
    public let anchorOutcomes: [AnchorOutcome]

    /// An anchor, and why it has no effect where it has none.
    public struct AnchorOutcome: Sendable {
        public let leafIndex: UInt64
        /// Whether it showed that the other ledger has two pasts.
        public let isFork: Bool
        public let refusal: AnchorRefusal?
    }

    /// An entry of governance, and why it has no effect where it has none.
    public struct GovernanceOutcome: Sendable {
        public let leafIndex: UInt64
        public let refusal: GovernanceRefusal?
    }

    /// A finding entry without effect.
    public struct IdleFinding: Hashable, Sendable {
        public let leafIndex: UInt64
        public let finding: Digest
        /// The leaf index of the entry under which the finding stands or stood; nil where none.
        public let standing: UInt64?
    }

    /// The block's bytes name their results: hash of the header and root of the tree.
    public var header: BlockHeader { block.header }

    /// The slots of the patients that its entries concern, ascending.
    public var patientSlots: [UInt32] {
        var words: [UInt64] = []
        words.reserveCapacity(changes.items.count)
        var slotCount = 0
        for item in changes.items where item.isPatient {
            words.append(UInt64(item.slot) << 32)
            slotCount = max(slotCount, Int(item.slot) + 1)
        }
        return SlotOrder.sorted(words, slotCount: slotCount)
            .map { UInt32(truncatingIfNeeded: $0 >> 32) }
    }

    /// Where each batch stands.
    public var committed: [CommittedBatch] {
        var leaf = firstLeaf
        return batches.map { batch in
            defer { leaf += UInt64(batch.entries.count) }
            return CommittedBatch(
                digest: batch.digest, height: header.height, firstLeaf: leaf)
        }
    }

    /// The proof that an entry of this block stands in the tree after it.
    ///
    /// - Returns: nil where the leaf is not of this block.
    public func inclusionProof(ofLeaf leaf: UInt64) -> InclusionProof? {
        let source = NodeSource(peaksBefore: treeBefore, nodes: nodes)
        guard leaf >= firstLeaf,
            let ranges = try? MerklePlan.inclusion(of: leaf, treeSize: tree.size)
        else { return nil }
        let path = ranges.compactMap { range in source.hash(of: range) }
        guard path.count == ranges.count else { return nil }
        return InclusionProof(leafIndex: leaf, treeSize: tree.size, path: path)
    }

    /// What must be on the disk for this block, but for the snapshot chunk.
    var rows: [LedgerRow] {
        var rows = [LedgerRow(kind: .block, number: 0, bytes: block.encode())]
        for (index, batch) in batches.enumerated() {
            rows.append(LedgerRow(kind: .batch, number: UInt64(index), bytes: batch.bytes))
        }
        if !batches.isEmpty {
            let counts = batches.map(\.entries.count)
            let tree = TreeRow(firstLeaf: firstLeaf, batchCounts: counts, nodes: nodes)
            rows.append(LedgerRow(kind: .tree, number: 0, bytes: tree.encode()))
        }
        if !runs.isEmpty {
            rows.append(LedgerRow(kind: .runs, number: 0, bytes: runs.encode()))
        }
        if !unfit.isEmpty {
            rows.append(
                LedgerRow(kind: .unfit, number: 0, bytes: UnfitRow(unfit).encode()))
        }
        rows.append(LedgerRow(kind: .changes, number: 0, bytes: changesRow.encode()))
        return rows
    }

    var changesRow: ChangesRow {
        ChangesRow(hash: block.hash, tree: tree, committed: committed, changes: changes)
    }
}
