internal import Foundation
internal import Node
internal import Primitives
internal import Proofs
internal import Records
internal import Supervision

/// A step of a case that is about to be taken.
struct CaseDraft {
    let blindedCase: OpaqueID
    var step: CaseBody.Step
    let previous: UInt64?
    var words = ""
    var findings: [Digest] = []
    var bundles: [[UInt8]] = []
    var decision: CaseStatement.Decision?
    var subjects: [Subject] = []
    var recipients: [InstitutionID] = []

    /// Anchors the step; returns its leaf once it is known to count.
    func take(_ place: NodePlace) async throws -> UInt64 {
        let statement = CaseStatement(
            blindedCase: blindedCase, step: step, words: words, findings: findings,
            bundles: bundles, decision: decision)
        let submission = Submission(
            kind: step.kind, eventTime: .now, subjects: Set(subjects).sorted(),
            body: .case(
                CaseBody(blindedCase: blindedCase, step: step, previous: previous)),
            payload: statement.payload, recipients: Set(recipients).sorted())
        guard submission.encode().count <= Submission.byteCountMax else {
            throw Failure(
                .refused,
                "the bundles are longer than \(Submission.byteCountMax) bytes together; give some "
                    + "of the findings at a time, with --finding")
        }
        let issuer = try place.institution
        return try await place.ask { client in
            let number = try await client.submit(submission)
            let answer = try await client.committed(issuer, StreamID(0), number: number)
            try await caughtUp(to: answer.height, client)
            let known = try await KnownCase.all(client, blindedCase).flatMap(\.steps)
            guard known.contains(where: { $0.leaf == answer.leafIndex }) else {
                throw Failure(
                    .refused,
                    "the step is anchored at leaf \(answer.leafIndex) and does not count: another "
                        + "one came before it")
            }
            return answer.leafIndex
        }
    }

    /// Waits until the desk has taken a block in, which happens soon after it is on the disk.
    private func caughtUp(to height: Height, _ client: NodeClient) async throws {
        for _ in 0..<200 {
            if try await Desk.status(of: client).height >= height { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(.other, "the node's desk is behind: ask again with `custos case show`")
    }
}
