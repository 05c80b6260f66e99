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
    /// The bytes of each node's entries, by number; numbers that a void entry skips have none.
    private(set) var entries: [[UInt64: [UInt8]]]
    private var nextNumbers: [UInt64]
    /// What is found by those who may open the payloads of each of the two circles.
    private(set) var desks: [SimulatedDesk]
    private(set) var isForked = false
    private(set) var forkHeight = Height.genesis
    /// Keys that entries put into the state map beside their terms.
    private(set) var keys: [StateKey] = []
    private var knownKeys: Set<StateKey> = []
    private(set) var evidenceCount = 0
    private(set) var unfitCount = 0
    /// How many entries of each kind stand, by the kind's number.
    private(set) var kindCounts = [Int](repeating: 0, count: 32)
    /// Blocks that honest nodes proposed, by hash.
    var proposed: Set<Digest> = []
    /// Where each honest node last precommitted a block.
    var precommitted: [Int: (height: Height, round: Round)] = [:]

    init(region: SimulatedRegion) throws {
        self.region = region
        reference = LedgerState(genesis: region.genesis)
        model = IndexModel(listsRules: region.genesis.parameters.listsRules)
        reference.signatureCheck = region.authenticators[0]
        entries = Array(repeating: [:], count: region.names.count)
        nextNumbers = Array(repeating: 1, count: region.names.count)
        desks = try region.names.prefix(2).map { try SimulatedDesk($0, rules: region.rules) }
    }

    var entryCount: Int { entries.reduce(0) { $0 + $1.count } }

    var kinds: [(name: String, count: Int)] {
        EntryKind.allCases.map { ($0.description, kindCounts[Int($0.rawValue)]) }
    }

    func nextNumber(of index: Int) -> UInt64 { nextNumbers[index] }

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
            for unfit in executed.unfit { keys.append(.unfit(unfit.leafIndex)) }
            unfitCount += executed.unfit.count
            model.add(unfit: executed.unfit.count)
            for index in desks.indices { desks[index].take(block) }
        } catch {
            return (.validity, "block \(block.height) does not execute: \(error)")
        }
        return nil
    }

    /// Notes where the entry may have left something in the state map, beside its terms.
    private mutating func noteKeys(of entry: Entry) {
        var noted: [StateKey] = []
        switch entry.body {
        case .evidence(let body):
            guard let offence = try? reference.check(body) else { return }
            noted = [.evidence(offence.digest)]
            evidenceCount += 1
        case .governance(.propose(let bytes, _)): noted = [.proposal(SHA256.hash(bytes))]
        case .credential(let body): noted = [.credential(body.credential)]
        case .finding(let mark): noted = [.finding(mark.finding)]
        case .case(let body) where !body.isAppeal: noted = [.case(entry.issuer, body.blindedCase)]
        case .statement: noted = [.statementIssuer(Stranger.name)]
        case .anchor(let body):
            noted = [.anchoredLedger(body.ledger)]
            if let header = try? BlockHeader.decode(body.header[...]) {
                noted.append(.anchoredHead(body.ledger, header.height))
            }
        default: return
        }
        for key in noted where knownKeys.insert(key).inserted { keys.append(key) }
    }

    private mutating func list(_ batch: VerifiedBatch) -> (Violation.Kind, String)? {
        guard let issuer = region.index(of: batch.header.issuer) else {
            return (.validity, "a batch of \(batch.header.issuer), who is nobody")
        }
        guard batch.header.firstNumber == nextNumber(of: issuer) else {
            return (
                .numbers,
                "\(batch.header.issuer) goes to \(batch.header.firstNumber), "
                    + "and \(nextNumber(of: issuer)) is next"
            )
        }
        for (bytes, entry) in zip(batch.entryBytes, batch.entries) {
            model.add(entry)
            kindCounts[Int(entry.kind.rawValue)] += 1
            noteKeys(of: entry)
            guard entry.number == nextNumbers[issuer] else {
                return (.numbers, "\(entry.issuer)'s entry \(entry.number) is out of turn")
            }
            entries[issuer][entry.number] = Array(bytes)
            nextNumbers[issuer] = entry.nextNumber
        }
        return nil
    }
}
