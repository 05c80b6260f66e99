internal import Ledger
public import Primitives
public import Proofs
public import Records
internal import RuleEngine

extension Supervisor {
    /// Answers the operator at the time `now`.
    ///
    /// Asking the ledger is an access: its entry is in the outbox before the answer leaves.
    public func control(
        _ request: [UInt8], at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        switch try DeskRequest.decode(request) {
        case .status: return DeskReply(try status().encode())
        case .trail(let query):
            return DeskReply(
                try entries.answer(query).encode(), first: traces(of: query, at: now))
        case .findings(let place): return DeskReply(try findings(after: place).encode())
        case .explain(let finding): return DeskReply(try explain(finding).encode())
        case .whyNot(let rule, let subject, let day):
            return try whyNot(rule, subject, day, at: now)
        case .screen(let question): return DeskReply(try screen(question).encode())
        case .erase(let leaves, let ground): return try erase(leaves, ground: ground, at: now)
        case .backTest, .backTestTable:
            guard let job = try job(for: request) else { throw .unasked(what: "back-test") }
            return DeskReply(try finish(job))
        case .erasure(let leaf):
            return DeskReply(try erasureStatus(of: leaf, at: now).encode())
        case .bundle(let finding): return DeskReply(try bundleParts(of: finding).encode())
        case .names(let wanted, let purpose, let epoch, let enrols):
            return try names(wanted, purpose, epoch, enrols: enrols, at: now)
        case .spans(let patient, let epochs, let purpose):
            return try spans(patient, epochs, purpose, at: now)
        case .forgetPersons(let identifiers):
            return try forgetPersons(identifiers, at: now)
        case .disclose(let leaf, let kinds): return try disclose(leaf, kinds, at: now)
        case .identities: return try identitiesReply()
        case .cases(let blindedCase): return DeskReply(try cases(blindedCase).encode())
        case .mismatches:
            let lines = try payloads.mismatches().map { mismatch in
                "\(mismatch.noticed) \(mismatch.issuer) number \(mismatch.number), "
                    + "commitment \(mismatch.commitment): \(mismatch.reason). \(mismatch.detail)"
            }
            return DeskReply(Array(lines.joined(separator: "\n").utf8))
        }
    }

    /// The access that asking the ledger is, whomever it asks about.
    public func traces(
        ofAsking query: Query, _ purpose: AccessHeader.Purpose, at now: Timestamp
    ) -> [Submission] {
        let trace = QueryTrace(query, by: institution, purpose: purpose)
        let patient = trace.patient.map { identities.book.pseudonym(of: $0, at: now) ?? $0 }
        return [trace.submission(patient: patient, at: now)]
    }

    func traces(of query: TrailQuery, at now: Timestamp) -> [Submission] {
        traces(ofAsking: query.asQuery, .supervision, at: now)
    }

    private func names(
        _ wanted: [LocalName], _ purpose: AccessHeader.Purpose, _ epoch: UInt32?, enrols: Bool,
        at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        let outcome = try names.ids(
            of: wanted, in: epoch, purpose: purpose, enrols: enrols, by: members[institution],
            at: now)
        switch outcome {
        case .ids(let ids, let first):
            return DeskReply(NamesAnswer(ids: ids).encode(), first: first)
        case .strangers(let strangers, let ids, let first):
            let unknown = wanted.indices.filter { strangers.contains(wanted[$0]) }
            return DeskReply(NamesAnswer(ids: ids, unknown: unknown).encode(), first: first)
        case .refused(let reason):
            return DeskReply(
                NamesAnswer(ids: wanted.map { _ in nil }, refusal: reason).encode())
        }
    }

    /// How supervision on this node stands, in numbers.
    public func status() throws(SupervisionError) -> DeskStatus {
        var status = DeskStatus()
        status.height = height
        status.awaitedCount = UInt64(try payloads.awaitedLeaves().count)
        status.waitingCount = UInt64(try deliveries.waiting().reduce(0) { $0 + $1.count })
        status.mismatchCount = UInt64(try payloads.mismatches().count)
        status.refusedCount = UInt64(try deliveries.refusedCount())
        status.orphanCount = UInt64(try payloads.orphans().count)
        let counts = try desk.counts()
        status.standingCount = UInt64(counts.standing)
        status.withdrawnCount = UInt64(counts.withdrawn)
        status.openCount = UInt64(rules?.open.count ?? 0)
        status.rules = rules?.standings() ?? []
        status.tables = tableStandings()
        return status
    }

    /// How the knowledge tables that the ledger names fare here, by name.
    private func tableStandings() -> [DeskStatus.TableStanding] {
        guard let rules, let shelf else { return [] }
        return rules.tables.map { version in
            var problem = ""
            var here = tableRequests?.byteCount(of: version.hash) ?? 0
            do throws(RuleRefusal) {
                if let table = try shelf.table(version.hash) {
                    here = UInt64(table.byteCount)
                } else {
                    problem = "it has not come yet"
                }
            } catch {
                problem = error.reason
            }
            return DeskStatus.TableStanding(
                table: version, byteCount: here, ruleCount: rules.ruleCount(of: version),
                problem: problem)
        }
    }
}
