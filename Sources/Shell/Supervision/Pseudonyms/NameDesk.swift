internal import Ledger
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
    private let epochs: Epochs
    private var wanted: [Wish: [LocalName]] = [:]
    private var underWay: PseudonymRequest?
    private var refusal: String?
    /// Who was looked up and is not known, until it has been said once to who asked.
    private var strangers: [Wish: Set<LocalName>] = [:]
    private var pauseUntil: Timestamp?

    /// What names are wanted for: a question to the provider is for one of these.
    private struct Wish: Hashable, Comparable {
        let purpose: AccessHeader.Purpose
        let epoch: UInt32
        let enrols: Bool

        static func < (left: Wish, right: Wish) -> Bool {
            (left.purpose.rawValue, left.epoch, left.enrols ? 1 : 0)
                < (right.purpose.rawValue, right.epoch, right.enrols ? 1 : 0)
        }

        init(purpose: AccessHeader.Purpose, epoch: UInt32, enrols: Bool) {
            self.purpose = purpose
            self.epoch = epoch
            self.enrols = enrols
        }

        init(_ request: PseudonymRequest) {
            self.init(purpose: request.purpose, epoch: request.epoch, enrols: request.enrols)
        }
    }

    /// The most names that wait for the provider, for one purpose and epoch.
    private static let wantedCountMax = 65_536

    init(
        institution: InstitutionID, client: PseudonymClient, provider: InstitutionID?,
        service: PseudonymService?, random: RandomBytes, epochs: Epochs
    ) {
        self.institution = institution
        self.client = client
        self.provider = provider
        self.service = service
        self.random = random
        self.epochs = epochs
    }

    /// What came of asking for names here.
    enum Outcome {
        /// Ids in the order of the names, nil where they are still asked for.
        case ids([OpaqueID?], first: [Submission])
        /// The same where some were looked up whom nobody knows.
        case strangers(Set<LocalName>, [OpaqueID?], first: [Submission])
        case refused(String)
    }

    /// The ids of names in an epoch; nil is the current one.
    ///
    /// `enrols`: whether a key is made for who is not known.
    func ids(
        of names: [LocalName], in epoch: UInt32?, purpose: AccessHeader.Purpose, enrols: Bool,
        by member: Members.Member?, at now: Timestamp
    ) throws(SupervisionError) -> Outcome {
        let wish = Wish(
            purpose: purpose, epoch: epoch ?? epochs.epoch(of: now), enrols: enrols)
        let epoch = wish.epoch
        let known = try client.known(names, epoch: epoch)
        let missing = zip(names, known).filter { $1 == nil }.map(\.0)
        guard !missing.isEmpty else { return .ids(known, first: []) }
        if let service, let member {
            return try ask(service, names, wish, member, now)
        }
        guard provider != nil else {
            return .refused("no identity provider is configured on this node")
        }
        if let refusal {
            self.refusal = nil
            return .refused(refusal)
        }
        if let unknown = strangers[wish], unknown.isSuperset(of: missing) {
            strangers[wish] = nil
            return .strangers(unknown.intersection(missing), known, first: [])
        }
        want(missing.filter { strangers[wish]?.contains($0) != true }, wish)
        return .ids(known, first: [])
    }

    /// The provider asks itself, under the same terms, and remembers the answer alike.
    private func ask(
        _ service: PseudonymService, _ names: [LocalName], _ wish: Wish,
        _ member: Members.Member, _ now: Timestamp
    ) throws(SupervisionError) -> Outcome {
        let epoch = wish.epoch
        guard
            let request = try client.request(
                for: names, epoch: epoch, purpose: wish.purpose, id: freshID(),
                enrols: wish.enrols)
        else { return .ids(try client.known(names, epoch: epoch), first: []) }
        let reply = try service.handleRequest(request.encode(), from: member, at: now)
        switch try client.handleAnswer(reply.answer.encode(), to: request) {
        case .named:
            return .ids(try client.known(names, epoch: epoch), first: reply.submissions)
        case .found(let ids):
            return .strangers(
                NameDesk.strangers(request, ids), try client.known(names, epoch: epoch),
                first: reply.submissions)
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

    private func want(_ names: [LocalName], _ wish: Wish) {
        var waiting = wanted[wish] ?? []
        var seen = Set(waiting)
        for name in names
        where waiting.count < NameDesk.wantedCountMax && seen.insert(name).inserted {
            waiting.append(name)
        }
        wanted[wish] = waiting
    }

    /// The next question to a peer, if it is the provider and names are wanted of it.
    func question(to peer: InstitutionID, at now: Timestamp) throws(SupervisionError) -> [UInt8]? {
        guard peer == provider, peer != institution else { return nil }
        if let pauseUntil, now < pauseUntil { return nil }
        for (wish, names) in wanted.sorted(by: { $0.key < $1.key }) {
            guard !names.isEmpty else {
                wanted[wish] = nil
                continue
            }
            let request = try client.request(
                for: Array(names.prefix(PseudonymRequest.nameCountMax)), epoch: wish.epoch,
                purpose: wish.purpose, id: freshID(), enrols: wish.enrols)
            guard let request else {
                wanted[wish] = Array(names.dropFirst(PseudonymRequest.nameCountMax))
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
        case .found(let ids):
            let wish = Wish(request)
            // Whoever asked may not come again: what nobody fetches does not pile up.
            if strangers[wish]?.count ?? 0 > NameDesk.wantedCountMax { strangers[wish] = nil }
            strangers[wish, default: []].formUnion(NameDesk.strangers(request, ids))
            settle(request)
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
        wanted[Wish(request)]?.removeAll(where: settled.contains)
    }

    private static func strangers(
        _ request: PseudonymRequest, _ ids: [OpaqueID?]
    ) -> Set<LocalName> {
        Set(zip(request.names, ids).filter { $1 == nil }.map(\.0))
    }

    private func freshID() throws(SupervisionError) -> OpaqueID {
        guard let id = OpaqueID(random.bytes(OpaqueID.byteCount)) else {
            throw .unasked(what: "random id")
        }
        return id
    }
}
