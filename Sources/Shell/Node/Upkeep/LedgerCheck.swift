internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
public import Primitives
internal import Proofs
internal import Storage

/// Goes through a stopped node's whole ledger, as if every block came from a stranger.
///
/// Batches are verified, blocks executed on a state that begins at the genesis, commit proofs
/// checked by whoever voted then, and every row on the disk is compared with what comes out. It
/// believes nothing that the disk says of its own state. Where the ledger begins here with a
/// snapshot, the state after its block is where the check begins: it is put together from the disk
/// and must have the roots that the block names, and the block its commit proof by the validators
/// whom that state names. What was before is believed.
public struct LedgerCheck: Sendable {
    /// The last block.
    public let height: Height
    /// The block that the check began after; genesis where all blocks are here.
    public let base: Height
    /// How many entries the blocks have that were checked.
    public let entries: UInt64
    public let treeRoot: Digest
    public let stateRoot: Digest
    /// How many rows were compared.
    public let rowCount: Int
    /// Rows that a restart no longer needs, and that are gone.
    public let prunedRowCount: Int
    /// How many trail rows are missing, or were not what was written where they are filled: answers
    /// about them are slower.
    public let missingTrailRowCount: Int

    /// Checks the ledger of a node that does not run; `progress` is called after each block.
    ///
    /// - Parameters:
    ///   - configuration: the node's.
    ///   - archives: the folder with the entries that were pruned; the one that the node writes
    ///     to where none is named.
    ///   - fillsTrails: whether trail rows that are missing are written.
    ///   - progress: called after each block.
    /// - Returns: what was found to hold.
    /// - Throws: ``NodeError/damaged(what:detail:)`` with the first thing that is wrong, or why the
    ///   directory cannot be read.
    public static func run(
        _ configuration: NodeConfiguration, archives: String? = nil, fillsTrails: Bool = false,
        progress: (Height) -> Void = { _ in }
    ) throws(NodeError) -> LedgerCheck {
        try run(
            configuration, archives: archives, fillsTrails: fillsTrails, trailPace: .standard,
            progress: progress)
    }

    /// Checks a ledger whose trail rows were written at a pace.
    static func run(
        _ configuration: NodeConfiguration, archives: String? = nil, fillsTrails: Bool = false,
        trailPace: TrailPace, progress: (Height) -> Void = { _ in }
    ) throws(NodeError) -> LedgerCheck {
        let genesis = try NodeSetup.genesis(configuration.genesis)
        let (directory, store) = try open(configuration.data, ledger: genesis.ledger)
        defer { withExtendedLifetime(directory.path) {} }
        let base = store.base.height
        let start = try base == .genesis ? LedgerState(genesis: genesis) : founded(store, genesis)
        var walk = Walk(state: start, fillsTrails: fillsTrails, trailPace)
        if store.entriesFrom > base.next {
            guard let folder = archives ?? configuration.retain?.archive else {
                throw .storage(.pruned(base.next, keptFrom: store.entriesFrom))
            }
            walk.archived = try storage { () throws(StorageError) in
                try ArchivedBlocks(ArchiveFolder(path: folder))
            }
        }
        let head = try storage { () throws(StorageError) in try store.headHeight() }
        while walk.state.head.height < head {
            try walk.next(from: store)
            progress(walk.state.head.height)
        }
        if fillsTrails {
            try storage { () throws(StorageError) in try store.removeTrailFiles() }
        }
        return LedgerCheck(
            height: head, base: base,
            entries: walk.state.head.tree.size - store.base.tree.size,
            treeRoot: walk.state.head.tree.root, stateRoot: walk.state.stateRoot,
            rowCount: walk.rowCount,
            prunedRowCount: walk.prunedRowCount,
            missingTrailRowCount: walk.missingTrailRowCount)
    }

    /// The state that the ledger begins with here, held against its block.
    private static func founded(
        _ store: BlockStore, _ genesis: Genesis
    ) throws(NodeError) -> LedgerState {
        let base = store.base.height
        let found = try storage { () throws(StorageError) in
            // An older version deleted these rows when no restart needed them any more.
            guard try store.row(.changes, at: base) != nil else {
                throw .pruned(base, keptFrom: base.next)
            }
            return try store.block(at: base)
        }
        guard let found else {
            throw .damaged(what: "block \(base)", detail: "it is not there")
        }
        return try Restart(store, at: found, from: base, genesis: genesis).state
    }

    /// Takes a stopped node's directory for this process alone.
    static func open(
        _ path: String, ledger: LedgerID
    ) throws(NodeError) -> (DirectoryHold, BlockStore) {
        guard Directory.exists(path + "/blocks") else {
            throw .storage(.notFound(path: path + "/blocks", what: "a node's data"))
        }
        return try storage { () throws(StorageError) in
            let hold = DirectoryHold(try DataDirectory(path, ledger: ledger))
            return (hold, try BlockStore(path: path + "/blocks"))
        }
    }

    static func storage<Result>(
        _ body: () throws(StorageError) -> Result
    ) throws(NodeError) -> Result {
        do throws(StorageError) {
            return try body()
        } catch {
            throw .storage(error)
        }
    }
}

