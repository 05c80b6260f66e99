internal import Ledger
internal import Primitives
internal import Records
internal import Sealing

/// The identity provider's side towards nodes that supervise: gives them patient keys, sealed,
/// and destroys keys for good.
///
/// Each key that is given leaves an access entry with the asker as a subject.
final class PersonKeyService {
    private let directory: IdentityDirectory
    let roster: PersonRoster
    private let provider: InstitutionID
    private let ledger: LedgerID
    private let epochs: Epochs
    /// Those who get patient keys, as the ledger has it now.
    var supervisors: Set<InstitutionID>
    /// How many rows each supervising node has said to have, in this process.
    private(set) var confirmed: [InstitutionID: UInt64] = [:]

    /// `supervisors`: those who get patient keys.
    init(
        directory: IdentityDirectory, roster: PersonRoster, provider: InstitutionID,
        ledger: LedgerID, epochs: Epochs, supervisors: Set<InstitutionID>
    ) throws(SupervisionError) {
        self.directory = directory
        self.roster = roster
        self.provider = provider
        self.ledger = ledger
        self.epochs = epochs
        self.supervisors = supervisors
        // What a crash interrupted between saying so and doing it.
        let struck = try roster.struck()
        try sealing { () throws(SealingError) in try directory.forget(named: struck) }
    }

    var hasKeysFor: [InstitutionID] { supervisors.subtracting([provider]).sorted() }

    /// The rows after a number, with their keys.
    func page(after number: UInt64) throws(SupervisionError) -> PersonKeyPage {
        let limit = PersonKeyPage.rowCountMax
        var rows: [PersonKeyPage.Row] = []
        for row in try roster.rows(after: number, limit: limit) {
            let key = try sealing { () throws(SealingError) in
                row.isStruck ? nil : try directory.patientKey(named: row.person)
            }
            rows.append(
                PersonKeyPage.Row(number: row.number, person: row.person, key: key))
        }
        return PersonKeyPage(
            rows: rows, isMore: rows.last.map { $0.number < roster.last } ?? false)
    }

    /// Answers a node that has the rows up to a number.
    func handleRequest(
        after number: UInt64, from asker: Members.Member, at now: Timestamp
    ) throws(SupervisionError) -> (answer: PersonKeyAnswer, first: [Submission]) {
        guard supervisors.contains(asker.id) else {
            return (.refused("\(asker.id) does not supervise here"), [])
        }
        guard let sealKey = asker.sealKey else {
            return (.refused("\(asker.id) has no seal key"), [])
        }
        let page = try page(after: number)
        confirmed[asker.id] = max(confirmed[asker.id] ?? 0, number)
        let sealed = try sealing { () throws(SealingError) in
            try SealedMessage(
                use: PersonKeyPage.use, ledger: ledger, sender: provider, recipient: asker.id
            ).seal(page.encode(), to: try SealPublicKey(sealKey))
        }
        return (.sealed(sealed), accesses(page.rows.compactMap(\.key), by: asker.id, at: now))
    }

    /// Destroys the keys of persons here; supervising nodes follow with their next question.
    ///
    /// - Returns: how many were known, and the accesses that destroying is.
    func forget(
        _ identifiers: [String], at now: Timestamp
    ) throws(SupervisionError) -> (count: Int, first: [Submission]) {
        let names = Array(Set(directory.names(of: identifiers))).sorted()
        var known: [Digest] = []
        var pseudonyms: [OpaqueID] = []
        for name in names {
            let key = try sealing { () throws(SealingError) in
                try directory.patientKey(named: name)
            }
            guard let key else { continue }
            known.append(name)
            pseudonyms.append(key.pseudonym(epoch: epochs.epoch(of: now)))
        }
        try roster.strike(known)
        try sealing { () throws(SealingError) in try directory.forget(named: Set(known)) }
        return (known.count, accesses(of: pseudonyms, .delete, by: provider, at: now))
    }

    private func accesses(
        _ keys: [PatientKey], by asker: InstitutionID, at now: Timestamp
    ) -> [Submission] {
        let epoch = epochs.epoch(of: now)
        return accesses(of: keys.map { $0.pseudonym(epoch: epoch) }, .read, by: asker, at: now)
    }

    /// Accesses to patient keys, one for each patient: an entry that named several would say that
    /// they became known together.
    private func accesses(
        of patients: [OpaqueID], _ action: AccessHeader.Action, by asker: InstitutionID,
        at now: Timestamp
    ) -> [Submission] {
        let header = AccessHeader(
            action: action, purpose: .supervision, basis: .legal, outcome: .success)
        return patients.map { patient in
            Submission.access(
                header, patient: patient, others: asker == provider ? [] : [.institution(asker)],
                object: "patient key", by: asker, at: now)
        }
    }
}
