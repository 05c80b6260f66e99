public import Ledger
internal import Primitives

/// Executes an archive again from genesis: every entry, every state root.
///
/// What ``ArchiveAuditor`` checks is checked beside it; this finds what a quorum must never have
/// signed: entries out of order or form, and a state that does not follow from them.
public struct ArchiveReplay: Sendable {
    public private(set) var state: LedgerState

    public init(genesis: Genesis) {
        state = LedgerState(genesis: genesis)
    }

    /// Executes the next block.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/execution``.
    public mutating func take(_ record: ArchiveBlock) throws(ProofFailure) {
        let block = try step(.form) { () throws(LedgerError) in try Block.decode(record.block) }
        var batches: [VerifiedBatch] = []
        for bytes in record.batches {
            batches.append(
                try step(.execution) { () throws(BatchRefusal) in
                    try UnverifiedBatch(decoding: bytes).verify(against: state)
                })
        }
        let executed = try step(.execution) { () throws(BlockRefusal) in
            try state.check(block, with: batches)
        }
        _ = state.apply(executed)
    }
}