/// Keeps a directory locked for as long as somebody has it.
final class DirectoryHold: Sendable {
    private let directory: DataDirectory

    init(_ directory: consuming DataDirectory) {
        self.directory = directory
    }

    var path: String { directory.path }
}

/// How far a check has come.
private struct Walk {
    var state: LedgerState
    /// What was pruned, where something was.
    var archived: ArchivedBlocks?
    var rowCount = 0
    var prunedRowCount = 0
    var missingTrailRowCount = 0
    private let fillsTrails: Bool
    private var trails: TrailStretch
    private var sheet = TrailSheet()

    init(state: LedgerState, fillsTrails: Bool, _ trailPace: TrailPace) {
        self.state = state
        self.fillsTrails = fillsTrails
        trails = TrailStretch(trailPace)
    }

    /// Executes the next block and compares what it leaves with what is on the disk.
    mutating func next(from store: BlockStore) throws(NodeError) {
        let height = state.head.height.next
        do {
            guard let stored = try store.block(at: height) else {
                throw NodeError.damaged(what: "block \(height)", detail: "it is not there")
            }
            let block = try Block.decode(stored.block)
            try check(stored.proof.commit, of: block)
            let bodies = try entries(at: height, of: store)
            var batches: [VerifiedBatch] = []
            for bytes in bodies {
                batches.append(try UnverifiedBatch(decoding: bytes).verify(against: state))
            }
            let executed = try state.check(block, with: batches)
            let rows = state.apply(executed)
            for row in rows { try compare(row, of: executed, in: store) }
            try trails.add(executed, rows: rows)
            try compareTrails(at: height, in: store)
        } catch let error as NodeError {
            throw error
        } catch let error as StorageError {
            throw .storage(error)
        } catch {
            throw .damaged(what: "block \(height)", detail: "\(error)")
        }
    }

    private func entries(
        at height: Height, of store: BlockStore
    ) throws -> [[UInt8]] {
        guard height < store.entriesFrom else { return try store.batches(at: height) }
        return try archived?.block(at: height).batches ?? []
    }

    private func check(_ proof: CommitProof, of block: Block) throws {
        guard proof.height == block.header.height, proof.block.hash == block.hash,
            proof.block.treeRoot == block.header.treeRoot
        else {
            throw NodeError.damaged(
                what: "block \(block.header.height)",
                detail: "its commit proof is of another block")
        }
        _ = try state.validators(at: block.header.height).verify(
            Unverified(proof), with: SigningBytes(ledger: state.ledger), by: KeyCheck())
    }

    private mutating func compare(
        _ row: LedgerRow, of executed: ExecutedBlock, in store: BlockStore
    ) throws {
        let height = executed.header.height
        guard let found = try store.row(row.kind, at: height, number: row.number) else {
            let isPruned = row.kind == .batch && height < store.entriesFrom
            guard row.kind == .changes || row.kind == .chunk || isPruned else {
                throw NodeError.damaged(
                    what: "block \(height)", detail: "its \(row.kind) row \(row.number) is gone")
            }
            prunedRowCount += 1
            return
        }
        guard found == state.row(row, of: executed, inTheFormOf: found).bytes else {
            throw NodeError.damaged(
                what: "block \(height)",
                detail: "its \(row.kind) row \(row.number) is not what its entries give")
        }
        rowCount += 1
    }

    /// Trail rows must be what the blocks give; those that are not there cost only time.
    ///
    /// One whose checksum is that of the right row is taken for it.
    private mutating func compareTrails(at height: Height, in store: BlockStore) throws {
        guard height >= store.entriesFrom else { return }
        for turn in trails.endedTurns {
            trails.fill(&sheet, turn)
            try compareSheet(of: turn, in: store)
        }
        if fillsTrails { try store.removeFormerTrails(at: height) }
    }

    private mutating func compareSheet(of turn: TrailTurn, in store: BlockStore) throws {
        let (height, previousEnd) = (turn.end, trails.end(before: turn))
        var missing = sheet.rows.count
        let bytes = try store.trailDirectoryBytes(of: turn)
        let found = bytes.flatMap { try? TrailDirectory.decode($0) }
            .flatMap { $0.saysOf(sheet, after: previousEnd) ? $0 : nil }
        guard bytes == nil || found != nil || fillsTrails else {
            throw NodeError.damaged(
                what: "block \(height)",
                detail: "its trail directory is not what its entries give; --fill-trails writes it")
        }
        if let found {
            for row in 0..<found.count {
                let extent = found.extent(row)
                guard let bytes = try store.foundTrailRow(extent) else { continue }
                if extent.holds(bytes[...]) {
                    missing -= 1
                } else if !fillsTrails {
                    throw NodeError.damaged(
                        what: "block \(height)",
                        detail: "its trail row \(row) is not what its entries give; the node's "
                            + "next start writes what a power cut took, --fill-trails all")
                }
            }
        }
        rowCount += sheet.rows.count - missing
        missingTrailRowCount += missing
        if fillsTrails, found == nil || missing > 0 {
            try store.fillTrails(sheet, of: turn, after: previousEnd)
        }
    }
}
