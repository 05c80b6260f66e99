public import Ledger
public import Primitives
public import Records
public import Sealing
internal import Storage

/// Everything that a node keeps and does beside the ledger: payloads, facts, rules, findings.
///
/// It has no socket, loop or clock. One thread owns it and tells it what happened; what it
/// returns is for the node to carry out.
///
/// The node hands over every committed block, once it is on the node's disk, from the one after
/// ``height`` on: after a crash that may be a block that was handed over before.
public final class Supervisor {
    public let institution: InstitutionID
    /// The committed entries, and what of them this institution may open.
    public let entries: EntryStore
    public let payloads: PayloadStore
    public let deliveries: DeliveryQueue
    public let pseudonyms: PseudonymClient
    /// Who takes part as far as is known: by these it is sealed.
    public private(set) var members: Members

    let names: NameDesk
    let identities: IdentityParts
    let epochs: Epochs
    let desk: FindingDesk
    let press: FindingPress
    let erasures: ErasureDesk
    let noticeBook: NoticeBook
    let caseDesk: CaseDesk
    let noticeAfterMilliseconds: Int64
    private var lastNotices: Timestamp?
    let rules: RuleHost?
    private let ruleRequests: RuleRequests?
    let tableRequests: TableRequests?
    let shelf: TableShelf?
    let rulesFolder: String?
    private let gateway: Gateway
    private let receiver: PayloadReceiver
    private let database: SupervisionDatabase
    private var charters: CharterTimeline
    private var underWay: [InstitutionID: Question] = [:]
    /// Until when recipients are left alone that have no room for payloads.
    private var pauses: [InstitutionID: Timestamp] = [:]

    /// How long a recipient that has no room is left alone, in milliseconds.
    private static let pauseMilliseconds: Int64 = 1_000

    /// What was asked of a peer last.
    private enum Question {
        case delivery
        case pseudonyms
        case personKeys
        case rules
        case table(TableQuestion)
    }

    /// Opens what lies in the folders, or makes it.
    public init(_ settings: SupervisorSettings) throws(SupervisionError) {
        let ledger = settings.genesis.ledger
        institution = settings.institution
        charters = settings.charters
        members = Members(charters.current.institutions)
        let keys = try sealing { () throws(SealingError) in
            try KeyStore(
                folder: settings.folder + "/keys", keyFolder: settings.keyFolder + "/payloads",
                random: settings.random)
        }
        database = try storage { () throws(StorageError) in
            try SupervisionDatabase(
                path: settings.folder + "/rows", residentBytesMax: settings.residentBytesMax,
                fault: settings.fault)
        }
        let secret = try LocalSecret(
            path: settings.keyFolder + "/local.key", random: settings.random)
        payloads = try PayloadStore(
            ledger: ledger, institution: institution, database: database, keys: keys)
        entries = try EntryStore(
            database: database, payloads: payloads, institution: institution)
        gateway = Gateway(
            ledger: ledger, institution: institution, policy: settings.policy,
            database: database, payloads: payloads, random: settings.random)
        deliveries = DeliveryQueue(
            ledger: ledger, institution: institution, database: database, payloads: payloads)
        receiver = PayloadReceiver(
            ledger: ledger, institution: institution,
            sealKeys: [settings.sealKey] + settings.furtherSealKeys, database: database,
            payloads: payloads, entries: entries)
        pseudonyms = PseudonymClient(
            database: database, key: secret.key(for: "custos pseudonym cache"))
        desk = try FindingDesk(institution: institution, database: database)
        press = FindingPress(
            institution: institution, desk: desk, caseKey: secret.key(for: "custos case"))
        erasures = ErasureDesk(
            institution: institution, database: database)
        noticeBook = NoticeBook(institution: institution, database: database)
        caseDesk = CaseDesk(database: database, entries: entries)
        noticeAfterMilliseconds = settings.noticeAfterMilliseconds
        epochs = settings.epochs
        identities = try settings.identities(database)
        shelf = settings.rulesFolder.map(TableShelf.init(folder:))
        rules = try settings.ruleHost(identities.book, shelf)
        rulesFolder = settings.rulesFolder
        ruleRequests = settings.rulesFolder.map(RuleRequests.init(folder:))
        ruleRequests?.follow(charters)
        tableRequests = shelf.map(TableRequests.init(shelf:))
        tableRequests?.follow(charters)
        names = NameDesk(
            institution: institution, client: pseudonyms, provider: settings.provider,
            service: identities.naming, random: settings.random, epochs: epochs)
    }

