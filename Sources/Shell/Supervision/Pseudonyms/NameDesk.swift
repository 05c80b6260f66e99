internal import Primitives
internal import Records
internal import Sealing

/// Gets ids for names, from the identity provider or, on its own node, from the directory.
///
/// Asking is not answered at once: names that are not known go into a question to the provider,
/// and who wants them asks again.
final class NameDesk {
    private let institution: InstitutionID
    private let client: PseudonymClient
    private let provider: InstitutionID?
    private let service: PseudonymService?
    private let random: RandomBytes
    private let epoch: UInt32
    private var wanted: [AccessHeader.Purpose: [LocalName]] = [:]
    private var underWay: PseudonymRequest?
    private var refusal: String?
    private var pauseUntil: Timestamp?

    /// The most names that wait for the provider.
    private static let wantedCountMax = 65_536

    init(
        institution: InstitutionID, client: PseudonymClient, provider: InstitutionID?,
        service: PseudonymService?, random: RandomBytes, epoch: UInt32
    ) {
        self.institution = institution
        self.client = client
        self.provider = provider
        self.service = service
        self.random = random
        self.epoch = epoch
    }

    /// What came of asking for names here.
    enum Outcome {
        /// Ids in the order of the names, nil where they are still asked for.
        case ids([OpaqueID?], first: [Submission])
        case refused(String)
    }

    func ids(
        of names: [LocalName], purpose: AccessHeader.Purpose, by member: Members.Member?,
        at now: Timestamp
    ) throws(SupervisionError) -> Outcome {
        let known = try client.known(names, epoch: epoch)
        let missing = zip(names, known).filter { $1 == nil }.map(\.0)
        guard !missing.isEmpty else { return .ids(known, first: []) }
        if let service, let member {
            return try ask(service, names, purpose, member, now)
        }
        guard provider != nil else {
            return .refused("no identity provider is configured on this node")
        }
        if let refusal {
            self.refusal = nil
            return .refused(refusal)
        }
        want(missing, purpose)
        return .ids(known, first: [])
    }

    /// The provider asks itself, under the same terms, and remembers the answer alike.
    private func ask(
        _ service: PseudonymService, _ names: [LocalName], _ purpose: AccessHeader.Purpose,
        _ member: Members.Member, _ now: Timestamp
    ) throws(SupervisionError) -> Outcome {
        guard
            let request = try client.request(
                for: names, epoch: epoch, purpose: purpose, id: freshID())
        else { return .ids(try client.known(names, epoch: epoch), first: []) }
        let reply = try service.handleRequest(request.encode(), from: member, at: now)
        switch try client.handleAnswer(reply.answer.encode(), to: request) {
        case .named:
            return .ids(try client.known(names, epoch: epoch), first: reply.submissions)
        case .tooMany: return .ids(try client.known(names, epoch: epoch), first: [])
        case .refused(let reason): return .refused(reason)
        }
    }

    /// Answers another node, where this one is the identity provider.
    func handleRequest(
        _ bytes: [UInt8], from member: Members.Member, at now: Timestamp
    ) throws(SupervisionError) -> PseudonymService.Reply {
        guard let service else { throw .notProvider(institution) }
        return try service.handleRequest(bytes, from: member, at: now)
    }

    private func want(_ names: [LocalName], _ purpose: AccessHeader.Purpose) {
        var waiting = wanted[purpose] ?? []
        var seen = Set(waiting)
        for name in names
        where waiting.count < NameDesk.wantedCountMax && seen.insert(name).inserted {
            waiting.append(name)
        }
        wanted[purpose] = waiting
    }

    /// The next question to a peer, if it is the provider and names are wanted of it.
    func question(to peer: InstitutionID, at now: Timestamp) throws(SupervisionError) -> [UInt8]? {
        guard peer == provider, peer != institution else { return nil }
        if let pauseUntil, now < pauseUntil { return nil }
        for purpose in AccessHeader.Purpose.allCases {
            guard let names = wanted[purpose], !names.isEmpty else { continue }
            let request = try client.request(
                for: Array(names.prefix(PseudonymRequest.nameCountMax)), epoch: epoch,
                purpose: purpose, id: freshID())
            guard let request else {
                wanted[purpose] = Array(names.dropFirst(PseudonymRequest.nameCountMax))
                return try question(to: peer, at: now)
            }
            underWay = request
            return request.encode()
        }
        return nil
    }

    /// Takes the provider's answer to the last question.
    func handleAnswer(_ bytes: [UInt8], at now: Timestamp) throws(SupervisionError) {
        guard let request = underWay else { throw .unasked(what: "pseudonym answer") }
        underWay = nil
        switch try client.handleAnswer(bytes, to: request) {
        case .named: settle(request)
        case .tooMany(let pause):
            let (time, overflow) = now.milliseconds.addingReportingOverflow(
                Int64(clamping: pause))
            pauseUntil = Timestamp(milliseconds: overflow ? .max : time)
        case .refused(let reason):
            refusal = reason
            settle(request)
        }
    }

    private func settle(_ request: PseudonymRequest) {
        let settled = Set(request.names)
        wanted[request.purpose]?.removeAll(where: settled.contains)
    }

    private func freshID() throws(SupervisionError) -> OpaqueID {
        guard let id = OpaqueID(random.bytes(OpaqueID.byteCount)) else {
            throw .unasked(what: "random id")
        }
        return id
    }
}
