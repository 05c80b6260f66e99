internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives
internal import Storage

/// The ledger as the disk has it, checked against the proof of its last block.
struct Restart {
    let state: LedgerState
    let headCommit: CommitProof?

    init(_ store: BlockStore, genesis: Genesis) throws(NodeError) {
        let head: BlockStore.Stored?
        do throws(StorageError) {
            let height = try store.headHeight()
            head = height == .genesis ? nil : try store.block(at: height)
            if height > .genesis, head == nil {
                throw .corruption(path: "blocks", detail: "height \(height) lacks its block")
            }
        } catch {
            throw .storage(error)
        }
        guard let head else {
            self.init(state: LedgerState(genesis: genesis), headCommit: nil)
            return
        }
        try self.init(store, at: head, from: head.proof.stateRowsFrom, genesis: genesis)
    }

    /// The ledger after a block on the disk, from the state rows of the heights from `first` on.
    init(
        _ store: BlockStore, at head: BlockStore.Stored, from first: Height, genesis: Genesis
    ) throws(NodeError) {
        let header = try Restart.header(of: head)
        let state = try Restart.state(store, genesis: genesis, header: header, from: first)
        try Restart.check(head.proof.commit, header: header, state: state)
        self.init(state: state, headCommit: head.proof.commit)
    }

    private init(state: LedgerState, headCommit: CommitProof?) {
        self.state = state
        self.headCommit = headCommit
    }

    static func header(of head: BlockStore.Stored) throws(NodeError) -> BlockHeader {
        do throws(LedgerError) {
            let block = try Block.decode(head.block)
            guard Block.commitDigest(block.commitProof) == block.header.previousCommit,
                Block.batchesRoot(block.batches) == block.header.batchesRoot
            else {
                throw .restore("its parts are not those that its header names")
            }
            return block.header
        } catch {
            throw .damaged(what: "block \(head.height)", detail: "\(error)")
        }
    }

    /// The state after a block, from the rows that a restart after it needs.
    static func state(
        _ store: BlockStore, genesis: Genesis, header: BlockHeader, from first: Height
    ) throws(NodeError) -> LedgerState {
        let first = max(first, Height(1), store.base.height)
        var restoration = LedgerRestoration(genesis: genesis)
        try store.stateRows(from: first, through: header.height) {
            (kind, height, bytes) throws(NodeError) in
            do throws(LedgerError) {
                try restoration.add(kind, at: height, bytes)
            } catch {
                throw .damaged(what: "the state at height \(height)", detail: "\(error)")
            }
        }
        var state: LedgerState
        do throws(LedgerError) {
            state = try restoration.finish(header: header)
        } catch {
            throw .damaged(what: "the state at height \(header.height)", detail: "\(error)")
        }
        // Which batches are recent is read for as many heights as a batch lives, from the blocks
        // where the state rows may be gone.
        let oldest = max(state.batchesNeededFrom, store.base.height.next)
        var batches: [[CommittedBatch]] = []
        var height = oldest
        while height < first {
            batches.append(try Restart.batches(at: height, of: store))
            height = height.next
        }
        state.recall(batches, from: oldest)
        return state
    }

    private static func batches(
        at height: Height, of store: BlockStore
    ) throws(NodeError) -> [CommittedBatch] {
        do {
            guard let block = try store.row(.block, at: height) else {
                throw NodeError.damaged(what: "block \(height)", detail: "it is not there")
            }
            return try LedgerRestoration.batches(
                at: height, block: block, tree: try store.row(.tree, at: height))
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as NodeError {
            throw error
        } catch {
            throw .damaged(what: "block \(height)", detail: "\(error)")
        }
    }

    /// The head must stand by its own commit proof before anything is signed on top of it.
    private static func check(
        _ proof: CommitProof, header: BlockHeader, state: LedgerState
    ) throws(NodeError) {
        guard proof.height == header.height, proof.block.hash == header.hash,
            proof.block.treeRoot == header.treeRoot
        else {
            throw .damaged(
                what: "block \(header.height)", detail: "its commit proof is of another block")
        }
        do throws(ConsensusError) {
            _ = try state.validators(at: header.height).verify(
                Unverified(proof), with: SigningBytes(ledger: state.ledger), by: KeyCheck())
        } catch {
            throw .damaged(
                what: "block \(header.height)", detail: "its commit proof does not hold: \(error)")
        }
    }
}