    /// Takes over who takes part and which rules are in force, at each height so far.
    public func follow(_ charters: CharterTimeline) {
        self.charters = charters
        members = Members(charters.current.institutions)
        identities.follow(SupervisorSettings.supervisors(of: charters.current), institution)
        rules?.follow(charters)
        ruleRequests?.follow(charters)
        tableRequests?.follow(charters)
    }

    /// Takes in further keys that payloads may be sealed to.
    public func hold(_ sealKeys: [SealSecretKey]) {
        receiver.hold(sealKeys)
    }

    /// The last block that was taken in.
    public var height: Height { entries.mark.height }

    /// The last block up to which the rules have seen all that is sealed to this institution:
    /// payloads come beside the ledger, so they may lag behind ``height``.
    public var rulesHeight: Height { rules?.wholeThrough ?? height }

    /// Seals submissions and keeps what is needed to open and deliver them, in two synced writes.
    ///
    /// All of them or none; many at once share the wait for the disk.
    public func prepare(
        _ submissions: [Submission]
    ) throws(SupervisionError) -> [PreparedEntry] {
        try gateway.prepare(submissions, members: members)
    }

    /// Takes in a committed block: one synced write group, then the rules.
    ///
    /// A block that was taken in before changes nothing. Where further ones wait already (`isLast`
    /// is false) the rules are left behind: what others wait for comes of blocks, and not of rules.
    ///
    /// - Returns: what this institution has to say to it: findings.
    /// - Throws: ``SupervisionError/outOfOrder(height:expected:)`` where blocks are missing.
    public func committed(
        _ block: CommittedBlock, isLast: Bool = true
    ) throws(SupervisionError) -> [Submission] {
        guard try entries.isNext(block) else { return [] }
        var group = WriteGroup()
        entries.add(block, to: &group)
        for item in block.entries {
            try payloads.settle(item, to: &group)
            deliveries.add(item, to: &group)
        }
        let findings = try desk.add(block, to: &group)
        let charter = charters.charter(at: block.height)
        try erasures.add(block, charter, to: &group)
        try caseDesk.add(block, charter, to: &group)
        noticeBook.add(block, to: &group)
        try storage { () throws(StorageError) in try database.write(group) }
        entries.advance(to: block)
        desk.advance(to: findings)
        press.look(at: findings.keys)
        if !isLast { rules?.leaveBehind() }
        // Where the rules lag, blocks and those who deliver do not wait for them.
        return try (areRulesBehind ? [] : runRules()) + interruptedErasures()
            + dueNotices(at: block.anchored)
    }

    /// Whether there is more that the rules can be handed now: ``goOn()`` hands it to them.
    public var areRulesBehind: Bool { rules?.isBehind ?? false }

    /// Hands to the rules some of what they have not seen.
    ///
    /// - Returns: what this institution has to say to it: findings.
    public func goOn() throws(SupervisionError) -> [Submission] { try runRules() }

    /// Looks now and then what must be noticed: a tenth of the time that a payload may take.
    private func dueNotices(at now: Timestamp) throws(SupervisionError) -> [Submission] {
        if let lastNotices, !now.isLater(than: lastNotices, by: noticeAfterMilliseconds / 10) {
            return []
        }
        lastNotices = now
        return try notices(at: now)
    }

    /// Hands what is new to the rules, and says what they have to say to the ledger.
    private func runRules() throws(SupervisionError) -> [Submission] {
        _ = try identities.people?.takeOwn()
        guard let rules else { return [] }
        try rules.advance(entries) { () throws(SupervisionError) in try standingFindings() }
        press.look(at: rules.takeChanged())
        return try withdrawals(rules)
            + press.due(rules.open, members: members, at: entries.mark.anchored)
    }

