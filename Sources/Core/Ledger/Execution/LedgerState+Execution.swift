internal import Consensus
internal import Cryptography
public import Primitives
public import Records

/// A block that this node may propose, and what it left out.
public struct BlockProposal: Sendable {
    public let executed: ExecutedBlock
    /// The candidates that cannot stand in this block, with the reason.
    public let refused: [(batch: Digest, refusal: BatchRefusal)]
}

extension LedgerState {
    /// Whether a batch may stand first in the next block: what a mempool asks.
    ///
    /// - Throws: ``BatchRefusal``; ``BatchRefusal/isTemporary`` says whether to keep the batch.
    public func check(_ batch: VerifiedBatch) throws(BatchRefusal) {
        var admission = Admission(self, at: head.height.next)
        try admission.admit(batch)
    }

    /// Why an entry of governance would have no effect in the next block: what a node asks before
    /// it takes a submission.
    public func check(
        _ body: GovernanceBody, by issuer: InstitutionID
    ) throws(GovernanceRefusal) {
        var governance = governance
        _ = try governance.take(
            body, issuer: issuer, leaf: head.tree.size, height: head.height.next, ledger: ledger)
    }

    /// Why no block after this one could hold the entry, as things stand.
    ///
    /// A node asks before it gives a submission its number: a number with such an entry would hold
    /// up its stream.
    public func check(_ entry: Entry) throws(EntryRefusal) {
        let check = CredentialCheck(
            ledger: ledger, entry: entry, signatures: signatureCheck)
        if let author = entry.author {
            try check.checkAuthor(
                author, credential: credential(author.credential), verifiedUnder: nil)
        }
        switch entry.body {
        case .credential(let body):
            _ = try check.registration(body, replacing: credential(body.credential))
        case .statement(let body):
            do throws(StatementRefusal) {
                try self.check(body)
            } catch {
                throw .statement(error)
            }
        case .evidence(let body):
            do throws(EvidenceRefusal) {
                _ = try self.check(body)
            } catch {
                throw .evidence(error)
            }
        default: break
        }
    }

    /// Why a step of a case would have no effect in the next block: what a node asks before it
    /// takes a submission.
    public func check(
        _ body: CaseBody, by issuer: InstitutionID
    ) throws(CaseRefusal) {
        let owner = body.owner(issuer: issuer)
        let before = CaseState(map.value(of: .case(owner, body.blindedCase)))
        guard !body.isAppeal else {
            guard parameters.appealDays > 0 else { throw .noAppeals }
            guard before != nil else { throw .notOpen(body.blindedCase, owner) }
            return
        }
        _ = try CaseState.after(
            body, by: institution(issuer), leafIndex: head.tree.size, before: before,
            earliestAnswer: parameters.earliestAnswer(noticedAt: head.time))
    }

    /// The next block, made of those candidates that can stand in it, in their order.
    ///
    /// - Throws: ``BlockRefusal`` where time, proposer or commit proof are not fit for any block.
    public func propose(
        _ candidates: [VerifiedBatch], time: Timestamp, proposer: InstitutionID,
        commitProof: [UInt8]?
    ) throws(BlockRefusal) -> BlockProposal {
        var admission = Admission(self, at: head.height.next)
        var admitted: [VerifiedBatch] = []
        var refused: [(batch: Digest, refusal: BatchRefusal)] = []
        for batch in candidates {
            do throws(BatchRefusal) {
                guard admitted.count < Block.batchCountMax else {
                    throw .noRoom(
                        entryCount: batch.entries.count, byteCount: batch.entriesByteCount)
                }
                try admission.admit(batch)
                admitted.append(batch)
            } catch {
                refused.append((batch.digest, error))
            }
        }
        let executed = try execute(
            admitted, after: admission, at: head.height.next, time: time, proposer: proposer,
            commitProof: commitProof)
        return BlockProposal(executed: executed, refused: refused)
    }

    /// The block of these batches at `height`, executed; the state stays as it is.
    ///
    /// A block is valid or not as a whole: one batch that cannot stand makes it invalid.
    ///
    /// - Throws: ``BlockRefusal``, the first that is found.
    public func execute(
        _ batches: [VerifiedBatch], at height: Height, time: Timestamp, proposer: InstitutionID,
        commitProof: [UInt8]?
    ) throws(BlockRefusal) -> ExecutedBlock {
        var admission = Admission(self, at: height)
        for (index, batch) in batches.enumerated() {
            do throws(BatchRefusal) {
                try admission.admit(batch)
            } catch {
                throw .batch(index: index, error)
            }
        }
        return try execute(
            batches, after: admission, at: height, time: time, proposer: proposer,
            commitProof: commitProof)
    }

