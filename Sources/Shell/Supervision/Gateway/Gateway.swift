internal import Findings
public import Primitives
internal import Proofs
public import Records
internal import Sealing
internal import Storage

/// The issuer's side: makes entries of submissions, and seals what they carry.
///
/// What ``prepare(_:members:)`` returns is on the disk: keys first, then sealed payloads. A crash
/// between them leaves a key without a payload; a crash after them leaves a payload without an
/// entry. Neither was acknowledged, and ``PayloadStore/orphans()`` counts the latter.
public final class Gateway {
    public let institution: InstitutionID
    private let ledger: LedgerID
    private let policy: RecipientPolicy
    private let database: SupervisionDatabase
    private let payloads: PayloadStore
    private let random: RandomBytes

    init(
        ledger: LedgerID, institution: InstitutionID, policy: RecipientPolicy,
        database: SupervisionDatabase, payloads: PayloadStore, random: RandomBytes
    ) {
        self.ledger = ledger
        self.institution = institution
        self.policy = policy
        self.database = database
        self.payloads = payloads
        self.random = random
    }

    /// Seals submissions and keeps what is needed to open and deliver them, in two synced writes.
    ///
    /// All of them or none: where one cannot become an entry, nothing is kept. One that bears the
    /// reference of an earlier one is answered with that one's entry.
    public func prepare(
        _ submissions: [Submission], members: Members
    ) throws(SupervisionError) -> [PreparedEntry] {
        var prepared: [PreparedEntry] = []
        prepared.reserveCapacity(submissions.count)
        var sealed: [SealedPayload] = []
        var group = WriteGroup()
        var references: [OpaqueID: PreparedEntry] = [:]
        for submission in submissions {
            if let reference = submission.reference,
                let earlier = try earlier(reference, in: references)
            {
                prepared.append(earlier)
                continue
            }
            let (entry, payload) = try seal(submission, members: members)
            if let payload {
                payloads.addOwn(payload, to: &group)
                sealed.append(payload)
            }
            let item = PreparedEntry(entry)
            if let reference = submission.reference {
                group.put(Table.reference.key(reference.bytes), item.row)
                references[reference] = PreparedEntry(entry, isRepeated: true)
            }
            prepared.append(item)
        }
        try payloads.keepKeys(
            sealed.map {
                PayloadStore.keyRow(
                    $0.key, PayloadName($0.commitment, of: institution), sealed: $0.digest)
            })
        try storage { () throws(StorageError) in try database.write(group) }
        return prepared
    }

    private func earlier(
        _ reference: OpaqueID, in references: [OpaqueID: PreparedEntry]
    ) throws(SupervisionError) -> PreparedEntry? {
        if let known = references[reference] { return known }
        let row = try storage { () throws(StorageError) in
            try database.get(Table.reference.key(reference.bytes))
        }
        guard let row else { return nil }
        return try PreparedEntry(row: row, reference: reference)
    }

    /// The payload with a fresh salt for each segment.
    private func salted(_ payload: Payload) -> Payload {
        Payload(
            mediaType: payload.mediaType, source: payload.source, facts: payload.facts,
            segments: payload.segments.map {
                $0.salted(random.bytes(Segment.saltByteCount))
            })
    }

    /// What the entry shows of a record: a submission cannot know the root, only what it follows.
    private func record(of payload: Payload, following body: EntryBody?) -> RecordBody {
        let root = SegmentTree(payload.segments).root
        guard case .record(let submitted) = body else { return RecordBody(root: root) }
        return RecordBody(
            root: root, version: submitted.version, previous: submitted.previous)
    }

    private func seal(
        _ submission: Submission, members: Members
    ) throws(SupervisionError) -> (Entry, SealedPayload?) {
        guard submission.kind != .void else { throw .voidIsTheOutboxs }
        var entry = Entry(
            kind: submission.kind, issuer: institution, stream: StreamID(0), number: 1,
            eventTime: submission.eventTime, subjects: submission.subjects,
            access: submission.access, body: submission.body)
        var sealed: SealedPayload?
        switch (submission.kind.hasPayload(saying: submission.body), submission.payload) {
        case (true, let submitted?):
            let payload = salted(submitted)
            if submission.kind == .record, !payload.segments.isEmpty {
                entry.body = .record(record(of: payload, following: submission.body))
            }
            entry.recipients = try policy.recipients(
                of: submission, issuer: institution, among: members)
            do throws(PayloadProblem) {
                try PayloadCheck.checkFacts(of: payload, entry: entry)
            } catch {
                throw .evidence(error)
            }
            let made = try sealing { () throws(SealingError) in
                try SealedPayload(sealing: payload.encode(), ledger: ledger, random: random)
            }
            entry.commitment = made.commitment
            entry.sealedPayload = made.digest
            sealed = made
        case (false, nil): break
        case (true, nil): throw .payload(submission.kind, isWanted: true)
        case (false, .some): throw .payload(submission.kind, isWanted: false)
        }
        do throws(EntryError) {
            try entry.checkShape()
            _ = try Entry.decode(entry.encode())
        } catch {
            throw .submission(error)
        }
        return (entry, sealed)
    }
}
