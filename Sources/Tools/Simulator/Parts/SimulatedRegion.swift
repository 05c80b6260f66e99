internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records
internal import RuleLanguage

/// The institutions of a simulation, with keys that follow from their names.
struct SimulatedRegion: Sendable {
    let genesis: Genesis
    let names: [InstitutionID]
    let authenticators: [SimulatedAuthenticator]
    let validators: ValidatorSet
    let signing: SigningBytes
    let powers: [UInt64]
    private let submitters: [SimulatedAuthenticator]
    private let governKeys: [SigningKey]
    let patients: [OpaqueID]
    /// By institution: who signs entries there, one after the other.
    let staff: [[Staff]]
    let stranger: Stranger
    let child: ChildLedger
    /// What all institutions look for.
    let rules: [CheckedRule]

    /// Somebody of the staff, with the credential's key.
    struct Staff: Sendable {
        let id: OpaqueID
        let key: SimulatedAuthenticator
    }

    static let start = Timestamp(milliseconds: 1_790_000_000_000)
    static let stream = StreamID(0)
    /// Stands where a signature will be put.
    static let noSignature: Signature = {
        guard let empty = try? Signature([UInt8](repeating: 0, count: 64)) else {
            preconditionFailure("64 bytes are a signature")
        }
        return empty
    }()
    /// How many replicas may be at fault, of so many with equal power.
    static func faultyMax(of nodeCount: Int) -> Int { (nodeCount - 1) / 3 }

    /// How much power may be at fault at first.
    var faultyPowerMax: UInt64 { (powers.reduce(0, +) - 1) / 3 }

    init(
        powers: [UInt64], signatures: SignatureKind, traffic: SimulationPlan.Traffic = .all
    ) throws {
        self.powers = powers
        var names: [InstitutionID] = []
        for index in powers.indices {
            let letter = Character(UnicodeScalar(UInt8(97 + index)))
            guard let name = InstitutionID("node-\(letter)") else {
                preconditionFailure("node-\(letter) is an id")
            }
            names.append(name)
        }
        self.names = names
        submitters = try names.map {
            SimulatedAuthenticator(key: try SimulatedRegion.key("\($0) submit"), kind: signatures)
        }
        governKeys = try names.map { try SimulatedRegion.key("\($0) govern") }
        authenticators = try names.map {
            SimulatedAuthenticator(
                key: try SimulatedRegion.key("\($0) consensus"), kind: signatures)
        }
        let isVaried = traffic == .all
        let parameters = SimulatedRegion.parameters(isVaried: isVaried)
        var institutions: [Institution] = []
        for (index, name) in names.enumerated() {
            institutions.append(
                Institution(
                    id: name, name: name.name,
                    kind: isVaried ? SimulatedRegion.kind(of: index) : .hospital,
                    tier: .county, power: powers[index],
                    submitKeys: [
                        Institution.SubmitKey(
                            stream: SimulatedRegion.stream, key: submitters[index].key.publicKey)
                    ], consensusKey: authenticators[index].key.publicKey,
                    governKeys: [governKeys[index].publicKey]))
        }
        genesis = try Genesis(
            name: "simulated region", start: SimulatedRegion.start, institutions: institutions,
            parameters: parameters)
        validators = genesis.charter.validators
        signing = SigningBytes(ledger: genesis.ledger)
        staff = try names.map { name in
            try (1...4).map { number in
                let label = "\(name) staff \(number)"
                return Staff(
                    id: OpaqueID(prefixOf: SHA256.hash([UInt8](label.utf8))),
                    key: SimulatedAuthenticator(
                        key: try SimulatedRegion.key(label), kind: signatures))
            }
        }
        stranger = try Stranger()
        child = ChildLedger(
            try Genesis(
                name: "child", start: SimulatedRegion.start, institutions: institutions,
                parameters: parameters), signedBy: authenticators)
        rules = try Rule.simulated()
        patients = (0..<40).map { OpaqueID(prefixOf: SHA256.hash([UInt8]("patient \($0)".utf8))) }
    }

    /// What any traffic needs, or what there was before traffic varied.
    private static func parameters(isVaried: Bool) -> Parameters {
        Parameters(
            timeoutProposeMilliseconds: 300, timeoutVoteMilliseconds: 100,
            timeoutGrowthMilliseconds: 50, timeoutCapMilliseconds: 500,
            clockPrecisionMilliseconds: 50, messageDelayMilliseconds: 400,
            blockEntryCountMax: 64, blockByteCountMax: 65_536, heartbeatMilliseconds: 2_000,
            batchHeightsMax: 60, isIndexKept: true, appealDays: isVaried ? 30 : 0,
            entryRules: isVaried ? Parameters.newestEntryRules : 1, listsRules: isVaried)
    }

    private static func key(_ label: String) throws -> SigningKey {
        try SigningKey(secret: SHA256.hash([UInt8](label.utf8)).bytes)
    }

    func index(of id: InstitutionID) -> Int? { names.firstIndex(of: id) }

    /// The person of an institution who proposes and votes.
    func governor(_ index: Int) -> GovernanceSigner {
        GovernanceSigner(
            ledger: genesis.ledger, institution: names[index], keys: [governKeys[index]])
    }

    /// The first supervises, the second insures, the others care.
    static func kind(of index: Int) -> InstitutionKind {
        index == 0 ? .regulator : index == 1 ? .insurer : .hospital
    }

    /// To whom a payload is sealed: every other institution, the others, or all.
    func circles(_ which: Int) -> [InstitutionID] {
        names.indices.filter { which == 2 || $0 % 2 == which }.map { names[$0] }
    }

    /// The bytes of a batch of entries that begin with this number.
    func batch(
        _ issuer: Int, first: UInt64, entries: [[UInt8]], expiry: Height
    ) -> [UInt8] {
        BatchWriter.batch(
            of: entries, ledger: genesis.ledger, issuer: names[issuer],
            stream: SimulatedRegion.stream, firstNumber: first, expiry: expiry,
            keyID: submitters[issuer].key.keyID, sign: submitters[issuer].sign)
    }

    func sign(_ vote: Vote, by index: Int) -> Vote {
        let keyID = authenticators[index].key.keyID
        return Vote(
            kind: vote.kind, height: vote.height, round: vote.round, voter: names[index],
            block: vote.block, validRound: vote.validRound,
            signature: authenticators[index].sign(signing.digest(of: vote, key: keyID)))
    }

    func sign(_ proposal: Proposal, by index: Int) -> Proposal {
        let keyID = authenticators[index].key.keyID
        return Proposal(
            height: proposal.height, round: proposal.round, validRound: proposal.validRound,
            blockID: proposal.blockID, block: proposal.block,
            signature: authenticators[index].sign(signing.digest(of: proposal, key: keyID)))
    }
}
