public import Cryptography
public import Ledger
public import Primitives
public import Proofs
public import Records
public import Transport

/// A program's side of a node's control socket, in the node's own words.
///
/// Every call throws ``TransportError``; ``TransportError/refused(_:)`` carries the node's reason.
public final class NodeClient: Sendable {
    public let control: ControlClient

    /// Connects to the node whose control socket this is (``NodeConfiguration/controlPath``).
    public init(socket: String) async throws(TransportError) {
        control = try await ControlClient(path: socket)
    }

    /// How a refusal begins that may be none when the same is asked again later.
    static let busyPrefix = Responder.busyPrefix

    /// How a refusal begins where what is asked about was pruned.
    static let prunedPrefix = "pruned: "

    /// Whether the node had what is asked about, and has deleted it as its operator wants.
    public static func isPruned(_ error: TransportError) -> Bool {
        guard case .refused(let reason) = error else { return false }
        return reason.hasPrefix(prunedPrefix)
    }

    /// Whether the node refused only for now: the same request may be taken a little later.
    public static func isBusy(_ error: TransportError) -> Bool {
        guard case .refused(let reason) = error else { return false }
        return reason.hasPrefix(busyPrefix)
    }

    public func close() async {
        await control.close()
    }

    public func status() async throws(TransportError) -> NodeStatus {
        try await ask(.status, NodeStatus.decode)
    }

    /// Hands in a submission; returns its number once it is synced in the outbox.
    public func submit(
        _ submission: Submission, stream: StreamID = StreamID(0)
    ) async throws(TransportError) -> UInt64 {
        try await ask(.submit(stream: stream, submission: submission.encode())) {
            (bytes) throws(CBORError) in
            var reader = CBORReader(bytes)
            return try reader.unsigned()
        }
    }

    /// Hands in submissions by their bytes, in their order, and calls `answer` once all are synced
    /// or refused.
    ///
    /// What is handed in by one caller after the other comes to the node in that order, without
    /// waiting for answers.
    public func submit(
        _ submissions: [[UInt8]], stream: StreamID = StreamID(0),
        answer: @escaping @Sendable (Result<SubmissionAnswers, TransportError>) -> Void
    ) {
        let request = ControlRequest.submitMany(stream: stream, submissions: submissions)
        control.request(request.encoded) { result in
            answer(
                result.flatMap { bytes in
                    do throws(CBORError) {
                        let answers = try SubmissionAnswers.decode(bytes)
                        guard answers.answers.count == submissions.count else {
                            return .failure(.malformed("the node's answer: another count"))
                        }
                        return .success(answers)
                    } catch {
                        return .failure(.malformed("the node's answer: \(error)"))
                    }
                })
        }
    }

    public func submitBatch(
        _ batch: [UInt8], waits: Bool
    ) async throws(TransportError) -> BatchAnswer {
        try await ask(.submitBatch(batch, waits: waits), BatchAnswer.decode)
    }

    /// Returns once the entry is committed.
    public func committed(
        _ issuer: InstitutionID, _ stream: StreamID, number: UInt64
    ) async throws(TransportError) -> EntryAnswer {
        try await ask(.waitForEntry(issuer, stream, number: number), EntryAnswer.decode)
    }

    public func entry(
        _ issuer: InstitutionID, _ stream: StreamID, number: UInt64
    ) async throws(TransportError) -> EntryAnswer {
        try await ask(.entryByNumber(issuer, stream, number: number), EntryAnswer.decode)
    }

    public func entry(leaf: UInt64) async throws(TransportError) -> EntryAnswer {
        try await ask(.entryByLeaf(leaf), EntryAnswer.decode)
    }

    /// Asks for an entry without waiting, and calls `answer` on the client's thread.
    public func entry(
        leaf: UInt64, answer: @escaping @Sendable (Result<EntryAnswer, TransportError>) -> Void
    ) {
        entry(.entryByLeaf(leaf), answer: answer)
    }

    /// Asks for an entry by its leaf's hash without waiting, and calls `answer` on the client's
    /// thread.
    public func entry(
        hash: Digest, answer: @escaping @Sendable (Result<EntryAnswer, TransportError>) -> Void
    ) {
        entry(.entryByHash(hash), answer: answer)
    }

    private func entry(
        _ request: ControlRequest,
        answer: @escaping @Sendable (Result<EntryAnswer, TransportError>) -> Void
    ) {
        control.request(request.encoded) { result in
            answer(
                result.flatMap { bytes in
                    do throws(CBORError) {
                        return .success(try EntryAnswer.decode(bytes))
                    } catch {
                        return .failure(.malformed("the node's answer: \(error)"))
                    }
                })
        }
    }

    public func entry(hash: Digest) async throws(TransportError) -> EntryAnswer {
        try await ask(.entryByHash(hash), EntryAnswer.decode)
    }

    /// The block at a height, or the last one.
    public func block(_ height: Height = .genesis) async throws(TransportError) -> BlockAnswer {
        try await ask(.block(height), BlockAnswer.decode)
    }

    /// The bytes of the proof file of an entry.
    public func proof(leaf: UInt64) async throws(TransportError) -> [UInt8] {
        Array(try await control.request(ControlRequest.proof(leaf: leaf).encoded))
    }

