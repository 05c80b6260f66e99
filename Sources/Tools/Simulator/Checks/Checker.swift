internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records

/// What the checkers remember: one ledger that every honest node's must be, executed by itself.
struct Checker {
    let region: SimulatedRegion
    /// The rows of each height, as the first honest node wrote them, with their proof.
    private(set) var chain: [CommittedBlock] = []
    /// Places of it whose first writer began with a snapshot.
    private var looseChunks: Set<Int> = []
    /// The ledger that the bytes on a disk make up, computed block by block from them alone.
    private(set) var reference: LedgerState
    /// What is listed under each term, in the order in which terms first came up.
    private(set) var model: IndexModel
    /// The bytes of each node's entries, by number from 1.
    private(set) var entries: [[[UInt8]]]
    private(set) var isForked = false
    private(set) var forkHeight = Height.genesis
    /// Keys that entries put into the state map beside their terms.
    private(set) var keys: [StateKey] = []
    private(set) var evidenceCount = 0
    /// Blocks that honest nodes proposed, by hash.
    var proposed: Set<Digest> = []
    /// Where each honest node last precommitted a block.
    var precommitted: [Int: (height: Height, round: Round)] = [:]

    init(region: SimulatedRegion) {
        self.region = region
        reference = LedgerState(genesis: region.genesis)
        model = IndexModel(listsRules: region.genesis.parameters.listsRules)
        reference.signatureCheck = region.authenticators[0]
        entries = Array(repeating: [], count: region.names.count)
    }

    var entryCount: Int { entries.reduce(0) { $0 + $1.count } }

    func nextNumber(of index: Int) -> UInt64 { UInt64(entries[index].count + 1) }

    /// The hash of the block at a height; nil where no honest node has one.
    func hash(at height: Height) -> Digest? {
        let place = Int(height.blocks) - 1
        return chain.indices.contains(place) ? chain[place].executed.block.hash : nil
    }

    /// What is wrong with a block that an honest node committed; nil where nothing is.
    ///
    /// Pieces of the state lie with other blocks where a node began with a snapshot.
    mutating func add(
        _ block: CommittedBlock, afterSnapshot isFounded: Bool
    ) -> (Violation.Kind, String)? {
        let place = Int(block.height.blocks) - 1
        if place < chain.count {
            let first = chain[place]
            guard first.executed.block.hash == block.executed.block.hash else {
                if !isForked { forkHeight = block.height }
                isForked = true
                return (.fork, "at height \(block.height)")
            }
            let isLoose = isFounded || looseChunks.contains(place)
            func rows(_ block: CommittedBlock) -> [LedgerRow] {
                block.rows.filter { $0.kind != .chunk || !isLoose }
            }
            guard rows(first) == rows(block) else {
                return (.recomputation, "rows of height \(block.height) differ between nodes")
            }
            return prove(block)
        }
        guard place == chain.count else {
            return (.heads, "height \(block.height) is committed before those below it")
        }
        let problem = prove(block) ?? execute(block, afterSnapshot: isFounded)
        if let problem { return problem }
        if isFounded { looseChunks.insert(place) }
        chain.append(block)
        proposed = []
        return nil
    }

    /// The commit proof, checked by somebody who believes nobody.
    private func prove(_ block: CommittedBlock) -> (Violation.Kind, String)? {
        let header = block.executed.header
        guard block.proof.height == header.height, block.proof.block.hash == header.hash,
            block.proof.block.treeRoot == header.treeRoot
        else { return (.validity, "the proof at \(header.height) is of another block") }
        do throws(ConsensusError) {
            _ = try reference.validators(at: header.height).verify(
                Unverified(block.proof), with: region.signing, by: region.authenticators[0])
        } catch {
            return (.validity, "the commit proof at \(header.height) does not hold: \(error)")
        }
        return nil
    }

    /// Executes the block again, from its bytes and on a state of the checker's own.
    private mutating func execute(
        _ block: CommittedBlock, afterSnapshot isFounded: Bool
    ) -> (Violation.Kind, String)? {
        do {
            var batches: [VerifiedBatch] = []
            var bytes: [UInt8] = []
            for row in block.rows {
                if row.kind == .block { bytes = row.bytes }
                guard row.kind == .batch else { continue }
                batches.append(
                    try UnverifiedBatch(decoding: row.bytes).verify(against: reference))
            }
            let executed = try reference.check(try Block.decode(bytes), with: batches)
            let isMeant = { (row: LedgerRow) in row.kind != .chunk || !isFounded }
            let rows = reference.apply(executed).filter(isMeant)
            guard rows == block.rows.filter(isMeant) else {
                return (.recomputation, "rows of height \(block.height) are not what it makes")
            }
            for batch in batches {
                if let problem = list(batch) { return problem }
            }
        } catch {
            return (.validity, "block \(block.height) does not execute: \(error)")
        }
        return nil
    }

    private mutating func noteKeys(of entry: Entry) {
        let key: StateKey
        switch entry.body {
        case .evidence(let body):
            guard let offence = try? reference.check(body) else { return }
            key = .evidence(offence.digest)
            evidenceCount += 1
        case .governance(.propose(let bytes, _)): key = .proposal(SHA256.hash(bytes))
        default: return
        }
        if !keys.contains(key) { keys.append(key) }
    }

    private mutating func list(_ batch: VerifiedBatch) -> (Violation.Kind, String)? {
        guard let issuer = region.index(of: batch.header.issuer) else {
            return (.validity, "a batch of \(batch.header.issuer), who is nobody")
        }
        guard batch.header.firstNumber == nextNumber(of: issuer) else {
            return (
                .numbers,
                "\(batch.header.issuer) goes from \(entries[issuer].count) to "
                    + "\(batch.header.firstNumber)"
            )
        }
        for (bytes, entry) in zip(batch.entryBytes, batch.entries) {
            model.add(entry)
            noteKeys(of: entry)
            entries[issuer].append(Array(bytes))
        }
        return nil
    }
}
