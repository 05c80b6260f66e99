internal import Consensus
internal import Hosting
internal import Primitives
internal import Records
internal import Storage

/// What convicts somebody, and the proofs that this node may be asked for: synced at once.
///
/// Each record is `EvidenceBody.keptBytes`.
struct EvidenceLog: ~Copyable {
    private var log: AppendLog

    /// How many convictions there are.
    private(set) var count: Int
    /// Which proofs of valid rounds there are: a peer that asks for others costs no reading.
    private var locks: Set<Lock>

    private struct Lock: Hashable {
        let height: Height
        let lock: SignedState.Polka
    }

    /// Opens the log of a node.
    static func open(
        in directory: borrowing DataDirectory, _ replay: (EvidenceBody) -> Void
    ) throws(NodeError) -> EvidenceLog {
        do throws(StorageError) {
            return try EvidenceLog(directory: directory.path(of: name), replay)
        } catch {
            throw NodeError(error, of: .evidence)
        }
    }

    /// Opens the log, and hands out what it holds, in order.
    init(directory: String, _ replay: (EvidenceBody) -> Void) throws(StorageError) {
        var count = 0
        var locks: Set<Lock> = []
        let log = try AppendLog(directory: directory) { (payload, _) throws(StorageError) in
            do throws(CBORError) {
                let body = try EvidenceBody.decodeKept(payload)
                if body.kind.convicts { count += 1 }
                if let proof = body.proofOfLock { locks.insert(EvidenceLog.lock(proof)) }
                replay(body)
            } catch {
                throw .corruption(path: directory, detail: "a record is malformed: \(error)")
            }
        }
        self.count = count
        self.locks = locks
        self.log = log
    }

    /// The name of the log's folder in the node's directory.
    static let name = "evidence"

    /// Bytes that a crash cut off at the end; nothing in them was ever told.
    var cutBytes: Int { log.cutBytes }

    mutating func append(_ body: EvidenceBody) throws(StorageError) {
        try log.append(body.keptBytes)
        try log.sync()
        if body.kind.convicts { count += 1 }
        if let proof = body.proofOfLock { locks.insert(EvidenceLog.lock(proof)) }
    }

    /// The proofs of valid rounds that were kept and are asked for.
    borrowing func proofs(_ question: LockQuestion) throws(StorageError) -> [ProofOfLock] {
        let isThere =
            question.lock.map { locks.contains(Lock(height: question.height, lock: $0)) }
            ?? locks.contains { $0.height == question.height }
        guard isThere else { return [] }
        var found: [ProofOfLock] = []
        try log.scan { payload in
            guard let body = try? EvidenceBody.decodeKept(payload), let proof = body.proofOfLock,
                question.isAnswered(by: proof), !found.contains(proof)
            else { return }
            found.append(proof)
        }
        return found
    }

    private static func lock(_ proof: ProofOfLock) -> Lock {
        Lock(
            height: proof.height, lock: SignedState.Polka(round: proof.round, block: proof.block))
    }
}

extension EvidenceBody {
    /// The proof of a valid round that it is, where it is one.
    fileprivate var proofOfLock: ProofOfLock? {
        guard kind == .proofOfLock else { return nil }
        return try? ProofOfLock.decode(first[...]).claimed
    }
}