    /// The bytes of the proof of what became of a rule.
    public func ruleProof(_ rule: String) async throws(TransportError) -> [UInt8] {
        Array(try await control.request(ControlRequest.ruleProof(rule).encoded))
    }

    /// The bytes of the proof of what became of a knowledge table.
    public func tableProof(_ table: String) async throws(TransportError) -> [UInt8] {
        Array(try await control.request(ControlRequest.tableProof(table).encoded))
    }

    /// How the ledger has a case as of its last block; for an auditor to check.
    public func caseStanding(
        _ issuer: InstitutionID, _ blindedCase: OpaqueID
    ) async throws(TransportError) -> [UInt8] {
        Array(
            try await control.request(ControlRequest.caseStanding(issuer, blindedCase).encoded))
    }

    /// How the ledger has a finding as of its last block; for an auditor to check.
    public func findingStanding(_ finding: Digest) async throws(TransportError) -> [UInt8] {
        Array(try await control.request(ControlRequest.findingStanding(finding).encoded))
    }

    public func receipts(leaf: UInt64) async throws(TransportError) -> [ReceiptAnswer] {
        try await ask(.receipts(leaf: leaf), [ReceiptAnswer].decode)
    }

    /// One page of the answer to a query.
    public func query(_ request: QueryRequest) async throws(TransportError) -> QueryAnswer {
        try await ask(.query(request), QueryAnswer.decode)
    }

    /// That the ledger tree of the first size is the start of the second's.
    public func consistency(
        from first: UInt64, to second: UInt64
    ) async throws(TransportError) -> ConsistencyProof {
        try await ask(.consistency(from: first, to: second)) { (bytes) throws(CBORError) in
            var reader = CBORReader(bytes)
            return try ConsistencyProof(from: &reader)
        }
    }

    /// The first record of an archive of these blocks; height 0 is the last block.
    public func archiveHead(
        from first: Height, through last: Height
    ) async throws(TransportError) -> [UInt8] {
        let request = ControlRequest.archiveHead(from: first, through: last)
        return Array(try await control.request(request.encoded))
    }

    /// The record of a block in an archive.
    public func archiveBlock(_ height: Height) async throws(TransportError) -> [UInt8] {
        Array(try await control.request(ControlRequest.archiveBlock(height).encoded))
    }

    /// Proposals, votes, and who follows.
    public func governance() async throws(TransportError) -> GovernanceSummary {
        let bytes = try await control.request(ControlRequest.governance.encoded)
        do throws(LedgerError) {
            return try GovernanceSummary.decode(bytes)
        } catch {
            throw .malformed("the node's answer: \(error)")
        }
    }

    /// What the ledger says of another one whose heads are anchored in it.
    public func anchored(_ ledger: LedgerID) async throws(TransportError) -> AnchoredLedger {
        let bytes = try await control.request(ControlRequest.anchored(ledger).encoded)
        do throws(LedgerError) {
            return try AnchoredLedger.decode(Array(bytes))
        } catch {
            throw .malformed("the node's answer: \(error)")
        }
    }

    /// The step from that ledger up to this one: of the lowest head anchored here whose tree has at
    /// least so many entries.
    public func anchorStep(
        of ledger: LedgerID, treeSize: UInt64
    ) async throws(TransportError) -> AnchorStep {
        let request = ControlRequest.anchorStep(ledger, treeSize: treeSize)
        let bytes = try await control.request(request.encoded)
        do throws(ProofFailure) {
            return try AnchorStep.decode(Array(bytes))
        } catch {
            throw .malformed("the node's answer: \(error)")
        }
    }

    /// How validators changed between the sets of two heights; height 0 is the last block.
    public func chain(
        from first: Height, through last: Height, skips: Bool
    ) async throws(TransportError) -> GovernanceChain {
        let request = ControlRequest.chain(from: first, through: last, skips: skips)
        let bytes = try await control.request(request.encoded)
        do throws(ProofFailure) {
            return try GovernanceChain.decode(Array(bytes))
        } catch {
            throw .malformed("the node's answer: \(error)")
        }
    }

    /// Asks the supervision desk.
    public func desk(_ request: [UInt8]) async throws(TransportError) -> [UInt8] {
        Array(try await control.request(ControlRequest.desk(request).encoded))
    }

    /// The blocks from a height on, as they are committed.
    public func watch(from height: Height) -> AsyncThrowingStream<CommitNotice, any Error> {
        let notices = control.stream(ControlRequest.watch(from: height).encoded)
        return AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    for try await bytes in notices {
                        continuation.yield(try CommitNotice.decode(bytes))
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    public func stop() async throws(TransportError) {
        _ = try await control.request(ControlRequest.stop.encoded)
    }

    private func ask<Answer>(
        _ request: ControlRequest, _ decode: (ArraySlice<UInt8>) throws(CBORError) -> Answer
    ) async throws(TransportError) -> Answer {
        let bytes = try await control.request(request.encoded)
        do throws(CBORError) {
            return try decode(bytes)
        } catch {
            throw .malformed("the node's answer: \(error)")
        }
    }
}
