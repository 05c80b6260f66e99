internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records

/// Proofs of entries: made of what one node has, verified by somebody who has the genesis alone.
extension Simulation {
    /// Proves entries, in places that follow from the height, out of a node's rows and its map.
    ///
    /// Where a node began with a snapshot it has not all rows, and others show theirs.
    mutating func checkProofs(of index: Int) {
        guard nodes[index].disk.base == 0, !nodes[index].isDiskBad,
            let state = nodes[index].host?.state, state.head.tree.size > 0,
            nodes[index].taken == state.head.height
        else { return }
        let height = state.head.height
        var choice = SeededGenerator(seed: plan.seed ^ height.blocks << 8 ^ UInt64(index))
        do {
            let auditor = try auditor(through: state)
            for _ in 0..<2 {
                let leaf = choice.next() % state.head.tree.size
                let file = try proofFile(of: leaf, by: index, state)
                let proven = try auditor.verify(file.encode())
                guard checker.standing(of: proven, atLeaf: leaf, as: file.entry) else {
                    return violate(.proof, "\(nodes[index].id) proves what leaf \(leaf) is not")
                }
            }
        } catch {
            violate(.proof, "of \(nodes[index].id) at \(height): \(error)")
        }
    }

    /// Somebody who follows from the genesis who voted when, and believes nobody.
    private func auditor(through state: LedgerState) throws -> Auditor {
        let changes = state.governance.sets.map {
            ChainBuilder.Change(from: $0.from, validators: $0.validators.encoded)
        }
        let chain = ChainBuilder(changes).chain(
            from: Height(1), through: state.head.height, skips: false, head: checker.head)
        return try Auditor(
            genesis: region.genesis, chain: chain, signatures: region.authenticators[0])
    }

    private func proofFile(
        of leaf: UInt64, by index: Int, _ state: LedgerState
    ) throws -> ProofFile {
        let height = checker.height(ofLeaf: leaf)
        let tree = try TreeRow.decode(try nodes[index].row(.tree, at: height))
        guard let (number, position) = tree.place(ofLeaf: leaf) else {
            throw SimulatedDisk.Damage.block(height)
        }
        let batch = try UnverifiedBatch(
            decoding: try nodes[index].row(.batch, number, at: height))
        var path: [Digest] = []
        for range in try MerklePlan.inclusion(of: leaf, treeSize: state.head.tree.size) {
            path.append(try range.hash { try hash(of: $0, by: index) })
        }
        let head = checker.head(state.head.height)
        let issuer = state.map.proof(of: .institution(batch.header.issuer))
        let standing = state.map.proof(of: .unfit(leaf)) ?? state.map.absence(of: .unfit(leaf))
        let mayBeUnfit = try batch.readEntries()[position].mayBeUnfit
        guard let issuer,
            let file = ProofFile(
                of: batch, entryAt: position, header: head.header,
                commitProof: head.commitProof,
                inclusion: InclusionProof(
                    leafIndex: leaf, treeSize: state.head.tree.size, path: path),
                issuer: issuer, standing: mayBeUnfit ? standing : nil)
        else { throw SimulatedDisk.Damage.block(height) }
        return file
    }

    /// A complete subtree's hash, as the row of the block has it that closed the subtree.
    private func hash(of node: MerkleNode, by index: Int) throws -> Digest {
        let height = checker.height(ofLeaf: node.range.end - 1)
        let row = try TreeRow.decode(try nodes[index].row(.tree, at: height))
        guard let hash = row.hash(of: node) else { throw SimulatedDisk.Damage.block(height) }
        return hash
    }
}

extension SimulatedNode {
    /// One of the rows of a kind, on the disk or on its way there.
    fileprivate func row(
        _ kind: LedgerRow.Kind, _ number: Int = 0, at height: Height
    ) throws -> [UInt8] {
        guard let (block, _) = unwritten.first(where: { $0.block.height == height }) else {
            return try disk.row(kind, number, at: height)
        }
        let rows = block.rows.filter { $0.kind == kind }
        guard rows.indices.contains(number) else { throw SimulatedDisk.Damage.block(height) }
        return rows[number].bytes
    }
}

extension Checker {
    /// The height of the block that an entry stands in.
    fileprivate func height(ofLeaf leaf: UInt64) -> Height {
        let place = chain.indices.partitioningIndex {
            chain[$0].executed.header.treeSize > leaf
        }
        return Height(UInt64(place + 1))
    }

    fileprivate func head(_ height: Height) -> ClaimedHead {
        let block = chain[Int(height.blocks) - 1]
        return ClaimedHead(header: block.executed.header, commitProof: block.proof)
    }

    /// Whether what is proved of a leaf is what stands there, and has the effect that it says.
    fileprivate func standing(
        of proven: ProvenEntry, atLeaf leaf: UInt64, as bytes: [UInt8]
    ) -> Bool {
        let isUnfit = reference.map.value(of: .unfit(leaf)) != nil
        guard let issuer = region.index(of: proven.batch.issuer) else { return false }
        let stands =
            proven.isNumberShown
            ? entries[issuer][proven.entry.number] == bytes
            : entries[issuer].contains { $0.key >= proven.entry.number && $0.value == bytes }
        guard stands else { return false }
        switch proven.standing {
        case .effective: return !isUnfit
        case .unfit: return isUnfit
        case .notShown: return false
        }
    }
}
