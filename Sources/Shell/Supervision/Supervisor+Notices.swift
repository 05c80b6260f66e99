internal import Cryptography
internal import Primitives
internal import Records

extension Supervisor {
    /// Notices of payloads that were not what their entries say, or did not come in time.
    ///
    /// Each is anchored once: what stands on the ledger is remembered, and what was handed out
    /// bears a reference.
    func notices(at now: Timestamp) throws(SupervisionError) -> [Submission] {
        var submissions: [Submission] = []
        for mismatch in try payloads.mismatches() {
            let name = PayloadName(mismatch.commitment, of: mismatch.issuer)
            for leaf in try payloads.places(of: name) {
                guard let item = try entries.entry(at: leaf),
                    let problem = NoticeBody.Problem(rawValue: mismatch.reason.rawValue)
                else { continue }
                if case .opened = try entries.content(of: item) { continue }
                submissions += try notice(item, problem, at: now)
            }
        }
        for leaf in try payloads.awaitedLeaves() {
            guard let item = try entries.entry(at: leaf) else { continue }
            guard now.isLater(than: item.anchored, by: noticeAfterMilliseconds) else { break }
            submissions += try notice(item, .notDelivered, at: now)
        }
        return submissions
    }

    private func notice(
        _ item: CommittedEntry, _ problem: NoticeBody.Problem, at now: Timestamp
    ) throws(SupervisionError) -> [Submission] {
        let body = NoticeBody(leafIndex: item.leafIndex, problem: problem)
        guard item.entry.issuer != institution, try noticeBook.mayNotice(body) else { return [] }
        return [
            Submission(
                kind: .notice, eventTime: now, subjects: [.institution(item.entry.issuer)],
                body: .notice(body), reference: NoticeBook.reference(body))
        ]
    }
}