    /// Executes a block that somebody proposed, and checks that its header says what comes out.
    ///
    /// `batches` are those that the block names, in its order. Whether the commit proof holds is
    /// for the caller, who knows who votes; that the header covers it is checked here.
    ///
    /// - Throws: ``BlockRefusal``, the first that is found.
    public func check(
        _ block: Block, with batches: [VerifiedBatch]
    ) throws(BlockRefusal) -> ExecutedBlock {
        guard block.batches == batches.map(\.digest) else { throw .batches }
        let header = block.header
        let executed = try execute(
            batches, at: header.height, time: header.time, proposer: header.proposer,
            commitProof: block.commitProof)
        try LedgerState.compare(header, with: executed.header)
        return executed
    }

    private func execute(
        _ batches: [VerifiedBatch], after admission: Admission, at height: Height,
        time: Timestamp, proposer: InstitutionID, commitProof: [UInt8]?
    ) throws(BlockRefusal) -> ExecutedBlock {
        guard height == head.height.next else {
            throw .wrongHeight(found: height, right: head.height.next)
        }
        guard time > head.time else { throw .time(found: time, previous: head.time) }
        guard let voter = institution(proposer), voter.power > 0 else {
            throw .proposer(proposer)
        }
        guard (commitProof != nil) == (height > Height(1)) else {
            throw .commitProof(isPresent: commitProof != nil, height: height)
        }
        var execution = Execution(
            self, at: height, time: time, unfit: admission.unfit)
        execution.reserve(entryCount: batches.reduce(0) { $0 + $1.entries.count })
        for batch in batches { execution.add(batch) }
        let signers = LedgerState.signers(of: commitProof)
        let (changes, runs) = execution.finish(time: time, signers: signers)
        let digests = batches.map(\.digest)
        let header = BlockHeader(
            ledger: ledger, height: height, time: time, proposer: proposer, previous: head.hash,
            batchesRoot: Block.batchesRoot(digests), treeSize: execution.tree.size,
            treeRoot: execution.tree.root, stateRoot: changes.root,
            nextValidators: execution.governance.charter.validators.digest,
            active: execution.governance.charter.activeDigest,
            previousCommit: Block.commitDigest(commitProof))
        return ExecutedBlock(
            block: Block(header: header, batches: digests, commitProof: commitProof),
            batches: batches, firstLeaf: head.tree.size, tree: execution.tree,
            leafHashes: execution.leafHashes, idleFindings: execution.idleFindings,
            unfit: execution.unfitEntries,
            nodes: execution.nodes, changes: changes, runs: runs,
            credentials: admission.registered, treeBefore: head.tree,
            governance: execution.governance, governanceOutcomes: execution.outcomes,
            anchorOutcomes: execution.anchorOutcomes)
    }

    /// Who signed the block below; nobody where the bytes are no commit proof.
    private static func signers(of commitProof: [UInt8]?) -> [InstitutionID] {
        guard let commitProof, let proof = try? CommitProof.decode(commitProof[...]) else {
            return []
        }
        return proof.claimed.precommits.map(\.voter)
    }

    private static func compare(
        _ found: BlockHeader, with right: BlockHeader
    ) throws(BlockRefusal) {
        guard found.ledger == right.ledger else {
            throw .header(field: "ledger", found: "\(found.ledger)", right: "\(right.ledger)")
        }
        guard found.treeSize == right.treeSize else {
            throw .header(
                field: "tree size", found: "\(found.treeSize)", right: "\(right.treeSize)")
        }
        let fields: [(String, KeyPath<BlockHeader, Digest>)] = [
            ("hash of the previous header", \.previous), ("root over batches", \.batchesRoot),
            ("tree root", \.treeRoot), ("state root", \.stateRoot),
            ("digest of the next validators", \.nextValidators),
            ("digest of active rules", \.active), ("digest of the commit proof", \.previousCommit),
        ]
        for (name, field) in fields where found[keyPath: field] != right[keyPath: field] {
            throw .header(
                field: name, found: "\(found[keyPath: field])",
                right: "\(right[keyPath: field])")
        }
    }
}
