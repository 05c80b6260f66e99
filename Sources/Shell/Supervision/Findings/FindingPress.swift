internal import Cryptography
internal import Primitives
internal import Proofs
internal import Records

/// Decides what of this node's findings goes to the ledger, and when.
///
/// Of the institutions that run a rule, the first by id publishes at once and each further one
/// only where the finding does not stand yet some seconds later: so that it stands once, and
/// still comes where the first ones are away or may not read what it rests on. Who published it
/// withdraws it, where its rule does not find it any more on facts that came later.
///
/// What was handed out is remembered for the life of the process only. After a restart it is
/// handed out again under the same reference, and the gateway answers with the same entry.
final class FindingPress {
    private let institution: InstitutionID
    private let desk: FindingDesk
    private let caseKey: [UInt8]
    private var handedOut: Set<OpaqueID> = []
    /// Findings that opened, closed or stood since they were settled: the others need no look.
    private(set) var unsettled: Set<Digest>

    /// How long each institution that runs a rule leaves the one before it, in milliseconds of
    /// block time.
    static let staggerMilliseconds: Int64 = 3_000

    init(
        institution: InstitutionID, desk: FindingDesk, caseKey: [UInt8]
    ) {
        self.institution = institution
        self.desk = desk
        self.caseKey = caseKey
        // What closes while the process is down must be withdrawn after a restart.
        unsettled = Set(desk.own.keys)
    }

    /// Says that something has become of these findings, here or on the ledger.
    func look(at findings: some Sequence<Digest>) { unsettled.formUnion(findings) }

    /// Says that a finding needs no look until something becomes of it.
    func settle(_ finding: Digest) { unsettled.remove(finding) }

    /// What to submit now of the findings that this node's rules have open, by id.
    func due(
        _ open: [Digest: LocalFinding], members: Members, at now: Timestamp
    ) throws(SupervisionError) -> [Submission] {
        var submissions: [Submission] = []
        for id in unsettled.sorted() {
            guard let finding = open[id] else { continue }
            guard desk.own[id] == nil,
                let place = finding.publishers.firstIndex(of: institution)
            else {
                settle(id)
                continue
            }
            let stagger = Int64(place) * FindingPress.staggerMilliseconds
            guard now.isLater(than: finding.found, by: stagger) else { continue }
            let standing = try desk.standing(id)
            settle(id)
            guard let reference = FindingPress.reference(of: finding, after: standing),
                handedOut.insert(reference).inserted
            else { continue }
            submissions.append(submission(of: finding, members, reference))
        }
        return submissions
    }

    /// The reference under which a finding is submitted, or nil where it must not be.
    ///
    /// One that was withdrawn is stated again, under a reference of its own, by a node that has
    /// seen all that the withdrawal rests on and finds it still.
    private static func reference(
        of finding: LocalFinding, after standing: FindingStanding?
    ) -> OpaqueID? {
        guard let standing else { return OpaqueID(prefixOf: finding.id) }
        guard let withdrawal = standing.withdrawal, finding.asOf.height >= withdrawal.height
        else { return nil }
        return reference("custos finding again", finding.id, withdrawal.leafIndex)
    }

    private static func reference(
        _ use: String, _ finding: Digest, _ leaf: UInt64
    ) -> OpaqueID {
        OpaqueID(
            prefixOf: SHA256.hash(Array(use.utf8) + finding.bytes + leaf.bigEndianBytes))
    }

    private func submission(
        of finding: LocalFinding, _ members: Members, _ reference: OpaqueID
    ) -> Submission {
        submission(
            FindingMark(finding: finding.id, blindedCase: blindedCase(of: finding.subject)),
            Payload(
                mediaType: FindingStatement.mediaType, source: finding.statement.encode(),
                facts: []),
            at: finding.asOf.anchored, to: finding.runners, members, reference)
    }

    /// Whether the withdrawal of a finding was handed out before.
    func hasWithdrawn(_ finding: Digest, _ standing: FindingStanding) -> Bool {
        handedOut.contains(FindingPress.withdrawalReference(finding, standing))
    }

    private static func withdrawalReference(
        _ finding: Digest, _ standing: FindingStanding
    ) -> OpaqueID {
        reference("custos withdrawal", finding, standing.leafIndex)
    }

    /// The withdrawal of a finding that this institution stated and that does not hold any more.
    ///
    /// - Returns: nil where it was handed out before.
    func withdrawal(
        of finding: Digest, _ standing: FindingStanding, causes: [UInt64], reason: String,
        asOf: LedgerMark, recipients: [InstitutionID], members: Members
    ) -> Submission? {
        let reference = FindingPress.withdrawalReference(finding, standing)
        guard handedOut.insert(reference).inserted else { return nil }
        let statement = WithdrawalStatement(
            finding: finding, standing: standing.leafIndex, height: asOf.height,
            treeRoot: asOf.treeRoot, stateRoot: asOf.stateRoot, causes: causes, reason: reason)
        return submission(
            FindingMark(
                finding: finding, blindedCase: standing.blindedCase, isWithdrawn: true),
            Payload(
                mediaType: WithdrawalStatement.mediaType, source: statement.encode(), facts: []),
            at: asOf.anchored, to: recipients, members, reference)
    }

    private func submission(
        _ mark: FindingMark, _ payload: Payload, at time: Timestamp,
        to recipients: [InstitutionID], _ members: Members, _ reference: OpaqueID
    ) -> Submission {
        Submission(
            kind: .finding, eventTime: time, body: .finding(mark), payload: payload,
            recipients: recipients.filter { members[$0]?.sealKey != nil }, reference: reference)
    }

    /// The id of the case that findings on one subject gather in, computable by this node only.
    private func blindedCase(of subject: [UInt8]) -> OpaqueID {
        OpaqueID(
            prefixOf: HMACSHA256.authenticate(Array("custos case".utf8) + subject, key: caseKey))
    }
}
