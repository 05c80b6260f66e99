internal import Ledger
internal import Primitives
internal import Records

/// Batches whose numbers are on the ledger: the same entries once more, or others, which convict.
extension Host {
    /// How many batches are compared at a time; who sends more is compared when it sends again.
    static let comparisonCountMax = 16

    /// Has a refused batch compared with what the ledger has under its numbers.
    ///
    /// An issuer signs anew what has expired, and may not know that it was anchored: the same
    /// entries under another digest are no offence, and only the entries tell.
    mutating func compareWithLedger(_ batch: VerifiedBatch) {
        let ticket = BatchTicket(batch)
        let end = min(ticket.end, nextOnLedger(ticket.stream))
        guard ticket.first < end, comparisons.count < Host.comparisonCountMax,
            comparisons.updateValue(batch, forKey: batch.digest) == nil
        else { return }
        effects.append(
            .readBatches(ticket.stream, numbers: ticket.first..<end, against: batch.digest))
    }

    /// At each status interval: lets go of comparisons where no more have room.
    ///
    /// What is read for one comes in milliseconds, or never, where too much waits for the disk.
    mutating func renewComparisons() {
        if comparisons.count >= Host.comparisonCountMax { comparisons = [:] }
    }

    /// Convicts the issuer where the ledger has another entry under a number of the batch.
    mutating func compare(_ stored: [[UInt8]], against digest: Digest) {
        guard let batch = comparisons.removeValue(forKey: digest) else { return }
        for bytes in stored {
            // One that an older key signed convicts nobody: who holds that key now is unknown.
            guard let claimed = try? UnverifiedBatch(decoding: bytes), claimed.digest != digest,
                let other = try? claimed.verify(against: state),
                let body = state.doubleEntry(other, batch)
            else { continue }
            return learn(body, from: nil)
        }
    }
}
