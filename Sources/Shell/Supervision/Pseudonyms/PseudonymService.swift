public import Ledger
public import Primitives
public import Records
public import Sealing

/// The identity provider's side: names people to those who may ask, and keeps a trail of it.
///
/// Each patient of a request that is answered becomes an access entry of the provider, with the
/// asker as a subject. Practitioners are public to the members, so naming one leaves no entry.
public final class PseudonymService {
    /// How the service treats who asks.
    public struct Terms: Hashable, Sendable {
        /// Kinds of institution that may ask.
        public var askers: Set<InstitutionKind> = [
            .hospital, .pharmacy, .insurer, .regulator, .identityProvider,
        ]
        /// The epochs of the ledger: pseudonyms are given for the current one and earlier ones.
        public var epochs = Epochs(days: 0)
        /// How many names an institution may ask for at once, after a pause.
        public var burst = 4_096
        /// How many names a minute it may ask for in the long run.
        public var perMinute = 6_000

        public init() {}
    }

    /// What to do about a request.
    public struct Reply: Sendable {
        /// To be in the outbox before ``answer`` leaves.
        public let submissions: [Submission]
        public let answer: PseudonymAnswer
    }

    private let directory: IdentityDirectory
    private let provider: InstitutionID
    private let terms: Terms
    private let roster: PersonRoster?
    private var limits: [InstitutionID: RateLimit] = [:]

    public convenience init(
        directory: IdentityDirectory, provider: InstitutionID, terms: Terms = Terms()
    ) {
        self.init(directory: directory, provider: provider, terms: terms, roster: nil)
    }

    /// `roster`: where it is written down for the nodes that supervise whose keys were made.
    init(
        directory: IdentityDirectory, provider: InstitutionID, terms: Terms,
        roster: PersonRoster?
    ) {
        self.directory = directory
        self.provider = provider
        self.terms = terms
        self.roster = roster
    }

    /// Answers a request that `asker` sent at the time `now`.
    ///
    /// Persons who are not known yet are enrolled, where the request says so, and their keys are on
    /// the disk when this returns. Whoever only looks somebody up makes no key.
    ///
    /// - Throws: ``SupervisionError/malformed(what:_:)``, ``SupervisionError/sealing(_:)``.
    public func handleRequest(
        _ bytes: [UInt8], from asker: Members.Member, at now: Timestamp
    ) throws(SupervisionError) -> Reply {
        let request = try PseudonymRequest.decode(bytes)
        if let refusal = refusal(of: request, from: asker, at: now) {
            return reply(request, .refused(refusal))
        }
        var limit =
            limits[asker.id] ?? RateLimit(burst: terms.burst, perMinute: terms.perMinute)
        let pause = limit.take(request.names.count, at: now)
        limits[asker.id] = limit
        if let pause {
            return reply(request, .tooMany(retryAfterMilliseconds: UInt64(pause)))
        }
        return request.enrols
            ? try answer(request, from: asker.id, at: now)
            : try lookUp(request, from: asker.id, at: now)
    }

    private func refusal(
        of request: PseudonymRequest, from asker: Members.Member, at now: Timestamp
    ) -> String? {
        guard terms.askers.contains(asker.kind) else {
            return "a \(asker.kind.name) is not given pseudonyms here"
        }
        let current = terms.epochs.epoch(of: now)
        guard request.epoch <= current else {
            return "epoch \(request.epoch) has not begun; this is epoch \(current)"
        }
        return request.names.isEmpty ? "the request names nobody" : nil
    }

    private func answer(
        _ request: PseudonymRequest, from asker: InstitutionID, at now: Timestamp
    ) throws(SupervisionError) -> Reply {
        let patients = request.names.filter { $0.role == .patient }.map(\.identifier)
        let (known, keys) = try sealing { () throws(SealingError) in
            var known: [Bool] = []
            for patient in patients { known.append(try directory.patientKey(for: patient) != nil) }
            return (known, try directory.enrol(patients))
        }
        try roster?.enlist(directory.names(of: patients))
        let current = terms.epochs.epoch(of: now)
        var ids: [OpaqueID] = []
        var submissions: [Submission] = []
        var named: Set<OpaqueID> = []
        var next = 0
        for name in request.names {
            guard name.role == .patient else {
                ids.append(directory.regionKey.practitioner(name.identifier))
                continue
            }
            let id = keys[next].pseudonym(epoch: request.epoch)
            ids.append(id)
            // It happens now, so it stands under the pseudonym of now, whichever was asked for.
            if named.insert(id).inserted {
                submissions.append(
                    access(
                        to: keys[next].pseudonym(epoch: current), isNew: !known[next],
                        request.purpose, by: asker, at: now))
            }
            next += 1
        }
        return reply(request, .named(ids), submissions)
    }

    /// Names those who are known, and nobody else: a name that was mistyped leaves nothing behind.
    private func lookUp(
        _ request: PseudonymRequest, from asker: InstitutionID, at now: Timestamp
    ) throws(SupervisionError) -> Reply {
        let current = terms.epochs.epoch(of: now)
        var ids: [OpaqueID?] = []
        var submissions: [Submission] = []
        var named: Set<OpaqueID> = []
        for name in request.names {
            guard name.role == .patient else {
                ids.append(directory.regionKey.practitioner(name.identifier))
                continue
            }
            let key = try sealing { () throws(SealingError) in
                try directory.patientKey(for: name.identifier)
            }
            ids.append(key?.pseudonym(epoch: request.epoch))
            guard let patient = key?.pseudonym(epoch: current), named.insert(patient).inserted
            else { continue }
            submissions.append(
                access(to: patient, isNew: false, request.purpose, by: asker, at: now))
        }
        return reply(request, .found(ids), submissions)
    }

    private func access(
        to patient: OpaqueID, isNew: Bool, _ purpose: AccessHeader.Purpose,
        by asker: InstitutionID, at now: Timestamp
    ) -> Submission {
        let header = AccessHeader(
            action: isNew ? .create : .read, purpose: purpose,
            basis: purpose == .treatment ? .relationship : .legal, outcome: .success)
        return Submission.access(
            header, patient: patient, others: asker == provider ? [] : [.institution(asker)],
            object: "pseudonym", by: asker, at: now)
    }

    private func reply(
        _ request: PseudonymRequest, _ verdict: PseudonymAnswer.Verdict,
        _ submissions: [Submission] = []
    ) -> Reply {
        Reply(
            submissions: submissions, answer: PseudonymAnswer(id: request.id, verdict: verdict))
    }
}
