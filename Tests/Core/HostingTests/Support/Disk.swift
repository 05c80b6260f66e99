import Consensus
import Hosting
import Ledger
import Primitives
import Records

/// What a node has written: what survives a power failure, and what may not.
struct Disk {
    var commits: [CommittedBlock] = []
    /// Blocks that are being written, each with the own stream's next number after it.
    var unsyncedCommits: [(block: CommittedBlock, nextNumber: UInt64)] = []
    var signed: SignedState?
    var log: [HostRecord] = []
    var unsyncedLog: [HostRecord] = []
    var outboxRows: [OutboxRow] = []
    var kept: [EvidenceBody] = []
    var signsFrom: Height?
    /// Whether the rows of the outbox are lost, and where it may open.
    var hasLostRows = false
    var numbersFrom: Height?

    /// The state that the rows on this disk make up.
    func state(_ genesis: Genesis) throws -> LedgerState {
        guard let last = commits.last else { return LedgerState(genesis: genesis) }
        var restoration = LedgerRestoration(genesis: genesis)
        for commit in commits {
            for row in commit.rows {
                try restoration.add(row.kind, at: commit.height, row.bytes)
            }
        }
        return try restoration.finish(header: last.executed.header)
    }

    /// A block as it is sent to a peer that was away.
    func block(at height: Height) -> SyncedBlock? {
        guard height > .genesis, height.blocks <= UInt64(commits.count) else { return nil }
        let commit = commits[Int(height.blocks - 1)]
        return SyncedBlock(
            height: height, block: commit.executed.block.encode(),
            proof: Unverified(commit.proof), batches: commit.executed.batches.map(\.bytes))
    }

    /// The proofs of valid rounds among what was kept.
    func locks(_ question: LockQuestion) -> [ProofOfLock] {
        kept.filter { $0.kind == .proofOfLock }
            .compactMap { try? ProofOfLock.decode($0.first[...]).claimed }
            .filter(question.isAnswered)
    }

    /// The batches of a stream that have some of these numbers.
    func batches(of stream: StreamKey, _ numbers: Range<UInt64>) -> [[UInt8]] {
        commits.flatMap(\.executed.batches).filter { batch in
            batch.header.issuer == stream.issuer && batch.header.stream == stream.stream
                && numbers.overlaps(batch.header.firstNumber..<batch.nextNumber)
        }.map(\.bytes)
    }

    /// The entries of a stream's issuer on this disk, by number in the order of the ledger.
    func entries(of issuer: InstitutionID) -> [(number: UInt64, bytes: [UInt8])] {
        commits.flatMap { commit in
            commit.executed.batches.filter { $0.header.issuer == issuer }.flatMap { batch in
                batch.entryBytes.enumerated().map { index, bytes in
                    (batch.header.firstNumber + UInt64(index), Array(bytes))
                }
            }
        }
    }
}
