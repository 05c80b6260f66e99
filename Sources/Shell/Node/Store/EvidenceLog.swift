internal import Consensus
internal import Hosting
internal import Primitives
internal import Storage

/// What convicts somebody, kept for people to act on: a log of its own, synced at once.
///
/// `[1, culprit, kind, first, second]`: kind 1 two votes, 2 two proposals, 3 a broken lock (the
/// precommit first), 4 two batches of an issuer.
struct EvidenceLog: ~Copyable {
    private var log: AppendLog

    /// How many convictions there are.
    private(set) var count: Int

    init(directory: String) throws(StorageError) {
        var count = 0
        let log = try AppendLog(directory: directory) { (_, _) throws(StorageError) in count += 1 }
        self.count = count
        self.log = log
    }

    mutating func append(_ conviction: Conviction) throws(StorageError) {
        try log.append(EvidenceLog.encode(conviction))
        try log.sync()
        count += 1
    }

    private static func encode(_ conviction: Conviction) -> [UInt8] {
        let culprit: InstitutionID
        let kind: UInt64
        let pair: ([UInt8], [UInt8])
        switch conviction {
        case .issuer(let issuer, let first, let second):
            (culprit, kind, pair) = (issuer, 4, (first, second))
        case .replica(.doubleVote(let first, let second)):
            (culprit, kind, pair) = (first.voter, 1, (first.encoded, second.encoded))
        case .replica(.doubleProposal(let proposer, let first, let second)):
            (culprit, kind, pair) = (proposer, 2, (first.encoded, second.encoded))
        case .replica(.brokenLock(let precommit, let prevote)):
            (culprit, kind, pair) = (
                precommit.voter, 3, (precommit.encoded, prevote.encoded)
            )
        }
        var writer = CBORWriter(reservingCapacity: pair.0.count + pair.1.count + 64)
        writer.array(5)
        writer.unsigned(1)
        writer.institution(culprit)
        writer.unsigned(kind)
        writer.bytes(pair.0)
        writer.bytes(pair.1)
        return writer.bytes
    }
}
