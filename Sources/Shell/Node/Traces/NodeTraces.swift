internal import Consensus
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import Tracing

/// Remembers when steps of blocks and batches were done, and tells when a block is on the disk.
///
/// A node has none where no tracer is installed, and does nothing for it then.
///
/// The spans are listed in `docs/operating.md`, "Traces".
struct NodeTraces {
    private let teller: SpanTeller
    /// The block that is under way.
    private var steps = BlockSteps()
    /// Blocks that are decided and not on the disk, in their order.
    private var decided: [BlockSteps] = []
    /// Batches that were handed in here and wait for a block.
    private var batches: [Digest: BatchSteps] = [:]
    /// When entries got their numbers that are in no signed batch, by stream, in their order.
    private var numbered: [StreamID: [(number: UInt64, at: Moment)]] = [:]

    /// The most batches, and numbers of a stream, that are remembered; then all are forgotten.
    private static let countMax = 8_192

    init(_ teller: SpanTeller) {
        self.teller = teller
    }

    /// Notes what comes to the node from outside.
    mutating func note(_ input: HostInput, next: Height, at now: Moment = .now) {
        switch input {
        case .received(.proposal(let proposal), _) where proposal.claimed.height == next:
            if steps.proposed == nil { steps.proposed = now }
        case .submitted(let batch, _): signed(batch, at: now)
        default: break
        }
    }

    /// Notes what the node tells all others.
    mutating func note(_ sent: PeerMessage, at now: Moment = .now) {
        switch sent {
        case .proposal: if steps.proposed == nil { steps.proposed = now }
        case .vote(let vote):
            switch vote.claimed.kind {
            case .prevote: steps.prevoted = now
            case .precommit: steps.precommitted = now
            }
        default: break
        }
    }

    /// Notes that an entry has its number.
    mutating func note(_ number: UInt64, of stream: StreamID, at now: Moment = .now) {
        if numbered[stream, default: []].count >= NodeTraces.countMax { numbered[stream] = nil }
        numbered[stream, default: []].append((number, now))
    }

    private mutating func signed(_ bytes: [UInt8], at now: Moment) {
        guard let batch = try? UnverifiedBatch(decoding: bytes) else { return }
        if batches.count >= NodeTraces.countMax { batches = [:] }
        let header = batch.header
        let first = numbered[header.stream]?.first { $0.number == header.firstNumber }
        let end = header.firstNumber + UInt64(header.count)
        numbered[header.stream]?.removeAll { $0.number < end }
        let steps = BatchSteps(numbered: first?.at, signed: now)
        batches[batch.digest] = batches[batch.digest] ?? steps
    }

    /// Notes that a block is decided; what follows is of the next.
    mutating func decide(_ block: CommittedBlock, at now: Moment = .now) {
        steps.decided = now
        for batch in block.executed.batches {
            steps.batches[batch.digest] = batches.removeValue(forKey: batch.digest)
        }
        decided.append(steps)
        steps = BlockSteps()
    }

    /// Tells of a block that is on the disk, the oldest that was decided.
    mutating func write(_ block: CommittedBlock, at now: Moment = .now) {
        guard !decided.isEmpty else { return }
        let steps = decided.removeFirst()
        guard let decided = steps.decided else { return }
        let header = block.executed.header
        let context = teller.context(ofBlock: header.hash)
        let inside = teller.tell(
            "block", from: steps.proposed ?? decided, to: now, in: context,
            [
                ("custos.height", .int(Int64(clamping: header.height.blocks))),
                ("custos.entries", .int(Int64(block.executed.leafHashes.count))),
                ("custos.batches", .int(Int64(block.executed.batches.count))),
                ("custos.round", .int(Int64(block.proof.round.number))),
                ("custos.proposer", .string(header.proposer.name)),
            ])
        tell("block.prevoted", from: steps.proposed, to: steps.prevoted, in: inside)
        tell("block.precommitted", from: steps.prevoted, to: steps.precommitted, in: inside)
        tell("block.decided", from: steps.precommitted, to: decided, in: inside)
        tell("block.written", from: decided, to: now, in: inside)
        for batch in block.executed.batches {
            guard let own = steps.batches[batch.digest] else { continue }
            tell(batch, own, steps.proposed, decided, written: now, in: context)
        }
    }

    private func tell(
        _ batch: VerifiedBatch, _ own: BatchSteps, _ proposed: Moment?, _ decided: Moment,
        written: Moment, in context: InstrumentationContext
    ) {
        let header = batch.header
        let inside = teller.tell(
            "batch", from: own.numbered ?? own.signed, to: written, in: context, kind: .producer,
            [
                ("custos.issuer", .string(header.issuer.name)),
                ("custos.stream", .int(Int64(header.stream.number))),
                ("custos.number", .int(Int64(clamping: header.firstNumber))),
                ("custos.entries", .int(Int64(header.count))),
            ])
        tell("batch.gathered", from: own.numbered, to: own.signed, in: inside)
        tell("batch.waited", from: own.signed, to: proposed, in: inside)
        tell("batch.ordered", from: proposed.map { max($0, own.signed) }, to: decided, in: inside)
        tell("batch.written", from: decided, to: written, in: inside)
    }

    private func tell(
        _ name: String, from start: Moment?, to end: Moment?, in context: InstrumentationContext
    ) {
        guard let start, let end else { return }
        teller.tell(name, from: start, to: end, in: context)
    }
}
