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
        missing = block.batches
        take(from: bodies)
    }

    /// Takes note of those of the missing that have come.
    mutating func take(from bodies: [Digest: VerifiedBatch]) {
        for batch in missing.compactMap({ bodies[$0] }) {
            entryCount += UInt64(batch.entries.count)
            byteCount += UInt64(batch.entriesByteCount)
        }
        missing.removeAll { bodies[$0] != nil }
    }

    /// Whether what is here already is more than a block may hold: a proposer that names batches
    /// without end must not have all of them fetched before its block is found invalid.
    func isTooLarge(for parameters: Parameters) -> Bool {
        entryCount > parameters.blockEntryCountMax || byteCount > parameters.blockByteCountMax
    }
}
