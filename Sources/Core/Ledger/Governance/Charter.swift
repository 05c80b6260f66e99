public import Consensus
internal import Cryptography
public import Primitives
internal import Records

/// Who the institutions are and what they agreed on: what genesis founds and governance changes.
///
/// A value of this type is fit to run a ledger on: every way to make one checks the whole.
public struct Charter: Sendable {
    /// By id, increasing.
    public let institutions: [Institution]
    public let parameters: Parameters
    /// Those in force, by id, increasing.
    public let rules: [RuleVersion]
    /// Those on trial, beside the ones in force, by id, increasing.
    public let trials: [RuleVersion]
    /// The knowledge tables in force, by name, increasing.
    public let tables: [TableVersion]
    public let policy: GovernancePolicy
    /// Every institution with power.
    public let validators: ValidatorSet
    /// SHA-256 of the bytes of active rules and parameters.
    let activeDigest: Digest
    private let indexOf: [InstitutionID: Int]

    /// Why no ledger can run on a charter, in words.
    struct Problem: Error {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    /// The charter of these parts; institutions and rules stand by id.
    init(
        institutions: [Institution], parameters: Parameters, rules: [RuleVersion],
        trials: [RuleVersion] = [], tables: [TableVersion] = [], policy: GovernancePolicy
    ) throws(Problem) {
        if let problem = parameters.problem { throw Problem(problem) }
        try Charter.check(institutions)
        try Charter.check(rules, areTrials: false, of: institutions)
        try Charter.check(trials, areTrials: true, of: institutions)
        for trial in trials {
            let judging = rules.filter { $0.id == trial.id }
                .flatMap { [$0.hash] + $0.earlier.map(\.hash) }
            guard !judging.contains(trial.hash) else {
                throw Problem("rule \(trial.id) is in force as \(trial.hash): no trial is needed")
            }
        }
        try Charter.check(tables)
        if let problem = policy.problem(for: institutions) { throw Problem(problem) }
        self.institutions = institutions
        self.parameters = parameters
        self.rules = rules
        self.trials = trials
        self.tables = tables
        self.policy = policy
        do throws(ConsensusError) {
            validators = try ValidatorSet(
                institutions.compactMap { institution in
                    guard institution.power > 0, let key = institution.consensusKey else {
                        return nil
                    }
                    return Validator(id: institution.id, key: key, power: institution.power)
                })
        } catch {
            throw Problem("\(error)")
        }
        activeDigest = SHA256.hash(Charter.active(parameters, rules, trials, tables))
        indexOf = Dictionary(
            institutions.enumerated().map { ($0.element.id, $0.offset) }
        ) { first, _ in first }
    }

    public func institution(_ id: InstitutionID) -> Institution? {
        indexOf[id].map { institutions[$0] }
    }

    /// `[parameters, [* [tstr, digest, ? rule-version]], ? [* rule-version], ? [+ table-version]]`:
    /// a rule version in full where there is more to it than its hash, those on trial and tables
    /// where there are any.
    private static func active(
        _ parameters: Parameters, _ rules: [RuleVersion], _ trials: [RuleVersion],
        _ tables: [TableVersion]
    ) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 80 + 70 * rules.count)
        writer.array(tables.isEmpty ? trials.isEmpty ? 2 : 3 : 4)
        parameters.encode(into: &writer)
        writer.array(rules.count)
        for rule in rules {
            writer.array(rule.isPlain ? 2 : 3)
            writer.text(rule.id)
            writer.digest(rule.hash)
            if !rule.isPlain { rule.encode(into: &writer) }
        }
        guard !trials.isEmpty || !tables.isEmpty else { return writer.bytes }
        writer.array(trials.count)
        for rule in trials { rule.encode(into: &writer) }
        guard !tables.isEmpty else { return writer.bytes }
        writer.array(tables.count)
        for table in tables { table.encode(into: &writer) }
        return writer.bytes
    }
}

extension Charter {
    private static func check(_ institutions: [Institution]) throws(Problem) {
        guard (1...Genesis.institutionCountMax).contains(institutions.count) else {
            throw Problem("\(institutions.count) institutions; 1 to 1024 are right")
        }
        var voters: Set<PublicKey> = []
        for (index, institution) in institutions.enumerated() {
            if index > 0, institutions[index - 1].id == institution.id {
                throw Problem("institution \(institution.id) stands twice")
            }
            try check(institution)
            if let key = institution.consensusKey, !voters.insert(key).inserted {
                throw Problem(
                    "the consensus key of \(institution.id) is another institution's too")
            }
        }
        let powers = institutions.map(\.power).filter { $0 > 0 }
        guard (1...Genesis.validatorCountMax).contains(powers.count) else {
            throw Problem("\(powers.count) institutions have voting power; 1 to 256 are right")
        }
        guard powers.allSatisfy({ $0 <= Genesis.powerMax }),
            powers.reduce(0, +) <= Genesis.powerMax
        else {
            throw Problem("the powers add up to more than 2^30")
        }
    }

    private static func check(_ institution: Institution) throws(Problem) {
        let id = institution.id
        guard (1...Institution.nameByteCountMax).contains(institution.name.utf8.count) else {
            throw Problem("the name of \(id) must have 1 to 128 bytes")
        }
        let streams = institution.submitKeys.map(\.stream)
        guard zip(streams, streams.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw Problem("the streams of \(id) must increase")
        }
        if institution.power > 0, institution.consensusKey == nil {
            throw Problem("\(id) has voting power and no consensus key")
        }
        let keys = [institution.sealKey, institution.witnessKey].compactMap(\.self)
        guard keys.allSatisfy({ $0.count == Institution.curve25519ByteCount }) else {
            throw Problem("a seal or witness key of \(id) does not have 32 bytes")
        }
    }

    private static func check(
        _ rules: [RuleVersion], areTrials: Bool, of institutions: [Institution]
    ) throws(Problem) {
        guard rules.count <= Genesis.ruleCountMax else {
            throw Problem("\(rules.count) rules; at most 4096 are right")
        }
        for (index, rule) in rules.enumerated() {
            if index > 0, rules[index - 1].id == rule.id {
                throw Problem("rule \(rule.id) stands twice")
            }
            guard !rule.runners.isEmpty else { throw Problem("nobody runs rule \(rule.id)") }
            for runner in rule.runners where !institutions.contains(where: { $0.id == runner }) {
                throw Problem("rule \(rule.id) is run by \(runner), which is no institution here")
            }
            guard (rule.trial != nil) == areTrials else {
                throw Problem("rule \(rule.id) stands with those of another stage")
            }
            for id in rule.trial ?? [] where !rule.runners.contains(id) {
                throw Problem("\(id) cannot anchor what \(rule.id) finds: it does not run it")
            }
        }
    }
}

extension Charter {
    private static func check(_ tables: [TableVersion]) throws(Problem) {
        guard tables.count <= TableVersion.countMax else {
            throw Problem("\(tables.count) tables; at most \(TableVersion.countMax) are right")
        }
        for (table, next) in zip(tables, tables.dropFirst()) where table.name == next.name {
            throw Problem("table \(table.name) stands twice")
        }
    }
}

extension Charter: Hashable {
    public static func == (left: Charter, right: Charter) -> Bool {
        left.institutions == right.institutions && left.parameters == right.parameters
            && left.rules == right.rules && left.trials == right.trials
            && left.tables == right.tables && left.policy == right.policy
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(validators.digest)
        hasher.combine(activeDigest)
    }
}
