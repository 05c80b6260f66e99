internal import Foundation
internal import Ledger
internal import Primitives
internal import Proofs

/// How long an auditor takes to check one proof file, every step of it.
enum ProofInclusion {
    private static let blockCount = 64
    private static let batchesOfBlock = 4
    private static let checkCount = 500

    static let benchmark = Benchmark(
        name: "proof.inclusion", unit: "ms", better: .lower, runs: 5,
        settings: "proof file of one entry among \(blockCount * batchesOfBlock * 256), 4 "
            + "validators, whole check with 4 + 1 signatures, mean of \(checkCount), one core"
    ) {
        let (bytes, genesis) = try prepared.get()
        let time = try seconds {
            for _ in 0..<checkCount {
                // As a stranger: the genesis is read and the auditor made anew each time.
                let auditor = try Auditor(genesis: genesis)
                _ = try auditor.verify(bytes)
            }
        }
        return time * 1_000 / Double(checkCount)
    }

    private static let prepared = Result { try prepare() }

    /// A ledger of many blocks, and the proof of an entry of its last one.
    private static func prepare() throws -> (proof: [UInt8], genesis: Genesis) {
        var ledger = try BenchLedger(batchesOfBlock: batchesOfBlock)
        var committed: BenchLedger.Committed?
        for _ in 0..<blockCount { committed = try ledger.commit() }
        guard let last = committed?.executed, let commit = committed?.proof,
            let inclusion = last.inclusionProof(ofLeaf: last.firstLeaf),
            let issuer = ledger.state.map.proof(of: .institution(last.batches[0].header.issuer)),
            let file = ProofFile(
                of: try UnverifiedBatch(decoding: last.batches[0].bytes), entryAt: 0,
                header: last.header, commitProof: commit, inclusion: inclusion, issuer: issuer)
        else { throw BenchError("no proof could be made") }
        return (file.encode(), ledger.genesis)
    }
}
