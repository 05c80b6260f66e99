public import Ledger
public import Primitives
public import Sealing
internal import Storage

/// Where a supervisor keeps things, who it works for, and how.
public struct SupervisorSettings: Sendable {
    public var genesis: Genesis
    /// The institutions and the rules of the ledger, at each height so far.
    public var charters: CharterTimeline
    public var institution: InstitutionID
    /// The folder of its data base and of its encrypted keys.
    public var folder: String
    /// The folder of the node keys, which belongs on no backup.
    public var keyFolder: String
    public var sealKey: SealSecretKey
    /// Keys that payloads were or will be sealed to, as the ledger changes the institution's.
    public var furtherSealKeys: [SealSecretKey] = []
    public var policy = RecipientPolicy.standard
    /// The folder of canonical rules and knowledge tables; nil where this node keeps none.
    public var rulesFolder: String?
    /// Makes what runs the rules, in place of the engine over the rules' folder.
    public var runner: RunnerMaker?
    /// How long an awaited payload holds back the rules, in milliseconds of block time: longer than
    /// an issuer under load takes, since whatever comes later lets them begin anew.
    public var patienceMilliseconds: Int64 = 180_000
    /// How many entries are handed to the rules at a time, so that who waits for this node in the
    /// meantime is answered.
    public var entriesAtATime: UInt64 = 4_096
    /// After how long a payload that has not come is noticed on the ledger, in milliseconds of
    /// block time: a day.
    public var noticeAfterMilliseconds: Int64 = 86_400_000
    /// Who names people by ids; this institution itself where it is the identity provider.
    public var provider: InstitutionID?
    public var terms = PseudonymService.Terms()
    /// How much of its data base's files may be resident in memory.
    public var residentBytesMax = DatabaseOptions().residentBytesMax
    public var random = RandomBytes.system
    /// For tests of what a crash leaves.
    public var fault: WriteFault?

    public init(
        genesis: Genesis, institution: InstitutionID, folder: String, keyFolder: String,
        sealKey: SealSecretKey
    ) {
        self.genesis = genesis
        charters = CharterTimeline(genesis)
        self.institution = institution
        self.folder = folder
        self.keyFolder = keyFolder
        self.sealKey = sealKey
    }

    /// Makes a runner of rules with the knowledge tables that the ledger names, and says of those
    /// that cannot run, by hash, why not.
    public typealias RunnerMaker =
        @Sendable ([RuleVersion], [TableVersion]) throws(SupervisionError) -> (
            runner: any RuleRunner, problems: [Digest: String]
        )

    func ruleHost(
        _ people: PersonBook, _ shelf: TableShelf?
    ) throws(SupervisionError) -> RuleHost? {
        guard let make = runner ?? shelf.map(SupervisorSettings.engine) else { return nil }
        return try RuleHost(
            charters: charters, institution: institution, people: people,
            patienceMilliseconds: patienceMilliseconds, entriesAtATime: entriesAtATime,
            make: make)
    }

    /// The epochs of pseudonyms, which the genesis fixes.
    var epochs: Epochs { Epochs(genesis.parameters) }

    private static func engine(_ shelf: TableShelf) -> RunnerMaker {
        { (versions: [RuleVersion], tables: [TableVersion]) throws(SupervisionError) in
            try EngineRunner.make(versions, tables: tables, shelf: shelf)
        }
    }

    /// Who gets the keys of patients: regulators, and those who run rules.
    var supervisors: Set<InstitutionID> { SupervisorSettings.supervisors(of: charters.current) }

    static func supervisors(of charter: Charter) -> Set<InstitutionID> {
        var supervisors = Set((charter.rules + charter.trials).flatMap(\.runners))
        for member in charter.institutions where member.kind == .regulator {
            supervisors.insert(member.id)
        }
        return supervisors
    }

    /// The parts of a desk that have to do with who is who.
    func identities(
        _ database: SupervisionDatabase
    ) throws(SupervisionError) -> IdentityParts {
        var parts = IdentityParts(
            book: PersonBook(epochs: epochs, keyring: nil, provider: provider))
        if provider == institution {
            let directory = try sealing { () throws(SealingError) in
                try IdentityDirectory(
                    folder: folder + "/identities", keyFolder: keyFolder + "/identities",
                    random: random)
            }
            let roster = try PersonRoster(database: database)
            var terms = terms
            terms.epochs = epochs
            parts.naming = PseudonymService(
                directory: directory, provider: institution, terms: terms, roster: roster)
            parts.keys = try PersonKeyService(
                directory: directory, roster: roster, provider: institution,
                ledger: genesis.ledger, epochs: epochs, supervisors: supervisors)
        }
        guard let provider else { return parts }
        let keyring = try PersonKeyring(
            store: try sealing { () throws(SealingError) in
                try PersonKeyStore(
                    folder: folder + "/persons", keyFolder: keyFolder + "/persons",
                    random: random)
            }, database: database)
        parts.book = PersonBook(epochs: epochs, keyring: keyring, provider: provider)
        parts.people = PersonDesk(
            ledger: genesis.ledger, institution: institution, provider: provider,
            sealKey: sealKey, keyring: keyring, book: parts.book, service: parts.keys)
        parts.follow(supervisors, institution)
        return parts
    }
}

/// The parts of a desk that have to do with who is who.
struct IdentityParts {
    /// Which pseudonyms are one person's.
    var book: PersonBook
    /// Names people, where this institution is the identity provider.
    var naming: PseudonymService?
    /// Gives patient keys to those who supervise, at the same place.
    var keys: PersonKeyService?
    /// Gets patient keys, while this institution supervises.
    var people: PersonDesk?

    /// Takes over who gets patient keys.
    func follow(_ supervisors: Set<InstitutionID>, _ institution: InstitutionID) {
        keys?.supervisors = supervisors
        people?.isSupervising = supervisors.contains(institution)
    }
}
