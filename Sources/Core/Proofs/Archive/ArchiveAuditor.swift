internal import Cryptography
public import Ledger
internal import Primitives
internal import Records

/// Checks an archive record by record, in memory that does not grow with it.
///
/// Of each block: that a quorum signed it and it follows the one before; that its batches are those
/// that it names, signed by their issuers over exactly these entries; that the ledger tree after it
/// is what the header says. What the entries do to the state is ``ArchiveReplay``'s to find.
public struct ArchiveAuditor: Sendable {
    public let heights: HeightRange
    /// The last header that was checked.
    public private(set) var last: BlockHeader?
    public private(set) var batchCount: UInt64 = 0
    /// How many entries the ledger had before the archive, and after what was checked.
    public let firstLeaf: UInt64
    public var treeSize: UInt64 { tree.size }
    /// The trusted head, where the chain of blocks, or what it goes on from, has come to it.
    private var metHead: Height?

    private let auditor: Auditor
    private var keys: [Place: [PublicKey]] = [:]
    private var tree: MerkleFrontier
    private var lastHash: Digest

    private struct Place: Hashable {
        let issuer: InstitutionID
        let stream: StreamID
    }

    /// An auditor of the archive that begins with this record.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public init(
        _ record: [UInt8], genesis: Genesis, trusted: TrustedHead? = nil,
        chain: GovernanceChain = GovernanceChain(links: [])
    ) throws(ProofFailure) {
        auditor = try Auditor(genesis: genesis, trusted: trusted, chain: chain)
        let head = try ArchiveHead.decode(record)
        try agree(.ledger, "the archive's ledger", found: head.ledger, right: genesis.ledger)
        heights = head.heights
        guard heights.first > .genesis, !heights.isEmpty else {
            throw ProofFailure(.form, "the archive has blocks \(heights)")
        }
        (tree, lastHash) = try ArchiveAuditor.base(head, auditor)
        if let base = head.base?.head.header, try auditor.isTrustedHead(base, lastHash) {
            metHead = base.height
        }
        firstLeaf = tree.size
        for institution in genesis.institutions { add(institution) }
        try addKeys(head.keys)
    }

    /// The tree and the hash that the first block goes on from.
    private static func base(
        _ head: ArchiveHead, _ auditor: Auditor
    ) throws(ProofFailure) -> (MerkleFrontier, Digest) {
        guard let base = head.base else {
            guard head.heights.first == Height(1) else {
                throw ProofFailure(.form, "the block before \(head.heights.first) is missing")
            }
            return (MerkleFrontier(), .zero)
        }
        let (header, hash, _) = try auditor.signed(base.head)
        try agree(
            .header, "the height of the block before", found: header.height.next,
            right: head.heights.first)
        let tree = try step(.ledgerTree) { () throws(CryptographyError) in
            try MerkleFrontier(size: header.treeSize, peaks: base.peaks)
        }
        try agree(
            .ledgerTree, "the tree root over the peaks", found: tree.root,
            right: header.treeRoot)
        return (tree, hash)
    }

    private mutating func addKeys(_ keys: ArchiveHead.Keys) throws(ProofFailure) {
        guard !keys.institutions.isEmpty else { return }
        let header = try auditor.signed(keys.head).header
        for proof in keys.institutions {
            try agree(.issuer, "the state root", found: proof.root, right: header.stateRoot)
            if let record = try? ProposalRecord.decode(proof.value) {
                try add(record, proof)
                continue
            }
            let institution = try step(.issuer) { () throws(LedgerError) in
                try Institution.decode(proof.value)
            }
            try agree(
                .issuer, "the key of \(institution.id) in the map", found: proof.key,
                right: StateKey.institution(institution.id).digest(in: auditor.ledger))
            add(institution)
        }
    }

    /// The keys that a change of governance gave, which may be replaced by now.
    private mutating func add(
        _ record: ProposalRecord, _ proof: MapProof
    ) throws(ProofFailure) {
        try agree(
            .issuer, "the key of proposal \(record.id) in the map", found: proof.key,
            right: StateKey.proposal(record.id).digest(in: auditor.ledger))
        for given in record.givenKeys { add(given.key, given.institution, given.stream) }
    }

    private mutating func add(_ institution: Institution) {
        for submit in institution.submitKeys { add(submit.key, institution.id, submit.stream) }
    }

    private mutating func add(
        _ key: PublicKey, _ issuer: InstitutionID, _ stream: StreamID
    ) {
        let place = Place(issuer: issuer, stream: stream)
        if keys[place]?.contains(key) != true { keys[place, default: []].append(key) }
    }

    /// Checks the record of the next block.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails; nothing may follow then.
    public mutating func take(_ record: ArchiveBlock) throws(ProofFailure) {
        let block = try step(.form) { () throws(LedgerError) in try Block.decode(record.block) }
        let claimed = ClaimedHead(header: block.header, commitProof: record.commitProof)
        let (header, hash, _) = try auditor.signed(claimed)
        try agree(
            .header, "the block's height", found: header.height,
            right: last?.height.next ?? heights.first)
        try agree(
            .header, "the hash of the block before \(header.height)", found: header.previous,
            right: lastHash)
        try agree(
            .header, "the digest of the commit proof that block \(header.height) carries",
            found: Block.commitDigest(block.commitProof.map(Array.init)),
            right: header.previousCommit)
        try agree(
            .batchTree, "the root over the batches of block \(header.height)",
            found: Block.batchesRoot(block.batches), right: header.batchesRoot)
        try agree(
            .batchTree, "the count of batches of block \(header.height)",
            found: record.batches.count, right: block.batches.count)
        for (bytes, digest) in zip(record.batches, block.batches) { try take(bytes, digest) }
        try agree(
            .ledgerTree, "the size of the tree after block \(header.height)", found: tree.size,
            right: header.treeSize)
        try agree(
            .ledgerTree, "the root of the tree after block \(header.height)", found: tree.root,
            right: header.treeRoot)
        if try auditor.isTrustedHead(header, hash) { metHead = header.height }
        last = header
        lastHash = hash
    }

    private mutating func take(_ bytes: [UInt8], _ digest: Digest) throws(ProofFailure) {
        let batch = try step(.form) { () throws(BatchRefusal) in
            try UnverifiedBatch(decoding: bytes)
        }
        let header = batch.header
        try agree(.batchTree, "the batch's digest", found: batch.digest, right: digest)
        try agree(.ledger, "the batch's ledger", found: header.ledger, right: auditor.ledger)
        let hashes = batch.leafHashes
        try agree(
            .batchTree, "the count of entries", found: hashes.count, right: header.count)
        try agree(
            .batchTree, "the root over the entries of batch \(digest)",
            found: MerkleTree.root(of: hashes), right: header.root)
        try checkSignature(of: batch)
        for hash in hashes { tree.append(hash) }
        batchCount += 1
    }

    private func checkSignature(of batch: UnverifiedBatch) throws(ProofFailure) {
        let header = batch.header
        let signed = try step(.batchSignature) { () throws(CryptographyError) in
            try UnverifiedSign1(decoding: batch.signedHeader)
        }
        let known = keys[Place(issuer: header.issuer, stream: header.stream)] ?? []
        // A stream's key may have been replaced: the signature names the one that it is of.
        guard let key = known.first(where: { $0.keyID == signed.header.keyID }) ?? known.first
        else {
            throw ProofFailure(
                .issuer, "\(header.issuer) is known with no key for stream \(header.stream)")
        }
        _ = try step(.batchSignature) { () throws(CryptographyError) in
            try signed.verified(by: key, as: .batch)
        }
    }

    /// What the trust in the blocks that were checked rests on.
    ///
    /// `trusted` is the head with what links the last block's tree with it, where that is known
    /// only once the last block is.
    ///
    /// - Throws: ``ProofFailure`` where nothing links the blocks with the trusted head.
    public func anchor(
        _ trusted: TrustedHead? = nil
    ) throws(ProofFailure) -> ProvenHead.Anchor {
        guard let last else { return .genesisOnly }
        if let metHead {
            return metHead == last.height ? .trustedHead(metHead) : .after(trustedHead: metHead)
        }
        return try (trusted.map { auditor.trusting($0) } ?? auditor).anchor(of: last, lastHash)
    }

    /// Whether all blocks that the archive names were there.
    public var isWhole: Bool { last?.height == heights.last }
}
