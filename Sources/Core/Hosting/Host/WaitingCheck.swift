internal import Consensus
internal import Ledger
internal import Primitives

/// A block to be checked, as soon as these bodies are here.
struct WaitingCheck: Sendable {
    let request: CheckRequest
    let block: Block
    var missing: [Digest]
    /// What the bodies hold that are here.
    private var entryCount: UInt64 = 0
    private var byteCount: UInt64 = 0

    init(request: CheckRequest, block: Block, bodies: [Digest: VerifiedBatch]) {
        self.request = request
        self.block = block
        missing = block.batches.filter { bodies[$0] == nil }
        for batch in block.batches.compactMap({ bodies[$0] }) { count(batch) }
    }

    /// Takes note of one of the missing that has come.
    mutating func take(_ batch: VerifiedBatch) {
        guard missing.contains(batch.digest) else { return }
        missing.removeAll { $0 == batch.digest }
        count(batch)
    }

    private mutating func count(_ batch: VerifiedBatch) {
        entryCount += UInt64(batch.entries.count)
        byteCount += UInt64(batch.entriesByteCount)
    }

    /// Whether what is here already is more than a block may hold: a proposer that names batches
    /// without end must not have all of them fetched before its block is found invalid.
    func isTooLarge(for parameters: Parameters) -> Bool {
        entryCount > parameters.blockEntryCountMax || byteCount > parameters.blockByteCountMax
    }
}
