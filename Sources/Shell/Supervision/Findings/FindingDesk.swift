internal import Cryptography

internal import Primitives
internal import Proofs
internal import Records
internal import Storage

/// Decides which findings of this node go to the ledger, and when; the first one stands.
///
/// Of the institutions that run a rule, the first by id publishes at once and each further one
/// only where the finding does not stand yet some seconds later: so that it stands once, and
/// still comes where the first ones are away or may not read what it rests on.
///
/// What was handed out is remembered for the life of the process only. After a restart it is
/// handed out again under the same reference, and the gateway answers with the same entry.
final class FindingDesk {
    private let institution: InstitutionID
    private let database: SupervisionDatabase
    private let members: Members
    private let caseKey: [UInt8]
    private var handedOut: Set<Digest> = []

    /// How long each institution that runs a rule leaves the one before it, in milliseconds of
    /// block time.
    static let staggerMilliseconds: Int64 = 3_000

    init(
        institution: InstitutionID, database: SupervisionDatabase, members: Members,
        caseKey: [UInt8]
    ) {
        self.institution = institution
        self.database = database
        self.members = members
        self.caseKey = caseKey
    }

    /// Under which entry a finding stands, or nil where it does not.
    func standing(_ finding: Digest) throws(SupervisionError) -> FindingStanding? {
        let row = try storage { () throws(StorageError) in
            try database.get(FindingStanding.key(finding))
        }
        guard let row else { return nil }
        return try FindingStanding(row: row, finding: finding)
    }

    /// Puts the findings of a block that stand from it on into `group`.
    func add(_ block: CommittedBlock, to group: inout WriteGroup) throws(SupervisionError) {
        var seen: Set<Digest> = []
        for item in block.entries {
            guard case .finding(let mark) = item.entry.body, seen.insert(mark.finding).inserted,
                try standing(mark.finding) == nil
            else { continue }
            let standing = FindingStanding(
                leafIndex: item.leafIndex, issuer: item.entry.issuer, height: item.height,
                blindedCase: mark.blindedCase)
            group.put(FindingStanding.key(mark.finding), standing.row)
        }
    }

    func standingCount() throws(SupervisionError) -> Int {
        try storage { () throws(StorageError) in try database.count(.finding) }
    }

    /// All findings that stand, by id.
    func allStanding() throws(SupervisionError) -> [(finding: Digest, FindingStanding)] {
        var all: [(finding: Digest, FindingStanding)] = []
        try database.scan(.finding, wrap: SupervisionError.storage) {
            (key, row) throws(SupervisionError) in
            guard let finding = Digest(key) else { throw .damaged(table: "finding", key: key) }
            all.append((finding, try FindingStanding(row: row, finding: finding)))
            return true
        }
        return all
    }

    /// What to submit now of the findings that this node's rules have open.
    func due(
        _ open: [LocalFinding], at now: Timestamp
    ) throws(SupervisionError) -> [Submission] {
        var submissions: [Submission] = []
        for finding in open where !handedOut.contains(finding.id) {
            guard let place = finding.runners.firstIndex(of: institution) else { continue }
            let (waited, overflow) = now.milliseconds.subtractingReportingOverflow(
                finding.found.milliseconds)
            guard overflow || waited >= Int64(place) * FindingDesk.staggerMilliseconds,
                try standing(finding.id) == nil
            else { continue }
            handedOut.insert(finding.id)
            submissions.append(submission(of: finding))
        }
        return submissions
    }

    private func submission(of finding: LocalFinding) -> Submission {
        let mark = FindingMark(
            finding: finding.id, blindedCase: blindedCase(of: finding.subject))
        return Submission(
            kind: .finding, eventTime: finding.asOf.anchored, body: .finding(mark),
            payload: Payload(
                mediaType: FindingStatement.mediaType, source: finding.statement.encode(),
                facts: []),
            recipients: finding.runners.filter { members[$0]?.sealKey != nil },
            reference: OpaqueID(prefixOf: finding.id))
    }

    /// The id of the case that findings on one subject gather in, computable by this node only.
    private func blindedCase(of subject: [UInt8]) -> OpaqueID {
        OpaqueID(
            prefixOf: HMACSHA256.authenticate(Array("custos case".utf8) + subject, key: caseKey))
    }
}