    /// Answers another node at the time `now`: a delivery of payloads, or a request for ids.
    ///
    /// - Throws: ``SupervisionError`` for what cannot be answered; nothing is stored then.
    public func answer(
        _ question: [UInt8], from peer: InstitutionID, at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        switch try PeerQuestion.decode(question) {
        case .delivery(let bytes):
            let reception = try receiver.handleDelivery(bytes, from: peer, at: now)
            let mark = entries.mark
            for item in reception.arrived { rules?.arrived(item.leafIndex, at: mark.anchored) }
            rules?.delivered(reception.answer, at: mark.anchored)
            let findings = reception.arrived.isEmpty || areRulesBehind ? [] : try runRules()
            return DeskReply(reception.answer.encode(), first: findings)
        case .pseudonyms(let bytes):
            guard let member = members[peer] else {
                throw .recipient(peer, why: "is not a member")
            }
            let reply = try names.handleRequest(bytes, from: member, at: now)
            return DeskReply(reply.answer.encode(), first: reply.submissions)
        case .personKeys(let number):
            guard let member = members[peer] else {
                throw .recipient(peer, why: "is not a member")
            }
            guard let service = identities.keys else { throw .notProvider(institution) }
            let reply = try service.handleRequest(after: number, from: member, at: now)
            return DeskReply(reply.answer.encode(), first: reply.first)
        case .rules(let hashes):
            return DeskReply(PeerQuestion.answer(rules: try ruleRequests?.answer(hashes) ?? []))
        case .table(let question):
            return DeskReply((tableRequests?.answer(question) ?? .nothing).encode())
        }
    }

    /// What is to be asked of a peer now, or nil: ids first, then patient keys, then payloads are
    /// delivered.
    ///
    /// One question to a peer is under way at a time; one that was not answered comes again.
    public func outgoing(
        to peer: InstitutionID, at now: Timestamp
    ) throws(SupervisionError) -> [UInt8]? {
        if let question = try names.question(to: peer, at: now) {
            underWay[peer] = .pseudonyms
            return PeerQuestion.pseudonyms(question).encode()
        }
        if let number = identities.people?.question(to: peer, at: now) {
            underWay[peer] = .personKeys
            return PeerQuestion.personKeys(after: number).encode()
        }
        if let end = pauses[peer], now < end { return nil }
        if let delivery = try deliveries.next(for: peer, members: members) {
            underWay[peer] = .delivery
            return PeerQuestion.delivery(delivery.encoded).encode()
        }
        if let hashes = ruleRequests?.question(to: peer, at: height) {
            underWay[peer] = .rules
            return PeerQuestion.rules(hashes).encode()
        }
        if let question = tableRequests?.question(to: peer, at: height) {
            underWay[peer] = .table(question)
            return PeerQuestion.table(question).encode()
        }
        return nil
    }

    /// Takes a peer's answer to the last question.
    public func answered(
        _ answer: [UInt8], by peer: InstitutionID, at now: Timestamp
    ) throws(SupervisionError) {
        switch underWay.removeValue(forKey: peer) {
        case .delivery:
            let hasRoom = try deliveries.handleAnswer(answer, from: peer)
            pauses[peer] =
                hasRoom
                ? nil
                : Timestamp(milliseconds: now.milliseconds + Supervisor.pauseMilliseconds)
        case .pseudonyms: try names.handleAnswer(answer, at: now)
        case .rules:
            let found = try PeerQuestion.rules(inAnswer: answer)
            if try ruleRequests?.take(found, from: peer) ?? false { rules?.beginAnew() }
        case .table(let question):
            let isNew = try tableRequests?.take(
                try TableAnswer.decode(answer), to: question, from: peer)
            if isNew ?? false { rules?.beginAnew() }
        case .personKeys: _ = try identities.people?.handleAnswer(answer)
        case nil: throw .unasked(what: "answer")
        }
    }
}
