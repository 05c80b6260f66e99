public import Ledger
public import Primitives
public import Sealing

/// Where a supervisor keeps things, who it works for, and how.
public struct SupervisorSettings: Sendable {
    /// The institutions and the rules of the ledger; this version has no entry that changes them.
    public var genesis: Genesis
    public var institution: InstitutionID
    /// The folder of its data base and of its encrypted keys.
    public var folder: String
    /// The folder of the node keys, which belongs on no backup.
    public var keyFolder: String
    public var sealKey: SealSecretKey
    public var policy = RecipientPolicy.standard
    /// The folder of canonical rules and knowledge tables; nil where this node runs no rules.
    public var rulesFolder: String?
    /// Makes what runs the rules, in place of the engine over the rules' folder.
    public var runner: RunnerMaker?
    /// How long an awaited payload holds back the rules, in milliseconds of block time.
    public var patienceMilliseconds: Int64 = 30_000
    /// After how long a payload that has not come is noticed on the ledger, in milliseconds of
    /// block time: a day.
    public var noticeAfterMilliseconds: Int64 = 86_400_000
    /// Who names people by ids; this institution itself where it is the identity provider.
    public var provider: InstitutionID?
    public var terms = PseudonymService.Terms()
    public var epoch: UInt32 = 0
    public var random = RandomBytes.system
    /// For tests of what a crash leaves.
    public var fault: WriteFault?

    public init(
        genesis: Genesis, institution: InstitutionID, folder: String, keyFolder: String,
        sealKey: SealSecretKey
    ) {
        self.genesis = genesis
        self.institution = institution
        self.folder = folder
        self.keyFolder = keyFolder
        self.sealKey = sealKey
    }

    /// Makes a runner of rules, and says of those that cannot run, by id, why not.
    public typealias RunnerMaker =
        @Sendable ([RuleVersion]) throws(SupervisionError) -> (
            runner: any RuleRunner, problems: [String: String]
        )

    func ruleHost() throws(SupervisionError) -> RuleHost? {
        guard let make = runner ?? engine() else { return nil }
        return try RuleHost(
            rules: genesis.rules, institution: institution,
            patienceMilliseconds: patienceMilliseconds, make: make)
    }

    private func engine() -> RunnerMaker? {
        guard let folder = rulesFolder else { return nil }
        let make: RunnerMaker = { (versions: [RuleVersion]) throws(SupervisionError) in
            try EngineRunner.make(versions, folder: folder)
        }
        return make
    }

    /// The service that names people, where this institution is the identity provider.
    func service() throws(SupervisionError) -> PseudonymService? {
        guard provider == institution else { return nil }
        let directory = try sealing { () throws(SealingError) in
            try IdentityDirectory(
                folder: folder + "/identities", keyFolder: keyFolder + "/identities",
                random: random)
        }
        return PseudonymService(directory: directory, provider: institution, terms: terms)
    }
}
